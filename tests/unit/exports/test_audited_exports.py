"""A card's decision is said of the rows that the audit is of, and of no others: not of part, a twin, another table."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from own_candidates import Audited, accepted_in, rows_of_sheet, write_rows

from uncollapse.commands.entry import run as uncollapse

BOLD = "**GO"
LEAVE = "or leave --audit out"


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class Chain:
    """Candidates that an audit calls a GO, which commands then select from and export."""

    def __init__(self, folder, capsys):
        self.folder, self.capsys = folder, capsys
        audited = Audited(folder, rows=200, knows=3.0, least=1.5)
        audited.label()
        self.candidates, self.audit = audited.candidates, folder / "audit.json"
        assert audited.read("--output", self.audit) in (0, 3)

    def select(self, *given, path=None, output="kept.jsonl"):
        output = self.folder / output
        uncollapse(["select", str(path or self.candidates), "--output", str(output), "--overwrite", *given])
        return output

    def export(self, table, *given, audit=True):
        """Exit status, what is said of it, and the card."""
        self.capsys.readouterr()
        card = self.folder / "CARD.md"
        words = ["export", str(table), "--output", str(self.folder / "train.jsonl"), "--card", str(card)]
        words += ["--audit", str(self.audit)] * audit
        try:
            status = uncollapse([*words, "--overwrite", *given])
        except SystemExit as ending:
            status = ending.code
        said = self.capsys.readouterr()
        text = card.read_text() if card.exists() else ""
        return status, said.out + said.err, text


@pytest.fixture
def chain(tmp_path, capsys):
    return Chain(tmp_path, capsys)


def refused(chain, table, why, *given):
    status, said, card = chain.export(table, *given)
    assert status == 65
    assert why in said
    assert len(said.strip().splitlines()) == 1
    assert not card
    assert not (chain.folder / "train.jsonl").exists()


@pytest.mark.parametrize("goes", ["kept.jsonl", "kept.csv", "kept.parquet"])
def test_all_that_the_verifier_accepts_has_the_decision(chain, goes):
    for rule in ([], ["--rule", "threshold", "--threshold", "1.5"]):
        status, said, card = chain.export(chain.select(*rule, output=goes))
        assert not status
        assert "decides nothing" not in said
        assert BOLD in card
        assert "the file holds just these" in card


def test_rows_chosen_by_hand_have_it_where_they_are_just_the_accepted(chain):
    every = rows_of(chain.candidates)
    accepted = [row for row in every if row["accepted"]][::-1]
    assert BOLD in chain.export(write(chain.folder / "mine.jsonl", accepted))[2]
    for name in ("train.jsonl", "CARD.md"):
        (chain.folder / name).unlink()
    refused(chain, write(chain.folder / "part.jsonl", accepted[1:]), "uncollapse select")


def test_a_table_with_rejected_rows_is_refused(chain):
    refused(chain, chain.candidates, "choose them with uncollapse select from the audited table")


def test_pairs_are_refused(chain):
    refused(chain, chain.candidates, "and of no pairs: leave it out", "--format", "preferences")


def test_another_table_is_refused_whatever_it_counts(chain):
    every = rows_of(chain.candidates)
    others = write(chain.folder / "others.jsonl", [row | {"text": row["text"] + "."} for row in every])
    accepted = [row["accepted"] for row in every]
    turned = write(
        chain.folder / "turned.jsonl",
        [row | {"accepted": is_accepted} for row, is_accepted in zip(every, accepted[::-1], strict=True)],
    )
    for table in (others, turned):
        assert sum(row["accepted"] for row in rows_of(table)) == sum(accepted)
        refused(chain, table, LEAVE)
        refused(chain, chain.select(path=table), "the audit is of other accepted candidates")


def test_the_random_twin_has_no_decision(chain):
    twin = chain.select().with_name("kept.random.jsonl")
    status, said, card = chain.export(twin)
    assert not status
    assert "GO" not in card
    assert "They are the random twin of the selection of `kept.selection.json`" in card
    assert "the audit decides nothing on these rows: they are the random twin" in said
    moved = twin.rename(chain.folder / "kept.jsonl")  # over the selection, whose account is beside it now
    assert "GO" not in chain.export(moved)[2]
    for name in ("train.jsonl", "CARD.md"):
        (chain.folder / name).unlink()
    refused(chain, moved.rename(chain.folder / "t.jsonl"), f"there is no {chain.folder / 't.selection.json'}")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (["first"], "accepted candidates, selected by the rule first, and may be right more or less often than all"),
        (["shortest"], "selected by the rule shortest, and may be"),
        (["accepted", "--at-most", "1"], "selected by the rule accepted, and may be"),
        (["budget", "--n", "9"], "they are 9 of the"),
        (["best"], "selected by the rule best, which takes rejected candidates too"),
        (["top", "--n", "9"], "selected by the rule top, which takes rejected candidates too"),
    ],
)
def test_a_rule_that_the_audit_does_not_cover_has_no_decision(chain, rule, why):
    status, said, card = chain.export(chain.select("--rule", *rule))
    assert not status
    assert BOLD not in card
    assert "No decision is said of these rows: " in card
    assert why in card
    assert why in said


def test_a_column_that_marks_a_rules_choice_is_audited_as_the_rule(tmp_path, capsys):
    chain = Chain(tmp_path, capsys)
    first = {row["id"] for row in rows_of(chain.select("--rule", "first"))}
    write(chain.candidates, [row | {"chosen": row["id"] in first} for row in rows_of(chain.candidates)])
    sheet, labelled = tmp_path / "chosen.csv", {row["id"]: row["accepted"] for row in rows_of(chain.candidates)}
    draw = ["audit", "draw", str(chain.candidates), "--kept", "chosen", "--rows", "150", "--output", str(sheet)]
    assert uncollapse(draw) == 0
    rows = rows_of_sheet(sheet)
    for row in rows:
        row["label"] = "right" if labelled[row["id"]] else "wrong"
    write_rows(sheet, rows)
    assert uncollapse(["audit", "read", str(sheet), str(chain.candidates), "--output", str(chain.audit)]) in (0, 3)
    assert BOLD in chain.export(chain.select("--kept", "chosen"))[2]
    for name in ("train.jsonl", "CARD.md"):
        (tmp_path / name).unlink()
    refused(chain, chain.select(), "the audit is of other accepted candidates")


def test_rows_that_changed_after_the_selection_are_refused(chain):
    kept = chain.select("--rule", "first")
    rows = rows_of(kept)
    write(kept, [rows[0] | {"text": "another"}, *rows[1:]])
    refused(chain, kept, "kept.selection.json is of other rows")


def test_audited_candidates_that_the_file_lacks_take_the_decision_back(chain):
    every = rows_of(chain.candidates)
    unfit = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}]  # no row of a chat
    next(row for row in every if row["accepted"])["prompt"] = unfit
    write(chain.candidates, every)
    held = json.loads(chain.audit.read_text()) | {"contents": accepted_in(chain.candidates)}
    chain.audit.write_text(json.dumps(held))
    _, said, card = chain.export(chain.select())
    assert "1 of the audited candidates left out" in card
    assert BOLD not in card
    assert "the audit decides nothing" in said


def test_records_that_do_not_say_what_they_are_of_are_refused(chain):
    audit = json.loads(chain.audit.read_text())
    kept = chain.select("--rule", "first")
    chain.audit.write_text(json.dumps({name: part for name, part in audit.items() if name != "contents"}))
    refused(chain, kept, "run uncollapse audit read again with --output")
    chain.audit.write_text(json.dumps(audit))
    account = chain.folder / "kept.selection.json"
    held = json.loads(account.read_text())
    account.write_text(json.dumps({name: part for name, part in held.items() if name != "contents"}))
    refused(chain, kept, "is of an earlier version and does not say which rows it is of")
    assert "| candidates | 400 |" in chain.export(kept, audit=False)[2]


def test_a_selection_without_a_verdict_is_refused(chain):
    bare = write(
        chain.folder / "bare.jsonl",
        [{name: row[name] for name in ("id", "prompt", "text", "score")} for row in rows_of(chain.candidates)],
    )
    refused(chain, chain.select("--rule", "best", path=bare), "the audit is of other accepted candidates")


def test_rejected_rows_are_counted(chain):
    every = rows_of(chain.candidates)
    rejected = sum(not row["accepted"] for row in every)
    _, said, card = chain.export(chain.candidates, audit=False)
    assert f"  {rejected:,} of them rejected by the verdict in column accepted" in said
    assert f"| of these, rejected by the verdict in column accepted | {rejected:,} |" in card
    _, said, card = chain.export(chain.select(), audit=False)
    assert "rejected by" not in said
    assert "rejected by" not in card
    below = sum(row["score"] < 0.5 for row in every)
    _, said, _ = chain.export(chain.candidates, "--threshold", "0.5", audit=False)
    assert f"  {below:,} of them rejected by the verdict in column score" in said


def test_chosen_ones_of_pairs_that_are_rejected_are_counted(tmp_path, capsys):
    rows = [
        {"id": f"{prompt}{score}", "prompt": prompt, "text": f"{score}", "score": score, "accepted": prompt == "a"}
        for prompt in "abc"
        for score in (0.1, 0.9)
    ]
    path = write(tmp_path / "c.jsonl", rows)
    uncollapse(["export", str(path), "--format", "preferences", "--output", str(tmp_path / "t.jsonl")])
    assert "  2 of them chosen ones rejected by the verdict in column accepted" in capsys.readouterr().out


@pytest.mark.parametrize("value", [None, "", "perhaps"])
def test_what_is_no_verdict_rejects_nothing(tmp_path, capsys, value):
    path = write(tmp_path / "c.jsonl", [{"id": 1, "prompt": "a", "text": "b", "accepted": value}])
    uncollapse(["export", str(path), "--output", str(tmp_path / "t.jsonl")])
    assert "rejected" not in capsys.readouterr().out


def test_conversations_are_the_same_in_a_file_of_texts(chain):
    talk = [{"role": "user", "content": "?"}]
    rows = [row | {"prompt": [*talk, {"role": "user", "content": row["prompt"]}]} for row in rows_of(chain.candidates)]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, chain.folder / "c.parquet")
    held = json.loads(chain.audit.read_text()) | {"contents": accepted_in(chain.folder / "c.parquet")}
    chain.audit.write_text(json.dumps(held))
    assert BOLD in chain.export(chain.select(path=chain.folder / "c.parquet", output="kept.csv"))[2]
