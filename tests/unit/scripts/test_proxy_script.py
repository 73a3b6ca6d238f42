"""scripts/proxy.py as a newcomer runs it: one table in, a verdict and a picture out."""

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from uncollapse.jobs.command_line import on_threads
from uncollapse.proxy import from_options

SCRIPT = Path(__file__).parents[3] / "scripts" / "proxy.py"


@pytest.fixture(scope="module")
def main():
    return runpy.run_path(str(SCRIPT))["main"]


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    correct = rng.random(1200) < 0.35
    score = 1.5 * correct + rng.standard_normal(1200)
    return pd.DataFrame(
        {"prompt": np.arange(1200) // 3, "correct": correct, "kept": score > 1, "score": score, "loss": -score}
    )


def test_columns_correct_and_kept_give_a_go(main, table, tmp_path, capsys):
    table.drop(columns="prompt").to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--independent"])
    printed = capsys.readouterr().out
    kept, correct = table["kept"], table["correct"]
    phi, psi = kept[correct].mean(), kept[~correct].mean()
    assert f"{phi / (phi + psi):.4f}" in printed
    assert "GO: more than a half of what is kept is right (p is below p_*)" in printed


def test_no_selection_of_a_bad_generator_does_not_pass_whatever_true_is_written_as(main, table, tmp_path, capsys):
    written = table.assign(correct=table["correct"].map({True: "yes", False: "no"}), kept=1)
    written.to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--prompt", "prompt"])
    printed = capsys.readouterr().out
    assert "NOTHING SELECTED" in printed
    assert "surely less than a half of it is right" in printed
    assert "of 400 prompts" in printed


def test_a_score_is_swept_and_drawn_the_same_in_either_direction(main, table, tmp_path, capsys):
    table.to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--prompt", "prompt", "--score", "score"])
    higher = capsys.readouterr().out.splitlines()
    assert (tmp_path / "table.p_star.png").stat().st_size > 5000
    main(
        [
            str(tmp_path / "table.parquet"),
            "--prompt",
            "prompt",
            "--score",
            "loss",
            "--lower",
            "--picture",
            str(tmp_path / "again.png"),
        ]
    )
    lower = capsys.readouterr().out.splitlines()
    assert (tmp_path / "again.png").exists()
    assert [line for line in higher if line.startswith("  p_star")] == [
        line for line in lower if line.startswith("  p_star")
    ]
    assert any(line.startswith("GO: ") for line in higher)


def test_a_given_threshold_is_reported(main, table, tmp_path, capsys):
    table.to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--independent", "--score", "score", "--threshold", "1.0"])
    printed = capsys.readouterr().out
    assert f"{int((table['score'] >= 1).sum()):,} kept" in printed


def test_nothing_kept_is_a_no_go(main, table, tmp_path, capsys):
    table.assign(kept=False).to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--independent"])
    assert "NO-GO: nothing is kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--correct", "right"], "no column 'right'; there are prompt"), (["--kept", "score"], "must say true or false")],
)
def test_unusable_columns_are_named(main, table, tmp_path, options, message):
    table.to_parquet(tmp_path / "table.parquet")
    with pytest.raises(SystemExit, match=message):
        main([str(tmp_path / "table.parquet"), "--independent", *options])


@pytest.mark.parametrize("content", [b"", b"correct,kept\n", b"PAR1 and no more"])
def test_a_file_without_candidates_is_named(main, tmp_path, content):
    for name in ("table.csv", "table.parquet"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SystemExit, match=name):
            main([str(tmp_path / name), "--independent"])


def test_a_missing_column_is_named_with_its_file_and_option(main, table, tmp_path):
    table.drop(columns="kept").to_csv(tmp_path / "table.csv")
    with pytest.raises(SystemExit, match=r"table\.csv: no column 'kept'.*--kept"):
        main([str(tmp_path / "table.csv"), "--independent"])


