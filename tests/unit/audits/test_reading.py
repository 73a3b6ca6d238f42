"""From a draw to a decision, through the command: exit statuses, and every way in which sheet and pool may not fit."""

import hashlib
import json

import numpy as np
import pytest
from own_candidates import Audited, rows_of_sheet, write_candidates, write_rows

from uncollapse.audits.command import run


def changed(path, change):
    """Rewrite JSON lines, each row by a function; rows of which it makes None are dropped."""
    rows = [change(json.loads(line)) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows if row is not None))


def test_a_good_verifier_is_a_go(audited, capsys):
    audited.label()
    assert audited.read("--slice", "source", "--output", audited.sheet.with_suffix(".json")) == 0
    said = capsys.readouterr().out
    assert "GO: more than a half of what is kept is right" in said
    assert "80 labels (40 of kept ones)" in said
    for column in ("length", "pass rate", "source"):
        assert f"Kept precision by {column} (intervals hold together" in said
    assert "It is decided: no more labels are needed." in said
    found = json.loads(audited.sheet.with_suffix(".json").read_text())
    rows = [json.loads(line) for line in audited.candidates.read_text().splitlines()]
    kept = np.array([row["accepted"] for row in rows])
    right = np.array([audited.truth[row["id"]] for row in rows])
    true = {
        "p": 1 - right.mean(),
        "phi": kept[right].mean(),
        "psi": kept[~right].mean(),
        "kept_precision": right[kept].mean(),
    }
    for name, value in true.items():
        assert found["rates"][name]["low"] < value < found["rates"][name]["high"], name
    assert found["decision"]["word"] == "GO"
    assert sum(one["share"] for one in found["slices"] if one["column"] == "source") == pytest.approx(1)


def test_a_verifier_upside_down_is_no_go(tmp_path, capsys):
    audited = Audited(tmp_path, rows=120, knows=-2.0, least=0.0)
    audited.label()
    assert audited.read() == 1
    assert capsys.readouterr().out.count("NO-GO: ") == 1


def test_too_few_labels_are_undecided_and_the_rest_is_drawn(audited, tmp_path, capsys):
    audited.label(some=slice(16))
    assert audited.read() == 2
    said = capsys.readouterr().out
    assert "16 of 80 rows of sheet.csv have a label." in said
    assert "more labels, " in said
    assert "  Where: " in said
    more = tmp_path / "more.csv"
    draw = ["draw", str(audited.candidates), "--more", str(audited.sheet), "--output", str(more)]
    assert run([*draw, "--rows", "60"]) == 0
    first, second = rows_of_sheet(audited.sheet), rows_of_sheet(more)
    assert len(second) == 60
    assert not {row["id"] for row in first} & {row["id"] for row in second}
    for row in second:
        row["label"] = "right" if audited.truth[row["id"]] else "wrong"
    write_rows(more, second)
    audited.label()
    capsys.readouterr()
    assert audited.read("--more", more) == 0
    said = capsys.readouterr().out
    assert "140 labels" in said
    assert "this is look 2" in said


def test_a_go_with_lost_prompts_is_a_go_but(tmp_path, capsys):
    audited = Audited(tmp_path, rows=100, width=2, prompts=200, least=2.2, knows=2.5)
    audited.label()
    assert audited.read() == 3
    said = capsys.readouterr().out
    assert "GO-BUT: " in said
    assert "of the prompts nothing is kept" in said


