"""Reruns compute again what changed, and nothing else."""

import ast
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import SCALE, Checkout, Job, Planner, changed, descendants
from import_graph import ImportGraph

from uncollapse.config.files import read
from uncollapse.jobs.provenance import provenance_path, read_record
from uncollapse.jobs.store import Store
from uncollapse.planning.plan import Plan
from uncollapse.reruns.why import Why, explain

pytestmark = pytest.mark.workflow

STATEMENT = "\n_EDITED_BY_A_TEST = 1\n"
SELECTED = "results/eigenvalues/datasets/some_correct.parquet"
TAKEN = re.compile(r"^Results of ([\d,]+) jobs taken from the store", re.MULTILINE)
TABLE = "src/uncollapse/products/tables/feng2024_table1.py"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout whose results are complete."""
    made = Checkout(tmp_path_factory.mktemp("reruns"))
    made.run()
    return made


@pytest.fixture(scope="module")
def planner(checkout: Checkout) -> Iterator[Planner]:
    with Planner(checkout) as found:
        yield found


@pytest.fixture(scope="module")
def jobs(planner: Planner) -> list[Job]:
    """All jobs of the workflow."""
    return planner.plan(forceall=True)


@pytest.fixture(scope="module")
def graph(checkout: Checkout) -> ImportGraph:
    return ImportGraph(checkout.folder)


@pytest.fixture(autouse=True)
def _left_as_found(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test gives back what it changed: otherwise the next one would judge something else."""
    yield
    if "planner" in request.fixturenames:
        assert request.getfixturevalue("planner").plan() == []


@pytest.fixture
def overlay(tmp_path: Path) -> str:
    """beam5 with another width."""
    path = tmp_path / "beams.yaml"
    path.write_text("experiments: {eigenvalues: {decodings: {beam5: {beams: 4}}}}\n")
    return str(path)


def outputs(found: list[Job]) -> set[str]:
    return {job.outputs[0] for job in found}


def depending(graph: ImportGraph, jobs: list[Job], on: str) -> set[str]:
    return {job.outputs[0] for job in jobs if on in graph.reached(*graph.roots(job, jobs))}


def counted(printed: str) -> tuple[int, int]:
    """How many jobs were done, and how many of them took their outputs from the store, all at once or as a job."""
    jobs = len(re.findall(r"^Finished jobid: \d+ \(Rule: (?!all\b)", printed, re.MULTILINE))
    before = sum(int(count.replace(",", "")) for count in TAKEN.findall(printed))
    return before + jobs, before + printed.count(": taken from the store")


# code


def test_an_edit_of_a_module_is_another_code_of_the_jobs_that_import_it(
    checkout: Checkout, planner: Planner, jobs: list[Job], graph: ImportGraph
) -> None:
    """For every module of the library and the command that a job imports: of those jobs and no others."""
    before = {job.outputs[0]: json.loads(job.runs)[0] for job in jobs}
    assert planner.codes(before) == before, "what Snakemake compares"
    needed = {name: expected for name in graph.modules() if (expected := depending(graph, jobs, name))}
    assert len(needed) > 80
    wrong = {}
    for name, expected in needed.items():
        with checkout.edited(name) as (path,):
            path.write_text(path.read_text() + STATEMENT)
            found = planner.codes(before)
        itself = {path for path, code in found.items() if code != before[path]}
        if itself != expected:
            wrong[name] = sorted(itself ^ expected)
    assert wrong == {}


