"""Words on targets that nothing makes, and on files that the config names and nobody has."""

import logging

import pytest
from snakemake.exceptions import MissingRuleException

from uncollapse.reruns.failures import MissingInputs, NearestTargets

KNOWN = ["summaries", "theory", "results/tables/feng2024_table1.md"]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("sumaries", "Did you mean summaries?"),
        ("results/tables/feng2024_tabel1.md", "Did you mean results/tables/feng2024_table1.md?"),
        ("results/zzz.parquet", "A file of another scale needs that scale's --configfile"),
        ("qqqq", "It is no name of an experiment or a paper of this config"),
    ],
)
def test_a_target_that_nothing_makes(target: str, told: str) -> None:
    said = f"MissingRuleException:\n{MissingRuleException(target)}"
    record = logging.LogRecord("snakemake.logging", logging.ERROR, "", 0, said, (), None)
    assert NearestTargets(lambda: KNOWN).filter(record)
    assert record.msg.startswith(f"MissingRuleException:\nNothing makes {target}. {told}"), record.msg
    assert record.msg.endswith("snakemake --list-target-rules names the targets.")


def test_a_file_that_is_named_as_results_are() -> None:
    said = (
        'InputFunctionException in rule make_table in file "stages.smk", line 8:\nError:\n  NoSuchFile: '
        "results/tables/feng2024_tabel1.md\nWildcards:\n  table=feng2024_tabel1\nTraceback:\n  File x\n"
    )
    record = logging.LogRecord("snakemake.logging", logging.ERROR, "", 0, said, (), None)
    assert NearestTargets(lambda: KNOWN).filter(record)
    told = "Nothing makes results/tables/feng2024_tabel1.md. Did you mean results/tables/feng2024_table1.md?"
    assert record.msg == f"{told} snakemake --list-target-rules names the targets."


def test_other_messages_stay_and_nothing_is_looked_for() -> None:
    def known() -> list[str]:
        raise AssertionError("asked for")

    for level, message in ((logging.ERROR, "No rule to begin with."), (logging.INFO, f"{MissingRuleException('a')}")):
        record = logging.LogRecord("snakemake.logging", level, "", 0, message, (), None)
        assert NearestTargets(known).filter(record)
        assert record.msg == message


MISSING = """MissingInputException in rule prepare_corpus in file "/a b/stages.smk", line 8:
Missing input files for rule prepare_corpus:
    output: results/corpora/mine.parquet, results/corpora/mine.card.parquet
    wildcards: corpus=mine
    affected files:
        {}"""


def _filtered(message: str, named: list[tuple[str, str]]) -> str:
    record = logging.LogRecord("snakemake.logging", logging.ERROR, "", 0, message, (), None)
    assert MissingInputs(lambda: named).filter(record)
    return record.msg


def test_a_missing_file_is_told_with_the_keys_that_name_it() -> None:
    named = [("corpora.mine.files.0", "a b.csv"), ("corpora.mine.files.1", "models/own"), ("note", "")]
    told = _filtered(MISSING.format("a b.csv\n        models/own/config.json"), named).splitlines()
    fix = "there is no such file; paths are relative to the folder that snakemake runs in"
    assert told == [
        f"corpora.mine.files.0: 'a b.csv': {fix}",
        f"corpora.mine.files.1: 'models/own/config.json': {fix}",
    ]


def test_a_missing_file_that_no_key_names_is_told_as_snakemake_tells_it() -> None:
    message = MISSING.format("a.csv\n        b.csv")
    assert _filtered(message, [("corpora.mine.files.0", "a.csv")]) == message


def test_a_text_that_is_called_as_a_folder_above_is_not_named_beside_the_file() -> None:
    named = [("scale", "smoke"), ("title", "/"), ("files.train", "smoke/a.jsonl"), ("base.folder", "smoke/models/")]
    told = _filtered(MISSING.format("smoke/a.jsonl\n        smoke/models/config.json"), named).splitlines()
    assert [line.split(": '")[0] for line in told] == ["files.train", "base.folder"]
    of_root = MISSING.format("/a.jsonl")
    assert _filtered(of_root, named) == of_root


def test_blanks_before_a_missing_files_name_are_its_own() -> None:
    assert _filtered(MISSING.format("  a.csv"), [("files.0", "  a.csv")]).startswith("files.0: '  a.csv': there is no")


def test_paths_that_are_not_what_a_job_takes_them_for_are_told_alone() -> None:
    told = "corpora.mine.files.0: 'a': is a folder; name a file in it\ncorpora.mine.files.1: '~/b': ~ is read by shells"
    said = (
        'InputFunctionException in rule prepare_corpus in file "stages.smk", line 8:\nError:\n  MistakenPath: '
        + told.replace("\n", "\n    ")
        + "\nWildcards:\n  corpus=mine\nTraceback:\n  File x\n"
    )
    assert _filtered(said, []) == told
