"""Columns of a corpus and of its card."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import field

DOCUMENTS = pa.schema(
    [
        field("document_id", pa.int64(), "row number, from 0"),
        field("source", pa.string(), "such as an outlet"),
        field("title", pa.string(), "may be empty"),
        field("lead", pa.string(), "a sentence that can serve as a summary, or empty"),
        field("text", pa.string(), "the rest, clean; paragraphs are separated by one line break"),
    ]
)

CARD = pa.schema(
    [
        field("corpus", pa.string(), "its name in config"),
        field("step", pa.string(), "of cleaning, in order: read, each reason for dropping, kept"),
        field("documents", pa.int64(), "left after the step"),
        field("words", pa.int64(), "left after the step, of leads and texts"),
        field("origin", pa.string(), "the registry, files or hub"),
        field("package", pa.string(), "name of the package or data set"),
        field("version", pa.string(), "of the package; revision of a hub data set"),
        field("licence", pa.string(), "of the content, or unverified"),
    ]
)

PACKAGE_FILES = Artifact(path="packages/{file}", shared=True, patterns={"file": r"[^/]+"})
CORPUS_FILES = Artifact(path="corpora/{corpus}.parquet", schema=DOCUMENTS, shared=True)
CARD_FILES = Artifact(path="corpora/{corpus}.card.parquet", schema=CARD, key=("corpus", "step"), shared=True)
