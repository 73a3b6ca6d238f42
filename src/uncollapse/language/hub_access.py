"""The Hugging Face hub is asked once whether it answers: its own client asks for minutes before it gives up."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS = 10.0


@contextmanager
def asked_once() -> Iterator[str]:
    """Work with the copies at hand alone where the hub does not answer; yields why it does not, else an empty text.

    That it answers with an error, as for a name that it does not know, is left to the work.
    """
    fault = _silence()
    switches = [sys.modules[name] for name in ("huggingface_hub.constants", "datasets.config") if name in sys.modules]
    before = [module.HF_HUB_OFFLINE for module in switches]
    try:
        for module in switches if fault else ():
            module.HF_HUB_OFFLINE = True  # type: ignore[attr-defined]
        yield fault
    finally:
        for module, value in zip(switches, before, strict=True):
            module.HF_HUB_OFFLINE = value  # type: ignore[attr-defined]


def _silence() -> str:
    """Reason why the hub does not answer; empty where it does, or is turned off, which its client says."""
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    if constants.HF_HUB_OFFLINE:
        return ""
    try:
        get_session().head(constants.ENDPOINT, timeout=_SECONDS)
    except Exception as error:  # of whichever library its sessions are
        return f"{constants.ENDPOINT} does not answer ({type(error).__name__}: {error})"
    return ""
