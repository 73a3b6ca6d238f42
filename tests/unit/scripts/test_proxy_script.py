"""scripts/proxy.py as a newcomer runs it: one table in, a verdict and a picture out."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

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
    table.to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--independent"])
    printed = capsys.readouterr().out
    kept, correct = table["kept"], table["correct"]
    phi, psi = kept[correct].mean(), kept[~correct].mean()
    assert f"{phi / (phi + psi):.4f}" in printed
    assert "GO: more than a half of what is kept is right (p is below p_*)" in printed


def test_no_selection_of_a_bad_generator_is_a_no_go_whatever_true_is_written_as(main, table, tmp_path, capsys):
    written = table.assign(correct=table["correct"].map({True: "yes", False: "no"}), kept=1)
    written.to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--prompt", "prompt"])
    printed = capsys.readouterr().out
    assert "NO-GO" in printed
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
        main([str(tmp_path / "table.parquet"), *options])


@pytest.mark.parametrize("content", [b"", b"correct,kept\n", b"PAR1 and no more"])
def test_a_file_without_candidates_is_named(main, tmp_path, content):
    for name in ("table.csv", "table.parquet"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SystemExit, match=name):
            main([str(tmp_path / name)])


def test_a_missing_column_is_named_with_its_file_and_option(main, table, tmp_path):
    table.drop(columns="kept").to_csv(tmp_path / "table.csv")
    with pytest.raises(SystemExit, match=r"table\.csv: no column 'kept'.*--kept"):
        main([str(tmp_path / "table.csv"), "--independent"])


@pytest.mark.parametrize("all_are", [True, False])
def test_candidates_of_one_kind_decide_nothing(main, table, tmp_path, capsys, all_are):
    table.assign(correct=all_are).to_csv(tmp_path / "table.csv")
    main([str(tmp_path / "table.csv"), "--independent"])
    printed = capsys.readouterr().out
    assert "GO" not in printed.replace("NOTHING TO SAY", "")
    assert f"all candidates are {'correct' if all_are else 'wrong'}" in printed
    assert "--prompt prompt takes those of one prompt together" in printed


def test_few_candidates_that_are_all_alike_get_an_interval_with_a_width(main, tmp_path, capsys):
    """Clopper and Pearson's bounds of 4 and of 9 trials that all succeed: 0.025 ** (1 / n)."""
    for kept_ones, low, verdict in [(4, 0.3976, "UNDECIDED"), (9, 0.6637, "GO")]:
        kept = np.arange(20) < kept_ones
        pd.DataFrame({"correct": np.arange(20) < 10, "kept": kept}).to_csv(tmp_path / "table.csv", index=False)
        main([str(tmp_path / "table.csv"), "--independent"])
        printed = capsys.readouterr().out
        assert f"kept_precision  1.0000  [{low}, 1.0000]" in printed
        assert f"p_star          1.0000  [{low}, 1.0000]" in printed  # half of the candidates are wrong
        assert "psi             0.0000\n" in printed
        assert f"\n{verdict}: " in printed


@pytest.mark.parametrize("rows", [8, 12, 16, 24, 40, 80])
def test_a_threshold_called_sure_is_reported_as_a_go(main, tmp_path, capsys, rows):
    rng = np.random.default_rng(rows)
    correct = rng.random(rows) < 0.6
    table = pd.DataFrame({"correct": correct, "score": (2 * correct + rng.standard_normal(rows)).round(1)})
    table.to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--score", "score"])
    printed = capsys.readouterr().out
    assert ("that is surely a go" in printed) == ("\nGO: " in printed)
    if rows >= 40:
        assert "\nGO: " in printed


def test_few_prompts_decide_nothing(main, tmp_path, capsys):
    """Four hundred candidates of two prompts are two observations."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"prompt": np.arange(400) % 2, "correct": rng.random(400) < 0.7, "kept": rng.random(400) < 0.5}
    )
    table.to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--prompt", "prompt"])
    assert "UNDECIDED: what is kept is of 2 prompts" in capsys.readouterr().out
    table.assign(prompt=np.arange(400) // 4).to_csv(tmp_path / "table.csv", index=False)
    main([str(tmp_path / "table.csv"), "--prompt", "prompt"])
    assert "GO: p is below p_*" in capsys.readouterr().out


def test_a_score_that_keeps_all_selects_nothing(main, table, tmp_path, capsys):
    table.assign(score=1.0).to_parquet(tmp_path / "table.parquet")
    main([str(tmp_path / "table.parquet"), "--prompt", "prompt", "--score", "score"])
    assert "All candidates are kept, so that nothing is selected" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threshold", "0.5"], "--threshold is about a score"),
        (["--lower"], "--lower is about a score"),
        (["--score", "score", "--threshold", "nan"], "'nan' is no finite number"),
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
        ("a.jsonl", "{}", "not one of .parquet, .csv"),
        ("a.csv", "correct,kept,score\n1,1,high\n", "column 'score' is not of numbers"),
    ],
)
def test_tables_that_cannot_be_read_rightly_are_refused(main, tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(SystemExit, match=message):
        main([str(tmp_path / name), *(["--score", "score"] if "score" in content else [])])


def test_a_tsv_is_split_by_tabs(main, tmp_path, capsys):
    (tmp_path / "a.tsv").write_text("correct\tkept\n" + "1\t1\n0\t0\n" * 20)
    main([str(tmp_path / "a.tsv")])
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
        main([str(tmp_path / "a.csv"), *(["--score", "score"] if "score" in content else [])])