@pytest.mark.parametrize("all_are", [True, False])
def test_candidates_of_one_kind_decide_nothing(main, table, tmp_path, capsys, all_are):
    table.assign(correct=all_are).to_csv(tmp_path / "table.csv")
    main([str(tmp_path / "table.csv"), "--independent"])
    printed = capsys.readouterr().out
    assert "GO:" not in printed
    assert f"all candidates with a label are {'correct' if all_are else 'wrong'}" in printed


def test_few_candidates_that_are_all_alike_get_an_interval_with_a_width(main, tmp_path, capsys):
    """Clopper and Pearson's bounds of 4 and of 10 trials that all succeed: 0.025 ** (1 / n)."""
    for kept_ones, low, verdict in [(4, 0.3976, "UNDECIDED"), (10, 0.6915, "GO")]:
        kept = np.arange(20) < kept_ones
        pd.DataFrame({"correct": np.arange(20) < 10, "kept": kept}).to_csv(tmp_path / "table.csv", index=False)
        main([str(tmp_path / "table.csv"), "--independent"])
        printed = capsys.readouterr().out
        assert f"kept_precision  1.0000  [{low}, 1.0000]" in printed
        # half of the candidates are wrong; were one of the kept, p would be larger as well, and p* with it
        star = re.search(r"p_star          1\.0000  \[(0\.\d+), 1\.0000\]", printed)
        assert star
        assert low < float(star[1]) < low + 0.1
        psi = re.search(r"psi             0\.0000  \[0\.0000, (0\.\d+)\]", printed)
        assert psi
        assert 0.2 < float(psi[1]) < 1 - 0.025**0.1  # of 10 that all fail
        assert f"\n{verdict}: " in printed


@pytest.mark.parametrize("rows", [8, 24, 80, 200])
def test_a_threshold_called_sure_is_reported_as_a_go(main, tmp_path, capsys, rows):
    rng = np.random.default_rng(rows)
    correct = rng.random(rows) < 0.6
    table = pd.DataFrame({"correct": correct, "score": (2 * correct + rng.standard_normal(rows)).round(1)})
    table.to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--independent", "--score", "score"])
    printed = capsys.readouterr().out
    assert ("that surely is a GO" in printed) == ("\nGO: " in printed)
    if rows >= 80:
        assert "\nGO: " in printed