def test_unsure_rows_that_a_go_hangs_on(audited, capsys):
    rows = audited.label()
    rights = [row for row in rows if row["label"] == "right"]
    for row in rights[: len(rights) * 2 // 3]:
        row["label"] = "unsure"
    write_rows(audited.sheet, rows)
    assert audited.read() in (2, 3)
    assert "labels are unsure" in capsys.readouterr().out


def test_skipped_rows_that_a_go_hangs_on(audited, capsys):
    """Whoever labels of the kept ones only those that are easily seen to be right has nothing but right ones."""
    kept = {row["id"] for row in map(json.loads, audited.candidates.read_text().splitlines()) if row["accepted"]}
    rows = audited.label()
    for row in rows[:-1]:
        if row["label"] == "wrong" and row["id"].lstrip("'") in kept:
            row["label"] = ""
    write_rows(audited.sheet, rows)
    assert audited.read("--least-precision", "0.65") == 3
    said = capsys.readouterr().out
    assert "10 rows were skipped: where such are harder" in said
    assert "it hangs on the rows skipped: with all of them against it, it would be UNDECIDED" in said
    assert audited.read() == 0  # of 40 kept ones 30 are right


def test_labellers_who_let_wrong_ones_pass(audited, tmp_path, capsys):
    """Of what is kept 55% look right to both, who call a third of the wrong ones right."""
    for path, seed in ((audited.sheet, 3), (tmp_path / "second.csv", 4)):
        rng = np.random.default_rng(seed)
        rows = rows_of_sheet(audited.sheet)
        for row in rows:
            right = audited.truth[row["id"].lstrip("'")] or rng.random() < 0.35
            row["label"] = "right" if right else "wrong"
        write_rows(path, rows)
    assert audited.read("--second", tmp_path / "second.csv", "--least-precision", "0.6") == 3
    said = capsys.readouterr().out
    assert "it hangs on what the labellers get wrong: of " in said


def test_two_labellers(audited, tmp_path, capsys):
    second = tmp_path / "second.csv"
    audited.label(flip=0.1, path=second, seed=8)
    audited.label(flip=0.1, seed=7)
    audited.read("--second", second)
    said = capsys.readouterr().out
    assert "Two labellers of 80 rows agree on 0.8" in said
    assert "corrected for their noise" in said
    assert "settle these: row" in said


def test_a_sheet_that_adds_nothing_is_told(audited, tmp_path, capsys):
    audited.label()
    status = audited.read()
    alone = capsys.readouterr()
    assert "note:" not in alone.err
    copy = tmp_path / "copy.csv"
    copy.write_bytes(audited.sheet.read_bytes())
    for more in (audited.sheet, copy):
        assert audited.read("--more", more) == status
        said = capsys.readouterr()
        assert said.out == alone.out
        assert f"note: {more} adds nothing: its 80 labels stand in {audited.sheet} already." in said.err


def test_sheets_of_those_who_share_the_work_add_something(audited, tmp_path, capsys):
    other = tmp_path / "other.csv"
    audited.label(some=slice(40, None), path=other)
    audited.label(some=slice(0, 45))
    audited.read("--more", other)
    assert "adds nothing" not in capsys.readouterr().err


def test_a_folder_that_is_not_there(audited, tmp_path, capsys):
    audited.label()
    assert "there is no folder" in refused(audited, capsys, "--json", tmp_path / "none" / "audit.json")


def test_two_labellers_who_tell_nothing(audited, tmp_path, capsys):
    second = tmp_path / "second.csv"
    audited.label(flip=0.4, path=second, seed=8)
    audited.label(flip=0.4, seed=7)
    assert audited.read("--second", second) == 2
    said = capsys.readouterr().out
    assert "UNDECIDED: the two labellers differ so often that their labels may tell nothing." in said
    assert "Two labellers of 80 rows agree on 0." in said
    assert "No number of such labels decides it" in said


def refused(audited, capsys, *more):
    capsys.readouterr()
    assert audited.read(*more) == 65
    said = capsys.readouterr()
    assert not said.out
    assert "Traceback" not in said.err
    return said.err.splitlines()[-1]


def test_no_labels(audited, capsys):
    assert "none of 80 rows has a label" in refused(audited, capsys)


def test_ids_that_were_mixed_up(audited, capsys):
    rows = audited.label()
    rows[3]["id"], rows[4]["id"] = rows[4]["id"], rows[3]["id"]
    write_rows(audited.sheet, rows)
    said = refused(audited, capsys)
    assert f"line 5 has the id {rows[3]['id']!r}, but {rows[4]['id']!r} was drawn" in said


@pytest.mark.parametrize("mangle", [lambda one: str(int(one)), lambda one: f"{float(one):.2E}".replace(".", ",")])
def test_ids_that_a_spreadsheet_rewrote(tmp_path, capsys, mangle):
    audited = Audited(tmp_path, ids=lambda prompt, sample: f"0{prompt * 5 + sample + 100}")
    rows = audited.label()
    write_rows(audited.sheet, [row | {"id": mangle(row["id"])} for row in rows])
    assert audited.read() == 0
    assert "ids were rewritten, as spreadsheets do" in capsys.readouterr().out


def test_a_sheet_without_its_texts_and_ids(audited, capsys):
    rows = audited.label()
    write_rows(audited.sheet, rows, columns=["label", "key"])
    assert audited.read() == 0


def test_rows_that_were_deleted_sorted_and_added(audited, capsys):
    rows = audited.label()
    write_rows(audited.sheet, sorted(rows, key=lambda row: row["text"])[5:])
    assert audited.read() == 0
    assert "5 of 80 rows are no longer on sheet.csv" in capsys.readouterr().out
    write_rows(audited.sheet, [*rows, rows[0] | {"key": "row9999-x"}])
    assert "line 82 have keys that were not drawn" in refused(audited, capsys)


def test_texts_that_changed_since_the_draw(audited, capsys):
    rows = audited.label()
    changed(audited.candidates, lambda row: row | ({"text": "other"} if row["id"] == rows[2]["id"] else {}))
    said = refused(audited, capsys)
    assert "1 text has changed since the draw: line " in said
    assert repr(rows[2]["id"]) in said


@pytest.mark.parametrize("column", ["text", "prompt"])
def test_texts_of_rows_that_were_not_drawn(audited, capsys, column):
    """A label is of a sample of what stood there at the draw, and of nothing that was written since."""
    drawn = {row["id"] for row in audited.label()}
    assert audited.read() == 0
    whole = audited.candidates.read_text()
    left = next(row for row in map(json.loads, whole.splitlines()) if row["id"] not in drawn)
    changed(audited.candidates, lambda row: row | ({column: "other"} if row["id"] == left["id"] else {}))
    said = refused(audited, capsys)
    assert (
        "prompts or texts of candidates that were not drawn have changed since the draw from candidates.jsonl" in said
    )
    more = audited.sheet.with_name("more.csv")
    draw = ["draw", str(audited.candidates), "--more", str(audited.sheet), "--rows", "9", "--output", str(more)]
    assert run(draw) == 65
    audited.candidates.write_text(whole)
    changed(audited.candidates, lambda row: row | {"note": "seen"})  # no part of what a labeller judges
    assert audited.read() == 0


def test_texts_of_two_rows_that_changed_places(audited, capsys):
    drawn = {row["id"] for row in audited.label()}
    rows = [json.loads(line) for line in audited.candidates.read_text().splitlines()]
    kept, dropped = (
        next(row for row in rows if row["id"] not in drawn and row["accepted"] is verdict) for verdict in (True, False)
    )
    texts = {kept["id"]: dropped["text"], dropped["id"]: kept["text"]}
    changed(audited.candidates, lambda row: row | {"text": texts.get(row["id"], row["text"])})
    assert "have changed since the draw" in refused(audited, capsys)


def test_a_record_of_an_earlier_version_holds_no_texts_and_is_read(audited, capsys):
    audited.label()
    path = audited.sheet.with_name("sheet.draw.json")
    later = ("texts", "redrawn", "checksum")
    held = {name: part for name, part in json.loads(path.read_text()).items() if name not in later}
    digest = hashlib.blake2b(json.dumps(held, sort_keys=True).encode(), digest_size=8).hexdigest()
    path.write_text(json.dumps(held | {"checksum": digest}))
    assert audited.read() == 0


def test_the_sheet_itself_is_no_second_labellers(audited, tmp_path, capsys):
    audited.label()
    link = tmp_path / "link.csv"
    link.symlink_to(audited.sheet)
    for second in (audited.sheet, link):
        assert "is the first labeller's sheet itself" in refused(audited, capsys, "--second", second)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(audited.sheet.read_bytes())
    told = "the second sheet says the same of all 80 rows that both label: if it is a copy"
    assert audited.read("--second", copy) == 0
    assert told in capsys.readouterr().out
    audited.label(flip=0.05, path=copy)
    audited.read("--second", copy)
    assert told not in capsys.readouterr().out


def test_unsure_rows_count_against_a_go_together_with_errors_of_labels(tmp_path, capsys):
    """With the unsure rows against it precision passes if labels are right, and does not if they err as measured."""
    audited = Audited(tmp_path, rows=200, knows=3.0, least=1.5)
    kept = {row["id"] for row in map(json.loads, audited.candidates.read_text().splitlines()) if row["accepted"]}
    rows, number = rows_of_sheet(audited.sheet), 0
    for row in rows:
        number += (is_kept := row["id"] in kept)
        row["label"] = ("unsure" if number % 4 == 0 else "right" if number % 12 else "wrong") if is_kept else "wrong"
    write_rows(audited.sheet, rows)
    errors = ["--label-sensitivity", "198/200", "--label-specificity", "150/200"]
    for more, status in (([], 0), (errors, 3)):
        assert audited.read("--least-precision", "0.6", *more) == status
        assert ("it hangs on the rows labelled unsure" in capsys.readouterr().out) is (status == 3)


def test_a_mixture_is_looked_at_part_by_part_unasked(audited, capsys):
    """Of one model most of what is kept is wrong, which the other's hides."""
    audited.label()
    kept = {row["id"] for row in map(json.loads, audited.candidates.read_text().splitlines()) if row["accepted"]}
    rows = rows_of_sheet(audited.sheet)
    bad = {row["id"] for row in [row for row in rows if row["id"] in kept and row["label"] == "wrong"]}
    changed(audited.candidates, lambda row: row | {"model": "a" if row["id"] in bad else "b", "url": row["id"]})
    assert audited.read() == 3
    said = capsys.readouterr().out
    assert "where model is a (" in said
    changed(audited.candidates, lambda row: row | {"model": row["id"]})  # of more values than slices can be
    assert audited.read() == 0
    assert "Kept precision by model" not in capsys.readouterr().out


def test_a_verdict_that_is_the_label_is_told_once(audited, capsys):
    kept = {row["id"] for row in map(json.loads, audited.candidates.read_text().splitlines()) if row["accepted"]}
    told = "Note: the verdict is the label in all of 80 rows with one"
    audited.label()
    audited.read()
    assert told not in capsys.readouterr().out
    rows = rows_of_sheet(audited.sheet)
    write_rows(audited.sheet, [row | {"label": "right" if row["id"] in kept else "wrong"} for row in rows])
    audited.read()
    assert capsys.readouterr().out.count(told) == 1


def test_a_half_is_what_training_takes_whatever_is_asked_for(audited, capsys):
    """A least precision below a half may be asked for, and a GO of it says that it is none for training."""
    rows = audited.label()
    kept = {row["id"] for row in map(json.loads, audited.candidates.read_text().splitlines()) if row["accepted"]}
    for number, row in enumerate(row for row in rows if row["id"] in kept):
        row["label"] = "right" if number % 2 else "wrong"
    for row in rows:
        row["label"] = row["label"] if row["id"] in kept else "wrong"
    write_rows(audited.sheet, rows)
    for least, status in ((0.3, 3), (0.5, 2)):
        assert audited.read("--least-precision", least) == status
        told = "that more than a half of what is kept is right is not shown"
        assert (told in capsys.readouterr().out) is (status == 3)
    audited.label()
    assert audited.read("--least-precision", "0.3") == 0  # where it is shown, all the same


def test_verdicts_that_changed_since_the_draw(audited, capsys):
    audited.label()
    changed(audited.candidates, lambda row: row | {"accepted": not row["accepted"]})
    assert "its ids, verdicts or scores are not those of the draw" in refused(audited, capsys)


def test_the_same_candidates_in_another_order_and_format(audited, tmp_path, capsys):
    import pyarrow as pa
    import pyarrow.parquet as pq

    audited.label()
    rows = [json.loads(line) for line in audited.candidates.read_text().splitlines()]
    audited.read()
    before = capsys.readouterr().out
    audited.candidates = tmp_path / "turned.parquet"
    pq.write_table(pa.Table.from_pylist(rows[::-1]), audited.candidates)
    assert audited.read() == 0
    assert capsys.readouterr().out == before


def test_another_sheets_candidates(audited, tmp_path, capsys):
    audited.label()
    write_candidates(audited.candidates, seed=9, ids=lambda prompt, sample: f"q{prompt}-{sample}")
    said = refused(audited, capsys)
    assert "none are there: the sheet was drawn from candidates.jsonl" in said


def test_another_draws_record(audited, tmp_path, capsys):
    audited.label()
    other = tmp_path / "other.csv"
    run(["draw", str(audited.candidates), "--rows", "20", "--seed", "4", "--output", str(other)])
    audited.sheet.with_name("sheet.draw.json").unlink()
    said = refused(audited, capsys)
    assert "is the sheet of another draw" in said
    (tmp_path / "other.draw.json").unlink()
    assert "sheet.draw.json: no such file" in refused(audited, capsys)


def test_sheets_that_do_not_go_on_from_one_another(audited, tmp_path, capsys):
    audited.label()
    other = tmp_path / "other.csv"
    run(["draw", str(audited.candidates), "--rows", "20", "--seed", "4", "--output", str(other)])
    assert "was not drawn as more of" in refused(audited, capsys, "--more", other)
    assert "is the sheet of another draw" in refused(audited, capsys, "--second", other)


def test_people_may_share_the_work(audited, tmp_path, capsys):
    rows = audited.label()
    audited.read()
    whole = capsys.readouterr().out
    write_rows(audited.sheet, [row | ({"label": ""} if n >= 50 else {}) for n, row in enumerate(rows)])
    other = tmp_path / "other half.csv"
    write_rows(other, rows[40:])
    assert audited.read("--more", other) == 0
    assert capsys.readouterr().out == whole
    write_rows(other, [row | {"label": "unsure"} for row in rows[45:]])
    assert "says unsure, and" in refused(audited, capsys, "--more", other)


def test_scores_that_are_infinite(tmp_path, capsys):
    audited = Audited(tmp_path)
    changed(audited.candidates, lambda row: row | ({"score": float("-inf")} if row["score"] < -0.5 else {}))
    assert run(["draw", str(audited.candidates), "--rows", "80", "--output", str(audited.sheet), "--overwrite"]) == 0
    audited.label()
    assert audited.read() == 0


def test_the_order_of_the_sheets_is_that_of_their_draws(audited, tmp_path, capsys):
    audited.label()
    more = tmp_path / "more.csv"
    run(["draw", str(audited.candidates), "--more", str(audited.sheet), "--rows", "30", "--output", str(more)])
    rows = rows_of_sheet(more)
    write_rows(more, [row | {"label": "right" if audited.truth[row["id"]] else "wrong"} for row in rows])
    capsys.readouterr()
    audited.read("--more", more)
    first = capsys.readouterr().out
    audited.sheet, more = more, audited.sheet
    audited.read("--more", more)
    assert capsys.readouterr().out == first


def test_a_pool_of_which_everything_is_kept(tmp_path, capsys):
    audited = Audited(tmp_path, rows=30, least=-99)
    audited.label()
    assert audited.read() == 2
    said = capsys.readouterr().out
    assert said.count("NOTHING SELECTED: ") == 1
    assert "No labels decide on a selection that keeps everything or nothing." in said


def test_labels_of_kept_candidates_alone(audited, capsys):
    rows = audited.label()
    kept = {
        json.loads(line)["id"] for line in audited.candidates.read_text().splitlines() if json.loads(line)["accepted"]
    }
    write_rows(audited.sheet, [row | ({} if row["id"] in kept else {"label": ""}) for row in rows])
    assert audited.read() == 2
    said = capsys.readouterr().out
    assert "no dropped candidate has a label" in said
    assert "p_star          unknown" in said
    assert "of dropped candidates, are the least that tells anything" in said


def test_a_spreadsheets_own_format(audited, tmp_path, capsys):
    audited.sheet = tmp_path / "sheet.xlsx"
    audited.sheet.write_bytes(b"PK")
    assert "save it as CSV" in refused(audited, capsys)


def test_a_guess_at_every_candidate(audited, capsys):
    audited.label()
    changed(audited.candidates, lambda row: row | {"judge": float(audited.truth[row["id"]]) + len(row["text"]) / 40})
    assert audited.read("--prediction", "judge") == 0
    assert "With the prediction for every candidate" in capsys.readouterr().out
    assert "is no guess at every candidate" in refused(audited, capsys, "--prediction", "source")


def test_a_record_that_was_changed(audited, capsys):
    audited.label()
    record = audited.sheet.with_name("sheet.draw.json")
    whole = record.read_text()
    for text in (whole.replace('"population": ', '"population": 1'), whole[:-20], "[]", ""):
        record.write_text(text)
        assert "sheet.draw.json: no record of a draw (" in refused(audited, capsys)
    record.write_text(json.dumps(json.loads(whole)))  # written otherwise, and the same
    assert audited.read() == 0


def test_a_downloaded_sheet_finds_its_record(audited, tmp_path, capsys):
    audited.label(path=tmp_path / "draw-x.labelled.csv")
    audited.sheet = tmp_path / "draw-x.labelled.csv"
    assert audited.read() == 0


def test_a_sheet_with_labels_is_not_written_over(audited, capsys):
    draw = ["draw", str(audited.candidates), "--rows", "20", "--output", str(audited.sheet)]
    before = audited.sheet.read_bytes()
    assert run(draw) == 65
    assert "may hold labels" in capsys.readouterr().err
    assert audited.sheet.read_bytes() == before
    assert run([*draw, "--overwrite"]) == 0


def test_a_draw_is_fixed_by_its_seed(audited, tmp_path):
    other = tmp_path / "again.csv"
    draw = ["draw", str(audited.candidates), "--rows", "80", "--output", str(other)]
    run(draw)
    assert other.read_bytes() == audited.sheet.read_bytes()
    assert other.with_suffix(".html").read_bytes() == audited.sheet.with_suffix(".html").read_bytes()
    run([*draw, "--overwrite", "--seed", "1"])
    assert other.read_bytes() != audited.sheet.read_bytes()


def test_chances_of_the_record_are_what_was_drawn(audited):
    record = json.loads(audited.sheet.with_name("sheet.draw.json").read_text())
    rows = [json.loads(line) for line in audited.candidates.read_text().splitlines()]
    kept = {row["id"] for row in rows if row["accepted"]}
    for row in record["rows"].values():
        of = len(kept) if row["id"] in kept else len(rows) - len(kept)
        assert row["inclusion_probability"] == pytest.approx(40 / of)
    assert [one["drawn"] for one in record["strata"]] == [8] * 5 + [8] * 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row | {"id": "p0-0"}, "line 1 and line 2 both have the id 'p0-0' (399 such pairs)"),
        (lambda row: row | {"id": ""}, "line 1 has no id"),
        (lambda row: row | {"accepted": "perhaps"}, "line 1, column 'accepted': 'perhaps' is neither true nor false"),
        (lambda row: row | {"score": "high"}, "line 1, column 'score': "),
        (lambda row: row | {"accepted": None}, "no candidate has a verdict (400 without one)"),
        (lambda row: {k: v for k, v in row.items() if k != "accepted"}, "no column says what the verifier keeps"),
        (lambda row: {k: v for k, v in row.items() if k != "id"}, "no column tells candidates apart"),
        (lambda row: {k: v for k, v in row.items() if k != "text"}, "name the column of candidates with --text"),
    ],
)
def test_candidates_that_cannot_be_drawn_from(audited, tmp_path, capsys, change, said):
    changed(audited.candidates, change)
    assert run(["draw", str(audited.candidates), "--rows", "20", "--output", str(tmp_path / "x.csv")]) == 65
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("column", ["accepted", "score", "text", "id"])
def test_a_column_that_the_draw_went_by_and_is_gone_is_told_as_that(audited, tmp_path, capsys, column):
    """By no option: audit read has none that names a column, and the next draw takes them from the record too."""
    changed(audited.candidates, lambda row: {name: value for name, value in row.items() if name != column})
    more = ["draw", str(audited.candidates), "--more", str(audited.sheet), "--output", str(tmp_path / "more.csv")]
    for status in (audited.read, lambda: run([*more, "--rows", "20"])):
        audited.label()
        assert status() == 65
        said = capsys.readouterr().err
        assert f"no column {column!r}, which the draw from candidates.jsonl went by; there are id" in said.replace(
            "there are prompt_id", "there are id"
        )
        assert "--kept" not in said


