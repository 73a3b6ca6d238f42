"""Command line of every job, which the workflow makes and ``scripts/stage.py`` hands on.

    python scripts/stage.py uncollapse.experiments.sequence.stages.label --spec '{"beams": 5}'
        --input prompts=P.parquet --output candidates=C.parquet

The work is a body: a module with ``run(stage)``. It is imported where the store (see :mod:`uncollapse.jobs.store`) has
no answer, so that a job whose outputs are there costs no heavy import.
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from uncollapse.artifacts.json_objects import of_different_names
from uncollapse.errors import ConfigError
from uncollapse.jobs.failure import raise_when_ended, report_failure
from uncollapse.jobs.given import BY_HAND, Given
from uncollapse.jobs.log import copied_to
from uncollapse.jobs.long_arguments import expanded, forget
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store

STORE_VARIABLE = "UNCOLLAPSE_STORE"  # folder of the store; without it, nothing is stored
_PARTS_OF_A_NAME = 2  # of a body at least: its stages' package, and its own


def run_stage(about: str | None = None) -> None:
    """Parse the command line, do the work, and end the process: 0, or 1 with a message a user can act on."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    example = "uncollapse.experiments.sequence.stages.train"
    parser.add_argument("body", type=_body, help=f"module that does the work, such as {example}")
    parser.add_argument("--spec", type=_spec, required=True, help="the slice of config the job depends on, as JSON")
    parser.add_argument("--code", nargs="*", default=[], help="module@hash of the code that runs, for provenance")
    parser.add_argument("--input", action="append", nargs="+", default=[], metavar="NAME=PATH", help="and more paths")
    parser.add_argument("--output", action="append", required=True, metavar="NAME=PATH", help="may be repeated")
    parser.add_argument("--log", type=Path, help="copy of what is printed")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args(expanded(sys.argv[1:]))
    inputs: dict[str, list[Path]] = {}
    for first, *others in arguments.input:
        key, _, path = first.partition("=")
        inputs[key] = [Path(path), *map(Path, others)] if path else []
    outputs = {key: Path(path) for key, _, path in (entry.partition("=") for entry in arguments.output)}
    for option, several in (("--input", [first for first, *_ in arguments.input]), ("--output", arguments.output)):
        if odd := next((entry for entry in several if "=" not in entry), None):
            parser.error(f"argument {option}: {odd!r} is not NAME=PATH ({BY_HAND})")
    stage = Stage(
        body=arguments.body,
        code=arguments.code,
        threads=arguments.threads,
        spec=Given("--spec", arguments.spec),
        inputs=Given("--input", inputs),
        outputs=Given("--output", outputs),
    )
    raise_when_ended()
    with copied_to(arguments.log):
        try:
            stage.run(
                lambda job: _work(job.body)(job),
                Store(Path(where)) if (where := os.environ.get(STORE_VARIABLE)) else None,
            )
        except BaseException as error:
            stage.discard()
            report_failure(stage, error)
            sys.exit(1)
    forget(sys.argv[1:])


def _body(text: str) -> str:
    """A body's name, whose stage and kind it tells."""
    parts = text.removeprefix("uncollapse.").split(".")
    if len(parts) < _PARTS_OF_A_NAME or not all(map(str.isidentifier, parts)):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no module of a stage, such as uncollapse.experiments.sequence.stages.train ({BY_HAND})"
        )
    return text


def _spec(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=of_different_names, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        reason = "" if isinstance(error, json.JSONDecodeError | RecursionError) else f": {error}"
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no JSON object{reason} ({BY_HAND})") from None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no JSON object ({BY_HAND})")
    return found


def _finite(text: str) -> float:
    """A number of a spec; NaN, which is not more than any limit, and infinite ones are none of config's either."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value


def _work(body: str) -> Callable[[Stage], None]:
    """The function that does a body's work.

    Raises
    ------
    ConfigError
        Where there is no such module, or it is none of a stage.
    """
    try:
        module = import_module(body)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{body}.".startswith(f"{error.name}."):
            raise  # one that the body imports
        raise ConfigError(f"{body}: there is no such module ({BY_HAND})") from None
    if not hasattr(module, "run"):
        raise ConfigError(f"{body}: is no module of a stage: it has no function run ({BY_HAND})")
    run: Callable[[Stage], None] = module.run
    return run
