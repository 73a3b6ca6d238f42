"""Any server that takes candidates as JSON by POST and gives verdicts back.

The body is ``{"candidates": [...]}``, each with id, text, prompt, prompt_id, answer and columns; the reply is
``{"verdicts": [...]}`` or a bare list, one for each candidate in their order, or with their ids in any order. A verdict
has score, accepted, or both, and may have a reason; or ``error`` for a candidate that cannot be judged.

Requests are sent again after time-outs, lost connections and states 408, 425, 429 and 5xx, as late as ``Retry-After``
says. A batch that is refused, or whose reply has another number of verdicts, is sent in halves.
"""

import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from pydantic import Field, field_validator

from uncollapse.errors import ConfigError
from uncollapse.generators.retrying import backoff, passes, retry_after
from uncollapse.generators.secret import Secret
from uncollapse.settings.values import Strict
from uncollapse.verifiers.asked_batch import asked, given
from uncollapse.verifiers.candidate import Candidate, Verdict, failed

_REFUSING = (401, 403, 404, 405)  # states that no other candidate will change


class Settings(Strict):
    """The server, and how it is asked."""

    kind: Literal["http"] = "http"
    url: str = Field(description="address that candidates are posted to")
    key_variable: str | None = Field(default=None, description="NAME of the environment variable with a bearer token")
    lowest: float | None = Field(default=None, description="score from which on a candidate is accepted")
    batch: int = Field(default=16, ge=1, description="candidates of one request")
    concurrency: int = Field(default=8, ge=1, description="requests at a time")
    seconds: float = Field(default=60.0, gt=0, description="for one reply")
    tries: int = Field(default=5, ge=1, description="of one request at most")
    reads: list[str] = Field(default=[], description="further columns that it gets")
    gives_verdict: bool = Field(default=True, description="false for a server that only gives scores")

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address such as http://localhost:8000/verify")
        if parts.username or parts.password:
            raise ValueError("holds a user or a password, which would be written down; give a key by key_variable")
        return url


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["Server"]:
    """Requests, as many at once as ``concurrency`` says; threads are for work that is done here."""
    with ThreadPoolExecutor(settings.concurrency) as executor:
        opened = Server(settings, executor)
        try:
            yield opened
        except BaseException:  # nobody waits for what is asked
            opened.stopping.set()
            raise


class Server:
    """The verifier, opened."""

    def __init__(self, settings: Settings, executor: ThreadPoolExecutor) -> None:
        self.settings, self.executor = settings, executor
        self._secret = Secret.of(settings.key_variable)
        self._own = threading.local()
        self.stopping = threading.Event()

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate.

        Raises
        ------
        ConfigError
            For a server that refuses the key, or does not know the address.
        """
        size = self.settings.batch
        batches = [candidates[start : start + size] for start in range(0, len(candidates), size)]
        return [verdict for found in self.executor.map(self._batch, batches) for verdict in found]

    def _batch(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        body = {"candidates": [asked(candidate, number) for number, candidate in enumerate(candidates)]}
        reply, fault, again = self._post(body)
        replies = None if fault else _replies(reply, len(candidates))
        if replies is not None:
            return [given(one, lowest=self.settings.lowest) for one in replies]
        if len(candidates) == 1 or (fault and not again):
            return [failed(fault or "the reply is no list with one verdict for each candidate")] * len(candidates)
        middle = len(candidates) // 2
        return self._batch(candidates[:middle]) + self._batch(candidates[middle:])

    def _post(self, body: dict[str, Any]) -> tuple[Any, str, bool]:
        """The reply, or what went wrong, and whether a smaller batch may fare better."""
        fault, rng, answers = "", random.Random(), False
        for tries in range(1, self.settings.tries + 1):
            wait = None
            try:
                response = self._session().post(self.settings.url, json=body, timeout=self.settings.seconds)
            except requests.RequestException as error:
                fault = f"no reply: {type(error).__name__}"
                answers = isinstance(error, requests.Timeout) and not isinstance(error, requests.ConnectTimeout)
            else:
                answers = True
                if response.ok:
                    try:
                        return response.json(), "", False
                    except (ValueError, RecursionError):
                        fault = "the reply is no JSON"
                else:
                    words = self._secret.hide(" ".join(response.text[:1000].split())[:200])
                    fault = f"HTTP {response.status_code}: {words}".rstrip(": ")
                    if response.status_code in _REFUSING:
                        raise ConfigError(f"verifier http: {self.settings.url}: {fault}; look at url and key_variable")
                    if not passes(response.status_code):
                        return None, fault, True
                    wait = retry_after(response.headers)
            if self.stopping.is_set():
                return None, "stopped", False
            if tries < self.settings.tries:
                self.stopping.wait(backoff(tries, rng) if wait is None else wait)
        return None, f"{fault} (in {self.settings.tries} tries)", answers

    def _session(self) -> requests.Session:
        """A session of the thread's own, which keeps its connection."""
        if not hasattr(self._own, "session"):
            session = self._own.session = requests.Session()
            session.trust_env = False
            if key := self._secret.reveal():
                session.headers["Authorization"] = f"Bearer {key}"
        return self._own.session


def _replies(reply: Any, number: int) -> list[Any] | None:
    """Verdicts in the order of the candidates; None where their number or their ids are others."""
    found = reply.get("verdicts") if isinstance(reply, dict) else reply
    if not isinstance(found, list) or len(found) != number:
        return None
    ids = [one.get("id") if isinstance(one, dict) else None for one in found]
    if all(one is None for one in ids):
        return found
    try:
        return [found[ids.index(wanted)] for wanted in range(number)]
    except ValueError:
        return None
