"""The page of all stages, docs/stages.md, from what they declare: ``python -m uncollapse.planning.stages`` prints it.

Inputs are those of every job of the default and of the scales beside it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module

from uncollapse.config.files import read
from uncollapse.experiments.found import kinds
from uncollapse.experiments.kind import Stage
from uncollapse.planning.described import described
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import Recipe
from uncollapse.settings.checkout import PROJECT

SCALES = ([], ["scales/smoke.yaml"], ["scales/laptop.yaml"], ["scales/paper.yaml"])  # overlays over config.yaml
_TOP = """# All stages

Written by `make docs` from what kinds of experiments declare in `src/uncollapse/experiments/<kind>/kind.py`. Each rule
is a stage. A kind's files lie below `results/<experiment>/`, those of sources, simulations, products and the report
below `results/`. An input is followed by the rules that make it; one in brackets is there in some jobs alone, and
`corpus_*` stands for several. The last two also read what is kept of other scales (`workflow/measured/`). Memory is
that of a first attempt. A body is a module with `run(stage)`, which `scripts/stage.py` runs for the workflow; to run a
stage yourself, ask for one of its files, such as the example: `snakemake --cores 2 EXAMPLE`, with the overlay that is
named where the default has no such job.
"""
_HEAD = (
    "| rule | what it does | reads | makes | MiB | minutes | GPU | body | example |\n"
    "|---|---|---|---|---:|---:|---|---|---|\n"
)
_KEPT = "measured_"  # inputs that come and go with what is kept of other scales
_FRAMES = "the frames that the product's function names as arguments; for a table, also the paper's numbers"
Inputs = Mapping[str, set[str]]  # of a job: the rules that make them


def page() -> str:
    """The page as Markdown."""
    plans = [Plan(read(PROJECT / "config.yaml", [PROJECT / file for file in files], [])) for files in SCALES]
    inputs, examples, parts = _inputs(plans), _examples(plans), [_TOP]
    for name, kind in kinds().items():
        about = import_module(f"{kind.package}.kind").__doc__ or ""
        rows = [_row(stage, _reads(inputs.get(stage.key, [])), examples) for stage in kind.stages.values()]
        parts.append(f"\n## {name}\n\n{about.strip()}\n\n{_HEAD}{''.join(rows)}")
    plan = plans[0]
    rows = [_row(stage, _FRAMES, examples) for stage in plan.products.stages.values()]
    rows += [_row(stage, _reads(inputs[stage.key]), examples) for stage in plan.report.stages.values()]
    parts.append(f"\n## Products and the report\n\n{_HEAD}{''.join(rows)}")
    return "".join(parts)


def _jobs(plan: Plan) -> Iterator[Recipe]:
    """Every job that the report and the pages before it wait for, each once."""
    todo, seen = [f"{plan.root}/report.html", *plan.report.parts()], set()
    while todo:
        recipe = plan.recipe_of(todo.pop())
        if recipe is None or (key := next(iter(recipe.outputs.values()))) in seen:
            continue
        seen.add(key)
        yield recipe
        todo += [path for paths in recipe.inputs.values() for path in paths if path not in recipe.outside]


def _examples(plans: Iterable[Plan]) -> dict[str, str]:
    """A file of each rule that the first scale to have one makes; of several, the one with the shortest name."""
    found: dict[str, str] = {}
    for plan, files in zip(plans, SCALES, strict=True):
        mine: dict[str, list[str]] = {}
        for recipe in _jobs(plan):
            path = next(iter(recipe.outputs.values()))
            if (stage := plan.rule_of(path)) is not None:
                mine.setdefault(_rule(stage), []).append(path)
        overlay = "".join(f" --configfile {file}" for file in files)
        found = {
            rule: f"`{min(paths, key=lambda path: (len(path), path))}{overlay}`" for rule, paths in mine.items()
        } | found
    return found


def _rule(stage: Stage) -> str:
    """Name that tells a rule from those of other kinds, and from those with the same body."""
    return f"{stage.key} {stage.name}"


def _inputs(plans: Iterable[Plan]) -> dict[str, list[Inputs]]:
    """Inputs of each job by name, with the rules that make them, in a list for each stage."""
    found: dict[str, list[Inputs]] = {}
    for plan in plans:
        rule_of = {stage.key: name for name, stages in plan.rules.items() for stage in stages if not stage.variant_of}
        for recipe in _jobs(plan):
            mine: dict[str, set[str]] = {}
            for name, paths in recipe.inputs.items():
                if name.startswith(_KEPT):
                    continue
                made = [None if path in recipe.outside else plan.recipe_of(path) for path in paths]
                mine[name] = {"a file" if one is None else rule_of[one.stage] for one in made}
            found.setdefault(recipe.stage, []).append(mine)
    return found


def _reads(jobs: Sequence[Inputs]) -> str:
    """Inputs of a stage in words; several that are named after what they are of are one, ``corpus_*``."""
    first = {name: re.match(r"[^.]*\.|[^_]*_|.*", name)[0] for job in jobs for name in job}  # type: ignore[index]
    alike = Counter(first.values())
    found: dict[str, list[set[str]]] = {}
    for job in jobs:
        mine: dict[str, set[str]] = {}
        for name, makers in job.items():
            several = first[name].endswith(".") or alike[first[name]] > 1
            mine.setdefault(f"{first[name]}*" if several else name, set()).update(makers)
        for short, makers in mine.items():
            found.setdefault(short, []).append(makers)
    texts = {name: f"`{name}` ({', '.join(sorted(set().union(*makers)))})" for name, makers in found.items()}
    return ", ".join(text if len(found[name]) == len(jobs) else f"[{text}]" for name, text in texts.items())


def _row(stage: Stage, reads: str, examples: Mapping[str, str]) -> str:
    makes = ", ".join(f"`{made.path}`" for made in stage.makes.values())
    size = [f"{stage.memory:,}", f"{stage.minutes:,}", "yes" if stage.gpu else ""]
    body = f"[{stage.key}](../src/{stage.body.replace('.', '/')}.py)"
    row = [f"`{stage.name}`", described(stage), reads, makes, *size, body, examples.get(_rule(stage), "")]
    return f"| {' | '.join(row)} |\n"


if __name__ == "__main__":
    print(page(), end="")
