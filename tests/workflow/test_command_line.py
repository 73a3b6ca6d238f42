"""Options of Snakemake that users know, and rules of their own beside ours."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from checkout import Checkout

from conftest import ROOT, snakemake, tiny_arguments
from uncollapse.config.files import read
from uncollapse.planning.plan import Plan

pytestmark = pytest.mark.workflow

TARGETS = {"all", "tables", "figures", "theory"}  # beside one for each experiment and paper
USERS_RULES = """
include: "Snakefile"


rule write_corpus:
    output:
        "mine/articles.jsonl",
    shell:
        "cp {workflow.basedir}/scales/smoke_articles.jsonl {output}"
"""


def test_list_has_every_rule_under_its_name(tmp_path: Path) -> None:
    listed = set(re.findall(r"^\w+", snakemake("--list", *tiny_arguments(tmp_path / "r")).stdout, re.MULTILINE))
    rules = Plan(read(ROOT / "config.yaml")).rules.keys()
    assert rules | TARGETS <= listed
    assert {"eigenvalues", "summaries", "feng2024"} <= listed - rules


def test_rulegraph_shows_stages_by_name_and_what_hangs_on_what(tmp_path: Path) -> None:
    graph = snakemake("--rulegraph", "dot", "all", *tiny_arguments(tmp_path / "r")).stdout
    rules = dict(re.findall(r'(\d+)\[label = "(\w+)"', graph))
    edges = {(rules[first], rules[second]) for first, second in re.findall(r"(\d+) -> (\d+)", graph)}
    chain = ["sample", "select", "train", "label", "verify", "proxy"]
    assert set(pairwise(chain)) | {("evaluate", "make_table")} <= edges


def test_until_a_rule_leaves_out_what_comes_after_it(tmp_path: Path) -> None:
    planned = snakemake("-n", "--until", "make_table", *tiny_arguments(tmp_path / "r")).stdout
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", planned, re.MULTILINE))
    assert int(jobs["make_table"]) > 3
    assert "train" in jobs
    assert not jobs.keys() & {"gather_claims", "write_report"}


def test_resources_of_a_rule_can_be_set_on_the_command_line(tmp_path: Path) -> None:
    options = ["-n", "--quiet", "reason", "--set-resources", "train:mem_mb=1234"]
    planned = snakemake(*options, *tiny_arguments(tmp_path / "r")).stdout
    memory = {
        (job.partition(":")[0], *re.findall(r"mem_mb=(\d+)", job))
        for job in re.split(r"\n(?:local)?rule ", planned)
        if "mem_mb=" in job
    }
    assert ("train", "1234") in memory
    assert {megabytes for rule, megabytes, *_ in memory if rule == "label"} == {"8000"}
    assert {megabytes for rule, megabytes, *_ in memory if rule == "train"} == {"1234"}


def test_a_rule_of_a_users_makes_a_corpus(tmp_path: Path) -> None:
    """A Snakefile beside ours, which includes it: its rule makes the file that a corpus is read from."""
    checkout = Checkout(tmp_path / "checkout")
    (checkout.folder / "mine.smk").write_text(USERS_RULES)
    (checkout.folder / "mine.yaml").write_text("corpora: {mine: {files: [mine/articles.jsonl]}}\n")
    target = "results/corpora/mine.parquet"
    ran = checkout.run(target, overlays=("mine.yaml",), options=("--snakefile", "mine.smk"))
    assert re.search(r"^write_corpus +1$", ran, re.MULTILINE)
    assert (checkout.folder / target).is_file()
    again = checkout.run(target, overlays=("mine.yaml",), options=("--snakefile", "mine.smk"))
    assert "Nothing to be done" in again