def test_a_column_that_came_since_changes_nothing(audited, tmp_path, capsys):
    """Also where it has the name of a column that the draw did without: the record says what was read."""
    changed(audited.candidates, lambda row: row | {"math.accepted": row["accepted"]})
    sheet = tmp_path / "math.csv"
    draw = ["draw", str(audited.candidates), "--verifier", "math", "--rows", "20", "--output", str(sheet)]
    assert run(draw) == 0
    rows = rows_of_sheet(sheet)
    for row in rows:
        row["label"] = "right" if audited.truth[row["id"]] else "wrong"
    write_rows(sheet, rows)
    assert run(["read", str(sheet), str(audited.candidates)]) in (0, 1, 2, 3)
    assert "labels" in capsys.readouterr().out


def test_options_that_do_not_fit(audited, tmp_path, capsys):
    for given in (["draw"], ["read", "a"], ["draw", "a", "--rows", "x", "--output", "b.csv"]):
        with pytest.raises(SystemExit) as end:
            run(given)
        assert end.value.code == 64
    output = ["--output", str(tmp_path / "b.csv")]
    assert run(["draw", str(audited.candidates), *output]) == 65
    assert run(["draw", str(audited.candidates), "--rows", "100000", *output]) == 65
    assert run(["draw", str(tmp_path / "none.jsonl"), "--rows", "10", *output]) == 65
    assert "Traceback" not in capsys.readouterr().err