def test_an_edit_of_a_module_runs_the_jobs_that_import_it(
    checkout: Checkout, planner: Planner, jobs: list[Job], graph: ImportGraph
) -> None:
    """Those jobs, no others, and what hangs on them: of all modules that the same jobs import, one.

    Those that no job imports together run nothing.
    """
    of_module = {name: depending(graph, jobs, name) for name in graph.modules()}
    one_of_each = {frozenset(expected): name for name, expected in of_module.items() if expected}
    unneeded = [name for name, expected in of_module.items() if not expected]
    assert len(one_of_each) > 15
    assert len(unneeded) > 80
    with checkout.edited(*unneeded) as paths:
        for path in paths:
            path.write_text(path.read_text() + STATEMENT)
        assert planner.plan() == []
    wrong = {}
    for expected, name in one_of_each.items():
        with checkout.edited(name) as (path,):
            path.write_text(path.read_text() + STATEMENT)
            planned = planner.plan()
        itself = changed(planned, jobs)
        if itself != expected or outputs(planned) != descendants(jobs, expected):
            wrong[name] = (sorted(itself ^ expected), sorted(outputs(planned) ^ descendants(jobs, expected)))
    assert wrong == {}


def test_the_import_graph_tells_jobs_apart(graph: ImportGraph, jobs: list[Job]) -> None:
    """What the test above expects is itself neither nothing nor everything."""
    assert depending(graph, jobs, "src/uncollapse/jobs/stage.py") == outputs(jobs)
    assert depending(graph, jobs, "src/uncollapse/planning/report.py") == set()
    verify = {job.outputs[0] for job in jobs if job.rule == "verify"}
    assert depending(graph, jobs, "src/uncollapse/verifiers/sequences/tolerance.py") == verify
    assert {j.rule for j in jobs if j.outputs[0] in depending(graph, jobs, "src/uncollapse/training/loop.py")} == {
        "train"
    }


def test_the_reason_names_the_module(checkout: Checkout, planner: Planner) -> None:
    with checkout.edited("src/uncollapse/proxy/estimate.py") as (path,):
        path.write_text(path.read_text() + STATEMENT)
        reasons = {job.rule: job.reason for job in planner.plan()}
    assert "uncollapse.proxy.estimate@" in reasons["proxy"]


def test_comments_docstrings_and_layout_run_nothing(checkout: Checkout, planner: Planner, graph: ImportGraph) -> None:
    rules = [str(path.relative_to(checkout.folder)) for path in (checkout.folder / "workflow/rules").glob("*.smk")]
    with checkout.edited(*graph.modules(), *rules, "Snakefile") as paths:
        for path in paths:
            text = path.read_text()
            path.write_text(f"{_rewritten(text) if path.suffix == '.py' else text}\n# a comment\n")
        assert planner.plan() == []