def test_few_prompts_decide_nothing(main, tmp_path, capsys):
    """Four hundred candidates of two prompts are two observations."""
    rng = np.random.default_rng(0)
    correct = rng.random(400) < 0.5
    table = pd.DataFrame(
        {"prompt": np.arange(400) % 2, "correct": correct, "kept": rng.random(400) < np.where(correct, 0.8, 0.2)}
    )
    table.to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--prompt", "prompt"])
    assert "UNDECIDED: what is kept has labels of 2 prompts" in capsys.readouterr().out
    table.assign(prompt=np.arange(400) // 4).to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--prompt", "prompt"])
    assert "\nGO: " in capsys.readouterr().out


def test_a_score_that_keeps_all_selects_nothing(main, table, tmp_path, capsys):
    table.assign(score=1.0).to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--prompt", "prompt", "--score", "score"])
    assert "NOTHING SELECTED: all candidates are kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threshold", "0.5"], "--threshold is about a score"),
        (["--lower"], "--lower is about a score"),
        (["--score", "score", "--threshold", "nan"], "'nan' is no finite number"),
        (["--prompt", "prompt", "--independent"], "--prompt and --independent do not go together"),
        (["--population", "kept=3"], "not of the form kept=K,dropped=D"),
        (["--population", "kept=3,dropped=0"], "not of the form kept=K,dropped=D"),
        (["--population", "kept=3,dropped=9", "--weight", "w"], "do not go together"),
        (["--population", "kept=3,dropped=9", "--score", "score"], "a sweep takes --weight"),
        (["--tolerance", "0.1"], "--tolerance is about graded quality"),
        (["--label-sensitivity", "9/10"], "are needed both"),
        (["--least-precision", "1"], "not between 0 and 1"),
        (["--output", "no/such/x.json"], "there is no folder no/such"),
        (["--json", "."], "--output .: is a folder"),
        (["--output", "x.csv"], "x.csv: is written as one JSON object; let its name end in .json"),
        (["--json", "x.json.gz"], "let its name end in .json"),
        (["--threads", "0"], "no whole number of at least 1"),
        (["--score", "score", "--picture", "."], "--picture"),
        (["--kept", "kept", "--score", "score"], "--kept and --score do not go together"),
        (["--picture", "x.png"], "--picture is of a sweep"),
        (["--score", "score", "--threshold", "1", "--picture", "x.png"], "--picture is of a sweep"),
        (["--resamples", "1"], "no whole number of at least 100"),
        (["--seed", "-1"], "no whole number of at least 0"),
        (["--score", "score", "--picture", "x.xyz"], "must end in .png"),
        (["--score", "score", "--picture", "no/such/x.png"], "there is no folder no/such"),
    ],
)
def test_options_are_checked_before_any_work(main, table, tmp_path, capsys, options, message):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "not_there.csv"), *options])
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "correct,kept\n1,1,0\n0,1,1\n", "more fields than the first line"),
        ("a.csv", "correct,kept\n1,\n", "'kept' has 1 missing values; fill or drop"),
        ("a.json", "{}", "not one of .parquet, .csv"),
        ("a.jsonl", "{}\n", "no column 'correct'"),
        ("a.jsonl", '{"correct": 1, "kept": 1}\n{"correct": \n', "line 2 is no JSON"),
        ("a.csv", "correct,kept\n,1\n", "no candidate has a label"),
        ("a.csv", "correct,kept,score\n1,1,high\n", "column 'score' is not of numbers"),
    ],
)
def test_tables_that_cannot_be_read_rightly_are_refused(main, tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(SystemExit, match=message):
        main([str(tmp_path / name), "--independent", *(["--score", "score"] if "score" in content else [])])


def test_labels_are_read_in_the_words_of_a_sheet(main, table, tmp_path, capsys):
    kept = table["kept"].map({True: "yes", False: "no"})
    said = []
    for right, wrong in (("true", "false"), ("Right ", "wrong"), ("correct", "incorrect"), ("r", "w")):
        labels = table["correct"].map({True: right, False: wrong})
        table.assign(correct=labels.where(table.index % 3 > 0, ""), kept=kept).to_csv(
            tmp_path / "table.csv", index=False
        )
        main([str(tmp_path / "table.csv"), "--prompt", "prompt"])
        said.append(capsys.readouterr().out)
    assert "800 labels" in said[0]
    assert set(said) == {said[0]}


@pytest.mark.parametrize("word", ["unsure", "?", "perhaps"])
def test_a_label_that_is_neither_right_nor_wrong_is_refused(main, tmp_path, word):
    (tmp_path / "a.csv").write_text(f"correct,kept\nright,1\n{word},0\n")
    with pytest.raises(SystemExit, match=rf"right or wrong; empty where nobody knows\), found {re.escape(word)}"):
        main([str(tmp_path / "a.csv"), "--independent"])


def test_verdicts_have_no_words_of_labels(main, tmp_path):
    (tmp_path / "a.csv").write_text("correct,kept\nright,good\n")
    with pytest.raises(SystemExit, match=r"column 'kept' must say true or false \(or 1 or 0\), found good"):
        main([str(tmp_path / "a.csv"), "--independent"])


def test_verdicts_are_found_as_accepted_and_that_is_said(main, table, tmp_path, capsys):
    table.to_parquet(tmp_path / "table.parquet")
    status = main([str(tmp_path / "table.parquet"), "--prompt", "prompt"])
    usual = capsys.readouterr()
    assert "note:" not in usual.err
    table.rename(columns={"kept": "accepted"}).to_parquet(tmp_path / "table.parquet")
    assert main([str(tmp_path / "table.parquet"), "--prompt", "prompt"]) == status
    found = capsys.readouterr()
    assert found.out == usual.out
    assert "has no column 'kept': kept is what its column 'accepted' says; --kept names another" in found.err
    table.assign(accepted=~table["kept"]).to_parquet(tmp_path / "table.parquet")  # kept is there, and goes first
    assert main([str(tmp_path / "table.parquet"), "--prompt", "prompt"]) == status
    assert capsys.readouterr().out == usual.out
    table.drop(columns="kept").to_parquet(tmp_path / "table.parquet")
    with pytest.raises(SystemExit, match=r"no column 'kept'; there are .* name one with --kept"):
        main([str(tmp_path / "table.parquet"), "--prompt", "prompt"])


def test_a_candidate_without_a_verdict_is_refused_in_the_words_of_the_page(main, tmp_path):
    """docs/own_data.md: the other commands leave it out and count it; here that could be a better answer."""
    (tmp_path / "a.csv").write_text("correct,kept\n1,1\n0,0\n1,\n")
    with pytest.raises(SystemExit, match="fill or drop these rows: a candidate without a verdict is neither kept nor"):
        main([str(tmp_path / "a.csv"), "--independent"])


def test_a_tsv_is_split_by_tabs(main, tmp_path, capsys):
    (tmp_path / "a.tsv").write_text("correct\tkept\n" + "1\t1\n0\t0\n" * 20)
    main([str(tmp_path / "a.tsv"), "--independent"])
    assert "40 candidates of 40 prompts, 20 kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ids", "prompts"),
    [(["1", "01", "1"], 2), (["NA", "None", "nan"], 3), (["1", "w1", "w1"], 2), (["10", "9", "10"], 2)],
)
def test_ids_of_a_csv_are_told_apart_as_they_are_written(main, tmp_path, capsys, ids, prompts):
    (tmp_path / "a.csv").write_text("prompt_id,correct,kept\n" + "".join(f"{one},1,yes\n" for one in ids))
    main([str(tmp_path / "a.csv"), "--prompt", "prompt_id"])
    assert f"3 candidates of {prompts} prompts" in capsys.readouterr().out