def test_what_a_labeller_sees(audited, tmp_path, capsys):
    changed(audited.candidates, lambda row: row | {"system": "Be short.", "answer": 7})
    draw = ["draw", str(audited.candidates), "--rows", "20", "--output", str(tmp_path / "x.csv")]
    assert run([*draw, "--show", "nothing"]) == 65
    assert "no column 'nothing'; there are id" in capsys.readouterr().err
    assert run([*draw, "--show", "answer"]) == 0
    row = rows_of_sheet(tmp_path / "x.csv")[0]
    assert row["prompt"].startswith("system: Be short.\n\nWhat is ")
    assert row["prompt"].endswith("\n\n[answer] 7")
    assert "[answer] 7" in (tmp_path / "x.html").read_text()


def test_one_of_several_verifiers(audited, tmp_path, capsys):
    def two(row):
        return {("good." + k if k in ("accepted", "score") else k): v for k, v in row.items()} | {"bad.accepted": 1}

    changed(audited.candidates, two)
    draw = ["draw", str(audited.candidates), "--rows", "80", "--output", str(tmp_path / "x.csv")]
    assert run(draw) == 65
    assert "verdicts of several verifiers (good, bad): name one with --verifier" in capsys.readouterr().err
    assert run([*draw, "--verifier", "good"]) == 0
    assert [row["id"] for row in rows_of_sheet(tmp_path / "x.csv")] == [
        row["id"] for row in rows_of_sheet(audited.sheet)
    ]
