"""Failure of a job: an end from outside becomes an error, and every error a message that its user can act on."""

import signal
import sys
import traceback
from typing import NoReturn

from uncollapse.errors import ArtifactError, UncollapseError, explain_os_error, is_out_of_memory
from uncollapse.jobs.given import BY_HAND, doubted, refused
from uncollapse.jobs.stage import Stage


class _EndedError(KeyboardInterrupt):
    """The process was asked to end."""


def raise_when_ended() -> None:
    """Raise an error here when the process is sent SIGTERM: by scancel, by Snakemake on Ctrl-C, at a time limit."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, _: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # once is enough: what follows only cleans up
    raise _EndedError(f"ended from outside ({signal.Signals(number).name})")


def report_failure(stage: Stage, error: BaseException) -> None:
    """Say what went wrong and which outputs were not made; with a traceback only where the program is at fault."""
    named = ", ".join(map(str, stage.outputs.values()))
    read = [str(path) for paths in stage.inputs.values() for path in paths]
    if isinstance(error, UncollapseError):
        reason = str(error)
        if isinstance(error, ArtifactError) and not any(path in reason for path in read):
            reason += f" (in one of {', '.join(read)})"
    elif told := refused(error, stage.spec) or ("" if stage.code else doubted(error, stage.spec)):
        reason = f"{told}\n({BY_HAND})"  # a job of the workflow is always told its code
    elif is_out_of_memory(error):
        reason = (
            f"{named}: out of memory: give the job more, run fewer jobs at a time (--cores), or lower"
            " training.batch_size, the beams or the model's sizes in config"
        )
    elif isinstance(error, OSError):
        reason = explain_os_error(error, list(stage.outputs.values()))
    elif isinstance(error, KeyboardInterrupt):
        reason = str(error) or "interrupted from the keyboard"
    else:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
    print(f"{stage.name} failed: {reason}", file=sys.stderr)
    print(f"{named}: not written; the next run makes it, all that is finished stays", file=sys.stderr)
