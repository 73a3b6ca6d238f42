"""The code, config and data that a result came from, and what has changed since; in words.

What a stage wrote beside its outputs (see :mod:`uncollapse.jobs.provenance`) is held against the recipes of the present
plan, for the artifact and for everything it was made from.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uncollapse.errors import ArtifactError
from uncollapse.jobs.identity import identity, input_hash
from uncollapse.jobs.provenance import provenance_path, read_record
from uncollapse.jobs.store import Store
from uncollapse.planning.fingerprint import module_names
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import Recipe
from uncollapse.reruns.changes import changes, short
from uncollapse.reruns.of_commands import told_of

_NAMED = 5  # results of a folder


@dataclass(kw_only=True)
class Answer:
    """The known facts about one artifact.

    ``changes`` are those of its own code, config and inputs; ``stale_inputs`` are inputs that are out of date in turn.
    """

    path: str
    record: dict[str, Any]
    inputs: list[str]
    changes: list[str] = field(default_factory=list)
    stale_inputs: list[str] = field(default_factory=list)
    stored: bool = False

    @property
    def current(self) -> bool:
        """Whether a run would leave it as it is."""
        return not self.changes and not self.stale_inputs


class Why:
    """Answers for one plan; each artifact is looked at once."""

    def __init__(self, plan: Plan, store: Store) -> None:
        self.plan, self.store = plan, store
        self._answers: dict[str, Answer] = {}

    def answer(self, path: str) -> Answer:
        """The answer for an artifact, with those for its inputs found on the way.

        Raises
        ------
        ArtifactError
            Where there is no such file, or nothing says how it came about.
        """
        if path not in self._answers:
            self._answers[path] = self._look_at(path)
        return self._answers[path]

    def chain(self, path: str) -> list[Answer]:
        """The artifact and all it was made from, each after what it was made from."""
        done: dict[str, Answer] = {}

        def visit(name: str) -> None:
            if name in done or not self._is_made(name):
                return
            answer = self.answer(name)
            for other in answer.inputs:
                visit(other)
            done[name] = answer

        visit(path)
        return list(done.values())

    def _look_at(self, path: str) -> Answer:
        record = self._record(path)
        inputs = list(dict.fromkeys(name for paths in record["inputs"].values() for name in paths))
        answer = Answer(path=path, record=record, inputs=inputs)
        recipe = self.plan.recipe_of(path)
        if recipe is None:
            answer.changes.append(
                "the present config makes no such file (one of another overlay? --configfile names it)"
            )
            return answer
        answer.changes += changes(record, recipe)
        for name, paths in recipe.inputs.items():
            recorded = record["inputs"].get(name, {})
            for other in paths:
                if self._hash(other) is None:
                    answer.changes.append(f"input {other} is not there")
                elif other in recorded and self._hash(other) != recorded[other]:
                    answer.changes.append(f"input {other} has other content now")
                elif self._is_made(other) and not self.answer(other).current:
                    answer.stale_inputs.append(other)
        # a file can be an input under two names
        answer.changes, answer.stale_inputs = [*dict.fromkeys(answer.changes)], [*dict.fromkeys(answer.stale_inputs)]
        if self._hash(path) != record.get("sha256", self._hash(path)):
            answer.changes.append("the file itself was changed after it was made; delete it and run snakemake")
        if answer.changes and not answer.stale_inputs:
            answer.stored = self._is_stored(recipe)
        return answer

    def _record(self, path: str) -> dict[str, Any]:
        if Path(path).is_dir():
            raise ArtifactError(f"{path}: {_advice_for_folder(Path(path), self.plan.root)}")
        if self._hash(path) is None:
            if self.plan.recipe_of(path) is None:
                raise ArtifactError(
                    f"{path}: no such file, and the present config makes none; correct the path, or name the overlay"
                    " that makes it with --configfile"
                )
            raise ArtifactError(f"{path}: no such file; make it: {self._command(path)}")
        beside = provenance_path(Path(path))
        record = read_record(beside)
        if record is not None:
            return record
        # lost or damaged: the store may know a job that wrote this content
        recipe, digest = self.plan.recipe_of(path), self._hash(path) or ""
        for entry in self.store.about(digest):
            if recipe is None or entry.get("stage") == recipe.stage:
                return {**entry, "sha256": digest}
        if recipe is None and not path.startswith(f"{self.plan.root}/"):
            raise ArtifactError(
                f"{path}: no result of the workflow, whose files lie below {self.plan.root}/ with a record beside"
                f" each; {told_of(Path(path))}"
            )
        if recipe is None:
            raise ArtifactError(
                f"{path}: the present config does not make it, and no record says what did; correct the path, or name"
                " the overlay that makes it with --configfile"
            )
        raise ArtifactError(f"{beside}: missing or damaged; delete {path} and make it again: {self._command(path)}")

    def _command(self, path: str) -> str:
        overlays = f" --configfile {' '.join(self.plan.overlays)}" if self.plan.overlays else ""
        return f"snakemake --cores 2 {path}{overlays}"

    def _is_made(self, path: str) -> bool:
        """Whether a stage made it, rather than a person."""
        return provenance_path(Path(path)).is_file() or path.startswith(f"{self.plan.root}/")

    def _is_stored(self, recipe: Recipe) -> bool:
        content = {name: [self._hash(path) or "" for path in paths] for name, paths in recipe.inputs.items()}
        return self.store.has(identity(recipe.stage, recipe.code, recipe.spec, content))

    def _hash(self, path: str) -> str | None:
        return input_hash(Path(path)) if Path(path).is_file() else None


def _advice_for_folder(folder: Path, root: str) -> str:
    made = sorted(beside.parent.parent / beside.stem for beside in folder.glob("**/.provenance/*.json"))
    if not made:
        return f"a folder without results; ask for a file below {root}/"
    more = f" and {len(made) - _NAMED:,} more" if len(made) > _NAMED else ""
    return f"a folder; ask for one of the results in it: {', '.join(map(str, made[:_NAMED]))}{more}"


def explain(why: Why, path: str) -> str:
    """The answer as text: what the artifact came from, what changed, and the chain."""
    answer, chain = why.answer(path), why.chain(path)
    record = answer.record
    modules = module_names(record["code"])
    libraries = [entry.replace("==", " ") for entry in record["code"] if "==" in entry]
    recipe = why.plan.recipe_of(path)
    lines = [
        f"{path}: {'up to date' if answer.current else 'out of date'}",
        "",
        f"made by stage {record['stage']}" + (f", on {device}" if (device := record.get("computed_on")) else ""),
    ]
    lines += [f"  code    {len(modules)} modules: {', '.join(modules)}"]
    lines += [f"          {', '.join(libraries)}"] if libraries else []
    for number, (key, value) in enumerate(sorted(record["spec"].items())):
        where = f" (from {name})" if (name := recipe.key_of(key) if recipe else key) != key else ""
        lines.append(f"  {'config' if number == 0 else '':6}  {key}{where} = {short(value)}")
    for number, other in enumerate(answer.inputs):
        lines.append(f"  {'data' if number == 0 else '':6}  {other}")
    if not answer.current:
        lines += ["", "out of date, because", *(f"  - {change}" for change in answer.changes)]
        lines += [f"  - input {other} is itself out of date" for other in answer.stale_inputs]
        if answer.stored:
            lines.append("the store has the present version: a run takes it from there")
    lines += ["", "chain, first to last"]
    for link in chain:
        lines.append(f"  {'ok   ' if link.current else 'stale'} {link.record['stage']:15} {link.path}")
        if link.path != path:
            lines += [f"        - {change}" for change in link.changes]
    return "\n".join(lines)