def _rewritten(text: str) -> str:
    """Without comments, laid out otherwise, with other docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        has_body = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if has_body and ast.get_docstring(node, clean=False) is not None:
            node.body[0] = ast.Expr(ast.Constant("Said otherwise."))
    return ast.unparse(ast.fix_missing_locations(tree))


def test_touching_every_file_runs_nothing(checkout: Checkout, planner: Planner) -> None:
    """As a git checkout, a copy or a backup would."""
    touched = 0
    for path in sorted(checkout.folder.rglob("*"), reverse=True):
        if ".snakemake" not in path.parts and path.is_file():
            path.touch()
            touched += 1
    assert touched > 250
    assert planner.plan() == []


@pytest.mark.parametrize("library", ["torch", "scipy"])
def test_another_version_of_a_library_runs_what_imports_it(
    checkout: Checkout, jobs: list[Job], graph: ImportGraph, library: str, tmp_path: Path
) -> None:
    """The version that an installation further ahead on the path declares."""
    information = tmp_path / f"{library}-99.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {library}\nVersion: 99.0\n")
    with Planner(checkout, {"PYTHONPATH": str(tmp_path)}) as upgraded:
        planned = upgraded.plan()
    expected = depending(graph, jobs, library)
    assert 0 < len(expected) < len(jobs)
    assert changed(planned, jobs) == expected
    assert outputs(planned) == descendants(jobs, expected)


# config


def test_another_beam_size_runs_that_beams_labels_and_what_hangs_on_them(
    planner: Planner, jobs: list[Job], overlay: str
) -> None:
    planned = planner.plan(overlay)
    itself = changed(planned, jobs)
    beam = {job.outputs[0] for job in jobs if job.rule in ("label", "evaluate") and ".beam5." in job.outputs[0]}
    # Table 2, its claims, the learning curves and the report show the width
    assert beam <= itself
    shown = {"make_table", "draw_figure", "check_claims", "write_report", "write_part"}
    assert {job.rule for job in planned if job.outputs[0] in itself - beam} <= shown
    assert outputs(planned) == descendants(jobs, itself)
    run = outputs(planned)
    assert "results/eigenvalues/models/some_correct-seed0.safetensors" in run
    kept = {"models/generator-seed3.safetensors", "models/random-seed0.safetensors", "datasets/random.parquet"}
    assert not run & {f"results/eigenvalues/{name}" for name in kept}
    assert not {job.rule for job in planned} & {"sample"}


def test_the_formatting_of_a_table_runs_that_table_and_the_report(checkout: Checkout, planner: Planner) -> None:
    with checkout.edited(TABLE) as (path,):
        text = path.read_text()
        changed = re.sub(r'title="', 'title="The ', text, count=1)
        assert changed != text
        path.write_text(changed)
        planned = planner.plan()
    pages = {"results/report.html", "results/report.eigenvalues.html"}
    assert outputs(planned) == {"results/tables/feng2024_table1.parquet", *pages}


# Snakemake's records


def test_without_snakemakes_records_nothing_runs_and_a_change_is_noticed_all_the_same(
    checkout: Checkout, planner: Planner, jobs: list[Job], graph: ImportGraph, overlay: str, tmp_path: Path
) -> None:
    shutil.move(checkout.folder / ".snakemake", tmp_path / "records")
    try:
        assert planner.plan() == []
        name = "src/uncollapse/selection/choose.py"
        with checkout.edited(name) as (path,):
            path.write_text(path.read_text() + STATEMENT)
            edited = planner.plan()
        assert outputs(edited) == descendants(jobs, depending(graph, jobs, name))
        widened = planner.plan(overlay)
        assert "results/eigenvalues/candidates/generator-seed3.test.beam5.1of1.parquet" in outputs(widened)
        assert not [job for job in widened if job.rule == "sample"]
    finally:
        shutil.rmtree(checkout.folder / ".snakemake", ignore_errors=True)
        shutil.move(tmp_path / "records", checkout.folder / ".snakemake")


def test_a_copied_checkout_runs_nothing_and_touched_without_records_neither(
    checkout: Checkout, jobs: list[Job], tmp_path: Path
) -> None:
    copied = checkout.copied_to(tmp_path / "copy")
    with Planner(copied) as planner:
        assert planner.plan() == []
        shutil.rmtree(copied.folder / ".snakemake")
        assert planner.plan() == []
        for path in sorted(copied.folder.rglob("*"), reverse=True):
            if ".snakemake" not in path.parts and path.is_file():
                path.touch()
        assert planner.plan() == []
        # and what did change is noticed all the same
        reported = copied.folder / "workflow/reported/feng2024_table2.csv"
        reported.write_text(reported.read_text().replace("0", "1"))
        table = next(job.outputs[0] for job in jobs if "results/tables/feng2024_table2.md" in job.outputs)
        assert outputs(planner.plan()) == descendants(jobs, {table})


def test_an_input_replaced_by_an_older_file_is_noticed(checkout: Checkout, planner: Planner, jobs: list[Job]) -> None:
    """As ``cp -p`` and ``rsync -a`` leave it: a result that is not what its record says is made again."""
    candidates = "results/eigenvalues/candidates/generator-seed3.test.greedy.1of1.parquet"
    with checkout.edited(candidates, "workflow/reported/settings.csv") as paths:
        for path in paths:
            path.write_bytes(path.read_bytes() + b" ")
            os.utime(path, (1, 1))
        planned = outputs(planner.plan())
    assert planned == descendants(jobs, {candidates, "results/report.html", "results/report.theory.html"})


# the store


def test_all_results_come_from_the_store_where_they_were_deleted(checkout: Checkout, jobs: list[Job]) -> None:
    before = {name: path.read_bytes() for name, path in checkout.artifacts().items()}
    shutil.rmtree(checkout.folder / ".snakemake")
    for path in (checkout.folder / "results").iterdir():
        if path.name != ".store":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    printed = checkout.run()
    assert TAKEN.findall(printed) == [f"{len(jobs):,}"]  # in one pass, so that no job of them ran
    assert counted(printed) == (len(jobs), len(jobs))
    assert {name: path.read_bytes() for name, path in checkout.artifacts().items()} == before


def test_an_edit_that_yields_the_same_bytes_ends_there(checkout: Checkout, planner: Planner) -> None:
    """Sampling is computed again; everything below it comes from the store."""
    with checkout.edited("src/uncollapse/experiments/sequence/stages/sample.py") as (path,):
        path.write_text(path.read_text() + STATEMENT)
        planned = planner.plan()
        printed = checkout.run(SELECTED)
        samples = printed.count("\n    rule sample:") or len(re.findall(r"Rule: sample\)", printed))
        ran, taken = counted(printed)
        assert samples == 3
        assert ran - taken == samples
        assert taken >= 7
    assert len(planned) > ran
    ran, taken = counted(checkout.run())
    assert ran == taken > 0


def test_another_config_and_back_computes_nothing_again(checkout: Checkout, planner: Planner, overlay: str) -> None:
    before = (checkout.folder / SELECTED).read_bytes()
    ran, taken = counted(checkout.run(SELECTED, overlays=(overlay,)))
    assert ran > 0
    assert taken == 0
    assert (checkout.folder / SELECTED).read_bytes() != before
    ran, taken = counted(checkout.run(SELECTED))
    assert ran == taken > 0
    assert (checkout.folder / SELECTED).read_bytes() == before


# what is said about results


def test_recipes_say_what_the_rules_do(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_if_installed_from(checkout, monkeypatch)
    plan = _plan(checkout)
    artifacts = [f"results/{name}" for name in checkout.artifacts()]
    assert len(artifacts) > 45
    for path in artifacts:
        record, recipe = read_record(provenance_path(Path(path))), plan.recipe_of(path)
        assert record is not None, path
        assert recipe is not None, path
        assert (recipe.stage, recipe.code, recipe.spec) == (record["stage"], record["code"], record["spec"]), path
        assert {name: sorted(set(paths)) for name, paths in recipe.inputs.items()} == {
            name: sorted(paths) for name, paths in record["inputs"].items()
        }, path


def test_why_tells_what_changed(
    checkout: Checkout, planner: Planner, overlay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_if_installed_from(checkout, monkeypatch)
    report = "results/report.html"
    assert explain(_why(checkout), report).startswith(f"{report}: up to date\n")
    text = explain(_why(checkout, overlay), report)
    assert text.startswith(f"{report}: out of date\n")
    assert "config experiments.eigenvalues.decodings.beam5.beams was 5 and is 4" in text
    greedy = "results/eigenvalues/candidates/generator-seed3.test.greedy.1of1.parquet"
    assert re.search(rf"^  ok    sequence\.label +{greedy}$", text, re.MULTILINE)
    with checkout.edited(greedy) as (path,):
        path.write_bytes(path.read_bytes() + b" ")
        assert "the file itself was changed" in explain(_why(checkout), greedy)
        evaluation = "results/eigenvalues/evaluations/generator-seed3.greedy.parquet"
        assert f"input {greedy} has other content now" in explain(_why(checkout), evaluation)


def _as_if_installed_from(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have plans of this process name the files of the checkout as those of one within it do."""
    monkeypatch.chdir(checkout.folder)
    monkeypatch.setattr("uncollapse.settings.checkout.PROJECT", checkout.folder)


def _plan(checkout: Checkout, *overlays: str) -> Plan:
    files = [*(checkout.folder / name for name in SCALE), *map(Path, overlays)]
    settings = read(checkout.folder / "config.yaml", files, ["results=results"])
    named = [os.path.relpath(file, checkout.folder) for file in files]
    return Plan(settings, overlays=named)


def _why(checkout: Checkout, *overlays: str) -> Why:
    return Why(_plan(checkout, *overlays), Store(checkout.folder / "results/.store"))