def test_prompts_can_be_lists_of_messages(main, tmp_path, capsys):
    prompts = [[{"role": "user", "content": text}] for text in "aab"]
    pd.DataFrame({"prompt": prompts, "correct": [1, 0, 1], "kept": [1, 1, 0]}).to_parquet(tmp_path / "a.parquet")
    main([str(tmp_path / "a.parquet"), "--prompt", "prompt"])
    assert "3 candidates of 2 prompts" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["correct,correct,kept\n1,0,1\n", "correct,kept,score\n1,1,1_0\n"])
def test_what_would_be_taken_wrongly_is_refused(main, tmp_path, content):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(SystemExit, match=r"two columns are called 'correct'|'1_0' is no number"):
        main([str(tmp_path / "a.csv"), "--independent", *(["--score", "score"] if "score" in content else [])])


def test_rows_are_not_taken_for_prompts_unless_that_is_said(main, table, tmp_path):
    table.to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(SystemExit, match=r"table\.csv: .*--prompt prompt, or, .*--independent"):
        main([str(tmp_path / "table.csv")])
    table.rename(columns={"prompt": "group"}).to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(SystemExit, match=r"--prompt \(there are group, correct.*--independent"):
        main([str(tmp_path / "table.csv")])


def test_every_kind_of_file_says_the_same(main, table, tmp_path, capsys):
    labelled = table.assign(correct=table["correct"].astype(object).where(table.index % 3 > 0, None))
    labelled.to_csv(tmp_path / "a.csv", index=False)
    labelled.assign(note='with "quotes"').to_csv(tmp_path / "b.csv", index=False)
    labelled.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    labelled.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    labelled.astype({"correct": "boolean"}).to_parquet(tmp_path / "a.parquet")
    said = []
    for name in ("a.csv", "b.csv", "a.tsv", "a.jsonl", "a.parquet"):
        main([str(tmp_path / name), "--prompt", "prompt"])
        said.append(capsys.readouterr().out)
    assert len(set(said)) == 1
    assert "1,200 candidates of 400 prompts" in said[0]
    assert "800 labels" in said[0]


