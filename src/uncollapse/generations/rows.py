"""Columns of rows that several models and sources share."""

import pyarrow as pa

from uncollapse.artifacts.columns import field

NUMBERS = pa.schema([field("values", pa.list_(pa.float64()), "a point")])
IMAGES = pa.schema(
    [
        field("pixels", pa.list_(pa.uint8()), "row by row, channels last"),
        field("label", pa.int16(), "the class that it is, or is meant to be; 0 where there are none"),
    ]
)
TEXTS = pa.schema([field("text", pa.string(), "as it is")])
MOLECULES = pa.schema(
    [
        field("elements", pa.list_(pa.int8()), "atomic number of each atom"),
        field("positions", pa.list_(pa.float32()), "x, y, z of each atom in turn, Å"),
    ]
)
