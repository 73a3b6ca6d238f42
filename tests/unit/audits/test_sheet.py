"""The sheet: no cell is a formula, and it is read back however people and spreadsheets saved it."""

import csv

import pytest
from own_candidates import rows_of_sheet, write_rows

from uncollapse.audits.sheet import LONGEST, is_mangled, read_sheet, safe_cell, write_sheet
from uncollapse.errors import DataError


def sheet(tmp_path, labels, **columns):
    path = tmp_path / "sheet.csv"
    rows = [
        {"key": f"row000{n}-a", "label": label, "id": f"c{n}", "draw": "draw-a"} | {k: v[n] for k, v in columns.items()}
        for n, label in enumerate(labels)
    ]
    write_rows(path, rows)
    return path


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n-2", "＝1"])
def test_no_cell_is_a_formula_and_none_is_lost(tmp_path, text):
    path = tmp_path / "sheet.csv"
    write_sheet(path, [{"key": "row0001-a", "text": text, "id": text, "draw": "draw-a"}])
    (row,) = rows_of_sheet(path)
    assert row["text"] == f"'{text}"
    (read,) = read_sheet(path).values()
    assert read.id == text


def test_texts_with_anything_in_them_are_cells(tmp_path):
    path = tmp_path / "sheet.csv"
    texts = [
        'a "quoted", one',
        "two\nlines\r\nthree",
        "nul\0",
        "half \ud83d pair",
        "'tis",
        "x" * (LONGEST + 5),
        "",
        "ünï",
    ]
    write_sheet(path, [{"key": f"row{n}-a", "text": text} for n, text in enumerate(texts)])
    back = [row["text"] for row in rows_of_sheet(path)]
    assert back[:2] == texts[:2]
    assert back[2:5] == ["nul\u2400", "half \\ud83d pair", "''tis"]
    assert len(back[5]) < 32_767
    assert f"{LONGEST + 5:,} characters" in back[5]
    assert back[6:] == ["", "ünï"]


def test_labels_in_other_words_are_read(tmp_path):
    words = ["right", "Right ", "YES", "1", "1.0", "TRUE", "wrong", "No", "0", "false", "incorrect", "unsure", "?", ""]
    found = [row.label for row in read_sheet(sheet(tmp_path, words)).values()]
    assert found == ["right"] * 6 + ["wrong"] * 5 + ["unsure"] * 2 + [None]


def test_other_words_are_refused_with_their_lines(tmp_path):
    with pytest.raises(DataError, match=r"'rihgt' \(line 2\), '7' \(line 4\); write right, wrong or unsure"):
        read_sheet(sheet(tmp_path, ["rihgt", "wrong", "7"]))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_spreadsheets_of_other_countries(tmp_path, delimiter):
    path = tmp_path / "sheet.csv"
    write_rows(path, [{"key": "row0001-a", "label": "right", "text": "a, b; c"}], delimiter=delimiter)
    assert [row.label for row in read_sheet(path).values()] == ["right"]


def test_rows_that_are_there_twice(tmp_path):
    path = sheet(tmp_path, ["right", "", "wrong"])
    rows = rows_of_sheet(path)
    write_rows(path, [*rows, rows[0] | {"label": ""}, rows[1] | {"label": "wrong"}])
    assert [row.label for row in read_sheet(path).values()] == ["right", "wrong", "wrong"]
    write_rows(path, [*rows, rows[0] | {"label": "wrong"}])
    with pytest.raises(DataError, match=r"line 2 and line 5 have the key row0000-a and different labels"):
        read_sheet(path)


def test_what_is_no_sheet_is_said(tmp_path):
    path = tmp_path / "sheet.csv"
    with pytest.raises(DataError, match="no such file"):
        read_sheet(path)
    path.write_text("id,label\na,right\n")
    with pytest.raises(DataError, match="no column 'key'; there are id, label"):
        read_sheet(path)
    path.write_text("key,label\n,right\n")
    with pytest.raises(DataError, match="line 2 has no key"):
        read_sheet(path)
    path.write_text("key,label\n")
    with pytest.raises(DataError, match="holds no rows"):
        read_sheet(path)


def test_blank_lines_of_a_spreadsheet_are_no_rows(tmp_path):
    path = sheet(tmp_path, ["right"])
    with open(path, "a", newline="") as file:
        csv.writer(file).writerow(["", "", "", ""])
    assert len(read_sheet(path)) == 1


@pytest.mark.parametrize(
    ("was", "now"),
    [("01", "1"), ("1e5", "100000"), ("1e5", "1,00E+05"), ("12345678901", "1.23457E+10"), ("3-1", "03.01.2026"),
     ("MAR1", "01.03.2026"), ("true", "TRUE")],
)  # fmt: skip
def test_ids_that_spreadsheets_rewrite(was, now):
    assert is_mangled(was, now)


@pytest.mark.parametrize(("was", "now"), [("a7", "a8"), ("1", "2"), ("10", "01"), ("p3-x", "p4-x")])
def test_ids_that_are_others(was, now):
    assert not is_mangled(was, now)


def test_a_quote_before_a_quote_comes_back():
    assert safe_cell("'tis") == "''tis"