def test_everything_stands_in_the_file_for_programs(main, table, tmp_path, capsys):
    rng = np.random.default_rng(1)
    given = table.assign(topic=np.array(list("abc"))[table["prompt"] % 3], length=table["prompt"] * 7 % 100)
    given["off"] = np.where(given["correct"], 0.01, 0.1) * rng.exponential(size=len(given))
    given.to_csv(tmp_path / "table.csv", index=False)
    options = ["--prompt", "prompt", "--score", "score", "--slice", "topic", "--feature", "length", "--success-rate"]
    graded = ["--error", "off", "--tolerance", "0.02", "--picture", str(tmp_path / "x.svg")]
    main([str(tmp_path / "table.csv"), *options, *graded, "--output", str(tmp_path / "x.json")])
    printed, found = capsys.readouterr().out, json.loads((tmp_path / "x.json").read_text())
    assert found["decision"]["word"] == "GO"
    assert {one["value"] for one in found["slices"]} == {"a", "b", "c"}
    assert found["coverage"]["features"] == ["length", "success rate"]
    assert found["coverage"]["effective_share"] > 0.5
    assert len(found["sweep"]) == 20
    assert found["sweep"][0]["passes"] is True
    assert [one["level"] for one in found["error_quantiles"]] == [0.1, 0.25, 0.5, 0.75, 0.9]
    at = next(one for one in found["tolerance_curve"] if one["tolerance"] == 0.02)
    assert at["kept_precision"] == pytest.approx(found["rates"]["kept_precision"]["value"])
    assert "Kept precision by topic" in printed
    assert "By the largest error that counts as correct" in printed


def test_quality_is_an_error_turned_round(main, table, tmp_path, capsys):
    table.assign(off=np.abs(table["score"]), good=-np.abs(table["score"])).to_csv(tmp_path / "table.csv", index=False)
    start = [str(tmp_path / "table.csv"), "--prompt", "prompt"]
    main([*start, "--error", "off", "--tolerance", "0.7", "--json", str(tmp_path / "off.json")])
    main([*start, "--quality", "good", "--tolerance", "-0.7", "--json", str(tmp_path / "good.json")])
    off, good = (json.loads((tmp_path / name).read_text()) for name in ("off.json", "good.json"))
    assert off["rates"] == good["rates"]
    assert [-one["tolerance"] for one in good["tolerance_curve"]] == [
        one["tolerance"] for one in off["tolerance_curve"]
    ]


def test_an_error_with_a_sign_is_refused(main, table, tmp_path):
    """Five too low would be within a tolerance of 0.7."""
    table.assign(off=table["score"]).to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(SystemExit, match=r"column .off. has [\d,]+ errors below zero, such as -.* without a sign"):
        main([str(tmp_path / "table.csv"), "--prompt", "prompt", "--error", "off", "--tolerance", "0.7"])


def test_a_stratified_audit_and_noisy_labels(main, table, tmp_path, capsys):
    table.to_parquet(tmp_path / "table.parquet")
    start = [str(tmp_path / "table.parquet"), "--prompt", "prompt"]
    main([*start, "--population", "kept=1000,dropped=99000"])
    assert "which stand for 100,000, 1,000 kept (1.0%)" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="correct --population"):
        main([*start, "--population", "kept=10,dropped=99000"])
    weighed = table.assign(weight=np.where(table["kept"], 2.5, 100.0))
    weighed.to_parquet(tmp_path / "weighed.parquet")
    main([str(tmp_path / "weighed.parquet"), "--prompt", "prompt", "--weight", "weight"])
    kept = int(table["kept"].sum())
    assert f"{round(2.5 * kept):,} kept" in capsys.readouterr().out
    main([*start, "--label-sensitivity", "190/200", "--label-specificity", "0.9:200"])
    corrected = (table["correct"][table["kept"]].mean() + 0.9 - 1) / (0.95 + 0.9 - 1)
    assert f"kept_precision  {corrected:.4f}" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="190/200"):
        main([*start, "--label-sensitivity", "0.95", "--label-specificity", "0.9:200"])


def test_predictions_make_intervals_narrower(main, table, tmp_path, capsys):
    labelled = table.assign(
        correct=table["correct"].astype("boolean").where(table.index % 4 == 0), judge=1 / (1 + np.exp(-table["score"]))
    )
    labelled.to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--prompt", "prompt", "--prediction", "judge"])
    assert "(prediction-powered)" in capsys.readouterr().out


