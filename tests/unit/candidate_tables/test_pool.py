"""Tables of candidates as arrays: what tells them apart, what is left out, further columns, and memory."""

import json
import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.candidate_tables.features import Feature
from uncollapse.candidate_tables.pool import read_pool
from uncollapse.candidate_tables.roles import Roles, resolved
from uncollapse.errors import DataError


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def pool(path, *, verifier=None, judged=True, features=(), **roles):
    found = resolved(path, Roles(**roles), verifier=verifier, judged=judged)
    return read_pool(path, found, judged=judged, features=features, told=None)


ROW = {"id": "a", "prompt": "p", "text": "t", "accepted": True}


def test_candidates_without_a_verdict_are_left_out_and_counted(tmp_path):
    rows = [ROW | {"id": n, "accepted": value} for n, value in enumerate([True, None, "no", "", 1, "False", 0.0])]
    found = pool(write(tmp_path / "c.jsonl", rows))
    assert found.kept.tolist() == [True, False, True, False, False]
    assert (found.row.tolist(), found.unjudged) == ([0, 2, 4, 5, 6], 2)


def test_prompts_are_told_apart_by_id_or_by_what_they_say(tmp_path):
    conversation = [{"role": "user", "content": "p"}]
    rows = [ROW | {"id": n, "prompt": value} for n, value in enumerate(["p", "q", conversation, "p", conversation])]
    number = pool(write(tmp_path / "c.jsonl", rows)).prompt
    kinds = np.array([0, 1, 2, 0, 2])
    assert ((number[:, None] == number) == (kinds[:, None] == kinds)).all()
    with_ids = [row | {"prompt_id": n % 2} for n, row in enumerate(rows)]
    assert len(np.unique(pool(write(tmp_path / "d.jsonl", with_ids)).prompt)) == 2


def test_ids_are_told_apart_as_they_are_written(tmp_path):
    (tmp_path / "c.csv").write_text("id,prompt,text,accepted\n1,p,t,1\n01,p,t,0\n1e0,p,t,0\n")
    assert len(pool(tmp_path / "c.csv")) == 3
    (tmp_path / "c.csv").write_text("id,prompt,text,accepted\n1,p,t,1\n2,p,t,0\n1,p,t,0\n")
    with pytest.raises(DataError, match="line 2 and line 4 both have the id '1'"):
        pool(tmp_path / "c.csv")


def test_the_same_pool_from_every_kind_of_file(tmp_path):
    rows = [ROW | {"id": n, "score": n / 7, "accepted": n % 2 == 0} for n in range(9)]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, tmp_path / "c.parquet")
    table.to_pandas().to_csv(tmp_path / "c.csv", index=False)
    table.to_pandas().to_csv(tmp_path / "c.tsv", index=False, sep="\t")
    write(tmp_path / "c.jsonl", rows)
    found = [pool(tmp_path / f"c.{kind}") for kind in ("jsonl", "parquet", "csv", "tsv")]
    for other in found[1:]:
        for name in ("id", "kept", "score", "prompt", "length", "prompt_length"):
            assert getattr(other, name).tolist() == getattr(found[0], name).tolist(), name


def test_columns_of_several_verifiers(tmp_path):
    row = {"id": 1, "prompt": "p", "text": "t", "math.accepted": True, "math.score": 0.5, "judge.accepted": False}
    path = write(tmp_path / "c.jsonl", [row])
    with pytest.raises(DataError, match=r"verdicts of several verifiers \(math, judge\): name one with --verifier"):
        pool(path)
    assert pool(path, verifier="math").kept.tolist() == [True]
    assert pool(path, verifier="math").score.tolist() == [0.5]
    assert pool(path, verifier="judge").kept.tolist() == [False]
    assert pool(path, kept="judge.accepted").kept.tolist() == [False]
    with pytest.raises(DataError, match=r"no columns other\.accepted or other\.score"):
        pool(path, verifier="other")
    decided = write(tmp_path / "d.jsonl", [row | {"accepted": False}])
    assert pool(decided).kept.tolist() == [False]


def test_columns_that_the_first_row_leaves_out(tmp_path):
    rows = [{"id": 0, "prompt": "p", "text": None}, ROW | {"id": 1, "score": 2.0}]
    found = pool(write(tmp_path / "c.jsonl", rows))
    assert (found.score.tolist(), found.unjudged) == ([2.0], 1)


def test_a_pass_rate_is_a_prompts_share(tmp_path):
    rows = [ROW | {"id": n, "prompt": "ab"[n > 2], "accepted": n in (0, 1, 4)} for n in range(5)]
    assert pool(write(tmp_path / "c.jsonl", rows)).pass_rate.tolist() == pytest.approx([2 / 3] * 3 + [0.5] * 2)


def test_features_are_numbers_or_kinds(tmp_path):
    values = [3, "2", None, 9.5, 1]
    rows = [ROW | {"id": n, "size": values[n], "kind": "xyxyx"[n], "flag": n > 2} for n in range(5)]
    found = pool(write(tmp_path / "c.jsonl", rows), features=["size", "kind", "flag"]).features
    cells, words = found["size"].cells(2)
    assert [words[cell] for cell in cells] == ["3 to 9.5", "1 to 2", "none", "3 to 9.5", "1 to 2"]
    for name, expected in (("kind", list("xyxyx")), ("flag", ["False"] * 3 + ["True"] * 2)):
        cells, words = found[name].cells(4)
        assert [words[cell] for cell in cells] == expected


def test_a_column_of_too_many_kinds(tmp_path):
    rows = [ROW | {"id": n, "name": f"n{n}", "number": n} for n in range(80)]
    path = write(tmp_path / "c.jsonl", rows)
    assert len(pool(path, features=["number"]).features["number"].cells(4)[1]) == 4
    with pytest.raises(DataError, match=r"column 'name' has more than 50 different values \(up to line 51\)"):
        pool(path, features=["name"])


def test_equal_numbers_share_a_cell():
    assert Feature(np.array([1.0, 1.0, 1.0, 2.0])).cells(4)[1] == ["1", "2"]


def test_texts_are_not_held(tmp_path):
    """A hundred times as much text takes no more memory."""
    peaks = []
    for length in (50, 5000):
        path = write(tmp_path / f"{length}.jsonl", [ROW | {"id": n, "text": "x" * length} for n in range(3000)])
        tracemalloc.start()
        pool(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 500_000


def test_a_table_of_another_delimiter_is_told_as_such(tmp_path):
    (tmp_path / "a.csv").write_text("id;prompt;text;kept\n1;q;a;1\n")
    with pytest.raises(
        DataError, match=r"no column tells candidates apart.*if ';' parts the fields, save it with comm"
    ):
        resolved(tmp_path / "a.csv", Roles(), judged=False)
    with pytest.raises(DataError, match=r"no column 'kept'.*if ';' parts the fields, save it with commas"):
        resolved(tmp_path / "a.csv", Roles(kept="kept"))


def test_columns_to_have_where_they_are_there_are_of_one_name(tmp_path):
    path = tmp_path / "candidates.csv"
    for header, there in (("source,url", {"source"}), ("source,source", set())):
        path.write_text(f"id,prompt,text,accepted,{header}\na,p,t,true,x,y\nb,p,t,false,z,y\n")
        read = read_pool(path, resolved(path, Roles()), where_there=["source", "model"], told=None)
        assert set(read.features) == there
