"""A column of texts, read whole: what is read, what is left out, what is refused."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.corpora.texts import read_texts
from uncollapse.errors import DataError


def test_rows_without_a_text_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "one"}\n{"text": null}\n{"id": 3}\n{"text": "  "}\n{"text": "two"}\n')
    found = read_texts(path, "text")
    assert (found.texts, found.missing, found.blank, found.read) == (["one", "two"], 2, 1, 5)
    assert found.told == "5 read, 3 left out (2 without a text, 1 blank)"


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", "\ufefftext,id\nNA,1\n12,2\n"), ("a.tsv", "id\ttext\n1\tNA\n2\t12\n")]
)
def test_cells_are_texts_as_they_stand(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    assert read_texts(tmp_path / name, "text").texts == ["NA", "12"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("shift.csv", "id,text,title\n0,a c,omma,t\n", r"shift\.csv: line 2 has 4 fields, the header has 3"),
        ("trail.csv", "id,text\n0,one,\n1,two,\n", r"trail\.csv: line 2 has 3 fields, the header has 2 \(id, text\)"),
        ("a.csv", "id,body\n0,one\n", "no column 'text'; there are id, body: name the column of texts with --text"),
        ("a.jsonl", '{"id": 1}\n{"body": "b"}\n', "no column 'text'; there are id, body"),
        ("a.jsonl", '{"text": 5}\n', "line 1 holds int, not text, in column 'text'"),
        ("a.txt", "text\n", "a corpus is a .parquet, .jsonl, .csv or .tsv file"),
    ],
)
def test_what_would_be_another_text_is_refused(name: str, content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=said):
        read_texts(tmp_path / name, "text")


def test_columns_of_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"m.text": ["a", None], "n": [1, 2]}), tmp_path / "a.parquet")
    assert read_texts(tmp_path / "a.parquet", "m.text").told == "2 read, 1 left out (1 without a text, 0 blank)"
    with pytest.raises(DataError, match=r"no column 'text'; there are m\.text, n"):
        read_texts(tmp_path / "a.parquet", "text")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match=r"bad\.parquet: cannot be read"):
        read_texts(tmp_path / "bad.parquet", "text")