def test_a_plan_says_how_many_labels_and_where(main, capsys):
    main(["plan", "--precision", "0.6"])
    assert capsys.readouterr().out.startswith("199 labels of kept candidates")
    main(["plan", "--precision", "0.7", "--dropped-precision", "0.4", "--kept-share", "0.1", "--labels", "300"])
    printed = capsys.readouterr().out
    assert "49 labels of kept candidates" in printed
    assert "65 labels of kept and 56 of dropped candidates, 121 in all" in printed
    assert "Labels at random among all candidates: 650" in printed
    with pytest.raises(SystemExit, match="--precision between"):
        main(["plan", "--precision", "0.4"])


def test_columns_of_too_many_values_are_named(main, table, tmp_path):
    table.assign(name=[f"n{number}" for number in range(len(table))]).to_csv(tmp_path / "table.csv", index=False)
    with pytest.raises(SystemExit, match=r"column 'name' has 1,200 different values.*--slice"):
        main([str(tmp_path / "table.csv"), "--prompt", "prompt", "--slice", "name"])


@pytest.mark.parametrize("blank", ["", " ", "\t ", None])
@pytest.mark.parametrize("kind", ["csv", "parquet", "categories"])
def test_a_blank_is_no_label(main, table, tmp_path, capsys, blank, kind):
    words = table["correct"].map({True: "yes", False: "no"}).where(table.index % 3 > 0, blank)
    given = table.assign(correct=words.astype("category") if kind == "categories" else words)
    path = tmp_path / ("a.csv" if kind == "csv" else "a.parquet")
    given.to_csv(path, index=False) if kind == "csv" else given.to_parquet(path)
    main([str(path), "--prompt", "prompt"])
    assert ", 800 labels (" in capsys.readouterr().out


def test_a_blank_is_no_error_and_no_verdict(main, table, tmp_path, capsys):
    far = table["score"].abs().astype(str).where(table.index % 3 > 0, " ")
    table.assign(far=far).to_csv(tmp_path / "a.csv", index=False)
    table.assign(far=far.astype("category")).to_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        main([str(tmp_path / name), "--prompt", "prompt", "--error", "far", "--tolerance", "0.7"])
        assert ", 800 labels (" in capsys.readouterr().out
    table.assign(kept=table["kept"].astype(str).where(table.index > 0, " ")).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(SystemExit, match="column 'kept' has 1 missing values"):
        main([str(tmp_path / "a.csv"), "--prompt", "prompt"])


@pytest.mark.parametrize("folder", ["", ".", "..", "/", "{there}"])
def test_a_folder_is_no_table(main, tmp_path, capsys, folder):
    with pytest.raises(SystemExit):
        main([folder.format(there=tmp_path), "--independent", "--score", "score"])
    assert "is a folder: give a file, Parquet, CSV" in capsys.readouterr().err


def test_the_table_is_not_written_over(main, table, tmp_path, capsys):
    table.to_csv(path := tmp_path / "a.csv", index=False)
    (tmp_path / "link.json").symlink_to(path)
    with pytest.raises(SystemExit):
        main([str(path), "--independent", "--json", str(tmp_path / "link.json")])
    assert "is the table itself" in capsys.readouterr().err


def test_the_exit_status_is_the_decision(main, table, tmp_path):
    path = tmp_path / "table.parquet"
    table.to_parquet(path)
    assert main([str(path), "--prompt", "prompt"]) == 0
    table.assign(kept=~table["kept"]).to_parquet(path)
    assert main([str(path), "--prompt", "prompt"]) == 1
    table[:30].to_parquet(path)
    assert main([str(path), "--prompt", "prompt"]) == 2
    assert main(["plan", "--precision", "0.7", "--dropped-precision", "0.4", "--kept-share", "0.1"]) == 0


