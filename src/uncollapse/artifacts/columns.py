"""Columns that several kinds of files share, and how a column is declared."""

import pyarrow as pa

KEY = b"uncollapse.key"  # in a schema's metadata, where the schema itself says what tells rows apart


def field(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False, nan: bool = False) -> pa.Field:
    """A column without nulls and NaN, unless it says otherwise."""
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning} | ({"nan": "allowed"} if nan else {}))


def key_of(schema: pa.Schema) -> list[str]:
    """Columns whose values together occur once, as a schema says itself; none where it does not."""
    return (schema.metadata or {}).get(KEY, b"").decode().split()


PROMPT_ID = field("prompt_id", pa.int64(), "row number of the prompt within its split")

RANK = field("rank", pa.int16(), "0 is the most probable candidate; -1 a true answer")

TOKENS = pa.list_(pa.int16())

PASSAGE_ID = field("passage_id", pa.int64(), "row number of the passage within its split")

CORPUS = field("corpus", pa.string(), "its name in config")

WRITTEN_BY = field("written_by", pa.string(), "human, machine, or control: human, in its place")

IDS = field("ids", pa.list_(pa.int32()), "its tokens, without end of text")

BYTES = field("bytes", pa.int64(), "its length in UTF-8")

TEXT_RANK = field("rank", pa.int16(), "number of the candidate, from 0; -1 a true answer")
