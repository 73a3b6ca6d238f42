"""Options of a command that edits: settings, shard, outputs, and when a run is the same as one before."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from uncollapse.editing.corpus import SLOW_PART
from uncollapse.editing.run import Run
from uncollapse.editing.settings import EditSettings
from uncollapse.errors import ConfigError
from uncollapse.jobs.store import content_hash
from uncollapse.settings.folder import files_in

_BYTES = {".safetensors": 2, ".gguf": 0.6, ".whl": 0.6}  # of a parameter, by the kind of file
_SMALL = 3e8  # parameters of a model that reads a part of SLOW_PART characters within half a minute


def settings_of(values: Mapping[str, Any]) -> EditSettings:
    """The settings among the values of all options, checked.

    Raises
    ------
    ConfigError
        Naming the options.
    """
    try:
        return EditSettings(**{name: values[name] for name in EditSettings.model_fields})
    except ValidationError as error:
        problems = (
            "".join(f"--{name.replace('_', '-')}: " for name in map(str, e["loc"][:1]))
            + e["msg"].removeprefix("Value error, ")
            for e in error.errors()
        )
        raise ConfigError("; ".join(problems)) from None


def shard_of(text: str) -> tuple[int, int]:
    """Number of the shard from 0, and how many there are.

    >>> shard_of("2/4")
    (1, 4)

    Raises
    ------
    ConfigError
        For other text than I/N.
    """
    first, _, last = text.partition("/")
    if not (first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last)):
        raise ConfigError(f"--shard {text}: must be I/N with 1 <= I <= N, such as 2/4")
    return int(first) - 1, int(last)


def tokens_of(table: Path, which: str = "") -> Path:
    """The file of tokens beside a table: another one for each, also for tables whose names differ in the kind alone.

    >>> [tokens_of(Path(name)).name for name in ("a.parquet", "a.csv", "a.jsonl.gz")]
    ['a.toedit.parquet', 'a.csv.toedit.parquet', 'a.jsonl.gz.toedit.parquet']
    """
    name = table.stem if table.suffix == ".parquet" else table.name
    return table.with_name(f"{name}.toedit{which}.parquet")


def outputs_of(corpus: Path, out: Path | None, *, shard: str = "1/1", generations: int = 1) -> list[Path]:
    """One file per generation, beside the corpus unless ``out`` says otherwise.

    >>> [str(path) for path in outputs_of(Path("a.parquet"), None, shard="2/4", generations=2)]
    ['a.toedit.2of4.gen1.parquet', 'a.toedit.2of4.gen2.parquet']

    Raises
    ------
    ConfigError
        For an ``out`` that is no Parquet file.
    """
    which = "" if shard == "1/1" else f".{shard.replace('/', 'of')}"
    last = out or tokens_of(corpus, which)
    if last.suffix != ".parquet":
        raise ConfigError(f"--output {last}: must end in .parquet")
    if generations == 1:
        return [last]
    return [last.with_suffix(f".gen{number}.parquet") for number in range(1, generations + 1)]


def slow_part(model: Path) -> int:
    """Characters of a part on a CPU, so that a kill loses about half a minute: a larger model reads fewer in that time.

    SmolLM2-135M reads some hundred tokens a second on one core (docs/toedit.md); of others the tokens are taken to go
    down as the parameters go up. How many there are is told from the files, at two bytes a parameter, or 0.6 where they
    are packed (GGUF); what is on the hub is taken for a small one.
    """
    files = [Path(file) for file in files_in(model)] if model.is_dir() else [model] if model.is_file() else []
    bytes_of = {suffix: sum(file.stat().st_size for file in files if file.suffix == suffix) for suffix in _BYTES}
    parameters = sum(bytes_of[suffix] / each for suffix, each in _BYTES.items())
    return round(SLOW_PART / max(1.0, parameters / _SMALL))


def state_of(corpus: Path, model: Path) -> list[tuple[str, str]]:
    """Name and sha256 of each file that an editing reads; a model of the hub has none."""
    files = [corpus, *(map(Path, files_in(model)) if model.is_dir() else [model] if model.exists() else [])]
    return [(path.name, content_hash(path)) for path in files]


def runs_of(outputs: Sequence[Path], identity: Mapping[str, Any], *, shard: str) -> list[Run]:
    """One run per generation: the first edits a shard of the corpus, later ones all of what the shard has written.

    Parameters
    ----------
    identity : everything that decides what is written, but for the generation and the shard.
    """
    number, shards = shard_of(shard)
    first, *later = outputs
    return [
        Run(first, {**identity, "generation": 1}, number, shards),
        *(Run(path, {**identity, "generation": at, "shard": shard}) for at, path in enumerate(later, start=2)),
    ]