@pytest.mark.parametrize("option", ["--output", "--picture"])
def test_a_file_that_cannot_be_written_is_named(main, table, tmp_path, option):
    """/dev/full, which is always full, stands for a disk that is."""
    table.to_csv(tmp_path / "a.csv", index=False)
    out = tmp_path / ("out.json" if option == "--output" else "out.png")
    out.symlink_to("/dev/full")
    with pytest.raises(SystemExit, match=rf"{out.name}: the disk is full.*{option}"):
        main([str(tmp_path / "a.csv"), "--prompt", "prompt", "--score", "score", option, str(out)])


def test_weights_whose_sum_no_number_holds(main, table, tmp_path):
    table.assign(weight=1.7e308).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(SystemExit, match=r"a\.parquet: the weights of column 'weight' add up to more.*--weight"):
        main([str(tmp_path / "a.parquet"), "--prompt", "prompt", "--weight", "weight"])


def test_a_feature_is_one_of_prompts(main, table, tmp_path, capsys):
    table.assign(level=table["prompt"] % 4).to_csv(tmp_path / "a.csv", index=False)
    main([str(tmp_path / "a.csv"), "--prompt", "prompt", "--feature", "level"])
    assert "Of 4 cells of level" in capsys.readouterr().out
    level = (table["prompt"] % 4).where(table.index != 10, 9)  # of prompt 3, whose others are at rows 9 and 11
    table.assign(level=level).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(SystemExit, match=r"a\.csv: column 'level'.*of prompt '3' it says '9' and '3'.*--slice"):
        main([str(tmp_path / "a.csv"), "--prompt", "prompt", "--feature", "level"])
    main([str(tmp_path / "a.csv"), "--independent", "--feature", "level"])
    assert "Of 5 cells of level" in capsys.readouterr().out


def test_an_id_that_two_rows_have_is_refused(main, table, tmp_path, capsys):
    named = table.assign(id=[f"a{number}" for number in range(len(table))])
    named.to_csv(tmp_path / "a.csv", index=False)
    assert main([str(tmp_path / "a.csv"), "--prompt", "prompt", "--id", "id"]) == 0
    pd.concat([named, named[:3]]).to_csv(tmp_path / "twice.csv", index=False)
    with pytest.raises(SystemExit, match=r"line 2 and line \d+ both have the id 'a0' \(3 such pairs\): .* --id"):
        main([str(tmp_path / "twice.csv"), "--prompt", "prompt", "--id", "id"])
    named.assign(id=named["id"].where(named.index > 0)).to_csv(tmp_path / "without.csv", index=False)
    with pytest.raises(SystemExit, match="line 2 has no id: each candidate needs one"):
        main([str(tmp_path / "without.csv"), "--prompt", "prompt", "--id", "id"])
    named.assign(id=named["id"].where(named.index > 0, " / ")).to_csv(tmp_path / "blank.csv", index=False)
    with pytest.raises(SystemExit, match="line 2 has no id: each candidate needs one"):
        main([str(tmp_path / "blank.csv"), "--prompt", "prompt", "--id", "id"])


def test_ids_of_a_sound_column_are_not_read_again(main, table, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(from_options, "check_ids", lambda *given, **named: asked.append(given))
    for place, ids in enumerate((range(len(table)), [f"a{one}" for one in range(len(table))])):
        table.assign(id=list(ids)).to_parquet(tmp_path / f"{place}.parquet")
        main([str(tmp_path / f"{place}.parquet"), "--prompt", "prompt", "--id", "id"])
    assert asked == []
    table.assign(id=table["prompt"]).to_parquet(tmp_path / "twice.parquet")
    main([str(tmp_path / "twice.parquet"), "--prompt", "prompt", "--id", "id"])
    assert asked == [(tmp_path / "twice.parquet", ["id"])]


def test_threads_change_nothing_that_is_said(main, table, tmp_path, capsys):
    table.to_parquet(path := tmp_path / "a.parquet")
    before, said = pa.cpu_count(), []
    for threads in ("1", "3"):
        assert main([str(path), "--prompt", "prompt", "--threads", threads]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "GO" in said[0]
    assert pa.cpu_count() == before
    with on_threads(3):
        assert pa.cpu_count() == 3
