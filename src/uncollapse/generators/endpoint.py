"""An OpenAI-compatible server, asked through the ``openai`` client: one request, tried until there is a reply."""

import asyncio
import random
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import openai
from aiohttp import ClientError, ConnectionTimeoutError
from httpx2 import Limits, RequestError, Response, Timeout

from uncollapse.errors import ConfigError, UncollapseError
from uncollapse.generators.answer import Answer
from uncollapse.generators.certificates import Certificates
from uncollapse.generators.pace import Pace
from uncollapse.generators.question import PATHS, Kind, Question
from uncollapse.generators.reply import answer_of
from uncollapse.generators.retrying import backoff, passes, retry_after
from uncollapse.generators.secret import Secret, checked_url

_CONNECTING = 20.0  # seconds
_CHARACTERS = 4  # of a token, as a guess before the server says
_ANSWER = 256  # tokens of an answer whose length nothing limits, as a guess
_NO_KEY = "none"  # the client insists on one; servers without keys ignore it
_MOST_SHOWN = 10
_FEW = 3
_IDLE = 30.0  # seconds that a connection stays open between two requests
_LOST = (openai.APIConnectionError, ClientError, RequestError)  # the last two where the client lets them through
# The client's headers on this machine and its Python: no server needs them, and a request is made faster without.
_UNTOLD = ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Async")
_ITS_OWN = ("model", "messages", "prompt", "n", "seed", "stream")  # parts of a request that no parameter may set


class EndpointError(UncollapseError):
    """A server that cannot be asked, or no longer."""


@dataclass(frozen=True, kw_only=True)
class EndpointSettings:
    """Address of a server, and how it is asked.

    Parameters
    ----------
    base_url : such as http://localhost:8000/v1
    key_variable : NAME of the environment variable that holds the key; None for a server without keys
    concurrency : requests at a time
    requests_per_minute, tokens_per_minute : at most; None without a limit
    timeout : seconds for one reply, from the request to its last byte
    tries : of one request at most
    unlisted : whether a model that the server does not list is asked all the same
    served_as : name by which the server calls the model in its replies, where it is quite another
    """

    base_url: str
    key_variable: str | None = None
    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout: float = 600.0
    tries: int = 10
    unlisted: bool = False
    served_as: str | None = None


def check_parameters(parameters: dict[str, Any]) -> None:
    """Check that parameters of a request leave alone what tells one question from another.

    Raises
    ------
    ConfigError
        For a parameter that has an option of its own, or that changes what a reply is.
    """
    if taken := [name for name in _ITS_OWN if name in parameters]:
        raise ConfigError(
            f"--parameter {taken[0]}: is no parameter of a draw: every request asks for one whole answer to one prompt;"
            " leave it out (--model, --n and --seed are options of their own)"
        )


def in_a_row(workers: int) -> int:
    """Requests that fail one after the other until it is the server's fault: one of each worker, a few at the least.

    >>> in_a_row(64), in_a_row(1)
    (64, 3)
    """
    return max(workers, _FEW)


class Endpoint:
    """A server; its client is open between ``async with`` and its end."""

    def __init__(
        self, settings: EndpointSettings, *, model: str, kind: Kind = "chat", rng: random.Random | None = None
    ) -> None:
        self.settings, self.model, self.kind = settings, model, kind
        self.base_url = checked_url(settings.base_url)
        self._secret = Secret.of(settings.key_variable)
        self._certificates = Certificates(ahead=self.base_url.startswith("https:"))
        self._rng = rng or random.Random()
        self._pace = Pace(requests=settings.requests_per_minute, tokens=settings.tokens_per_minute)
        self._lost, self._cause_of_last = 0, ""
        self._lists = self._answers = False  # whether the server has listed the model, and answered
        self._declined = 0  # replies 403 and 404 in a row

    @property
    def trouble(self) -> str:
        """How many tries got no answer so far, the cause of the last, and how long the server wants no more."""
        if not self._lost:
            return ""
        held = f"; it asks for a pause of {self._pace.held:.0f} s" if self._pace.held >= 1 else ""
        return f"{self._lost:,} {'try' if self._lost == 1 else 'tries'} in vain, the last: {self._cause_of_last}{held}"

    async def __aenter__(self) -> Self:
        most = self.settings.concurrency
        limits = Limits(max_connections=most, max_keepalive_connections=most, keepalive_expiry=_IDLE)
        timeout = Timeout(self.settings.timeout, connect=self._connecting)
        self._client = openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=self._secret.reveal() or _NO_KEY,
            default_headers={f"X-Stainless-{name}": openai.Omit() for name in _UNTOLD},
            max_retries=0,  # tries are counted, paced and told here
            timeout=timeout,
            http_client=openai.DefaultAioHttpClient(limits=limits, timeout=timeout, verify=self._certificates),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def check(self) -> str | None:
        """Whether the server has the model, before the first prompt; a note where it does not say.

        Raises
        ------
        EndpointError, ConfigError
            For a server that cannot be reached or refuses the key, and a model that it does not have.
        """
        try:
            async with asyncio.timeout(self.settings.timeout):
                page = await self._client.models.list()
            listed = [found.id for found in page.data]
        except openai.APIStatusError as error:
            if error.status_code in (401, 403):
                raise self._refusal(error) from None
            return self._unlisted(self._said(error))
        except (TimeoutError, *_LOST) as error:
            raise EndpointError(
                f"{self.base_url}: no server can be reached there ({self._cause(error)}); start it, or mend --endpoint"
            ) from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            return self._unlisted(type(error).__name__)
        if not listed:
            return self._unlisted("its list is empty")
        if self.model not in listed:
            known = ", ".join(listed[:_MOST_SHOWN]) + (", ..." if len(listed) > _MOST_SHOWN else "")
            if self.settings.unlisted:
                return self._unlisted(f"its list has {known}")
            if getattr(page, "has_more", False):
                return self._unlisted(f"the first page of its list has {known}")
            raise ConfigError(
                f"{self.base_url} does not serve {self.model!r}; it has {known}: name one with --model, or ask all the"
                " same with --unlisted"
            )
        self._lists = True
        return None

    async def ask(self, question: Question) -> Answer:
        """The answer to a question; its status is ``unanswered`` where there was no reply in all tries.

        Raises
        ------
        EndpointError
            For a server that refuses the key or wants to be paid, or does not know the model or the address.
        """
        guess = self._tokens(question.body)
        url = f"{self.base_url}{PATHS[self.kind]}"  # a whole one spares the client putting it together each time
        why = ""
        for tries in range(1, self.settings.tries + 1):
            await self._pace.turn(guess)
            wait = None
            try:
                async with asyncio.timeout(self.settings.timeout):
                    reply = await self._client.post(url, cast_to=Response, body=question.body)
            except openai.APIStatusError as error:
                self._pace.correct(-guess)
                why = self._said(error)
                if not passes(error.status_code):
                    self._end_at_a_refusal(error)
                    return Answer(status="rejected", reason=why, tries=tries)
                wait = retry_after(error.response.headers)
                if wait is not None:
                    self._pace.hold(wait)
            except (TimeoutError, *_LOST) as error:
                why = self._cause(error)
            else:
                self._answers, self._declined = True, 0
                body = self._secret.hide_in_reply(reply.content)
                answer = answer_of(body, model=self.model, served_as=self.settings.served_as)
                self._pace.correct((answer.prompt_tokens or 0) + (answer.completion_tokens or 0) - guess)
                return replace(answer, tries=tries)
            self._lost, self._cause_of_last = self._lost + 1, why
            if tries < self.settings.tries:
                await self._pace.rest(backoff(tries, self._rng) if wait is None else wait)
        return Answer(status="unanswered", reason=f"{why} (in {self.settings.tries} tries)", tries=self.settings.tries)

    def _end_at_a_refusal(self, error: openai.APIStatusError) -> None:
        """Raise where no other prompt would fare better.

        A key or an account that is refused (401, 402) is so for all. 404 is so before the first answer, and 403 where
        the server has not even listed the model; later they may be a filter's word on one prompt, until as many come
        in a row as tell of the server (:func:`in_a_row`).
        """
        if error.status_code in (401, 402):
            raise self._refusal(error) from None
        if error.status_code in (403, 404):
            self._declined += 1
            may_pass = self._answers or (error.status_code == 403 and self._lists)
            if not may_pass or self._declined >= in_a_row(self.settings.concurrency):
                raise self._refusal(error) from None

    @property
    def _connecting(self) -> float:
        return min(_CONNECTING, self.settings.timeout)

    def _unlisted(self, why: str) -> str:
        return f"{self.base_url} does not list {self.model!r} ({why}); whether it has it will be seen"

    def _tokens(self, body: dict[str, Any]) -> float:
        """About how many tokens a request will use."""
        asked = body.get("prompt") or "".join(message["content"] for message in body["messages"])
        longest = body.get("max_completion_tokens") or body.get("max_tokens") or _ANSWER
        return len(asked) / _CHARACTERS + longest

    def _refusal(self, error: openai.APIStatusError) -> EndpointError:
        said, variable = self._said(error), self.settings.key_variable
        if error.status_code in (401, 403):
            way_out = (
                f"look at the key in {variable}" if variable else "name the variable that holds the key, --key-variable"
            )
            if self._declined > 1:
                way_out += "; what was declined is asked for again with --ask-again rejected"
        elif error.status_code == 402:
            way_out = "see to the account; what came is kept: the same command goes on from there"
        else:
            way_out = "look at --endpoint (it mostly ends in /v1), --kind and --model"
        return EndpointError(f"{self.base_url}: {said}; {way_out}")

    def _said(self, error: openai.APIStatusError) -> str:
        """Status and the server's own words, in short."""
        body = error.body if isinstance(error.body, dict) else {}
        inner = body.get("error", body)
        words = inner.get("message") if isinstance(inner, dict) else inner
        words = words if isinstance(words, str) and words else error.response.text
        return self._secret.hide(f"HTTP {error.status_code}: {' '.join(words.split())[:200]}".rstrip(": "))

    def _cause(self, error: BaseException) -> str:
        """Words on the fault below the clients that tell it on, some of which call a lost connection a time-out."""
        while not isinstance(error, TimeoutError) and error.__cause__ is not None:
            error = error.__cause__
        if isinstance(error, ConnectionTimeoutError):
            return f"no connection within {self._connecting:g} s"
        if isinstance(error, TimeoutError) and error.errno is None:
            return f"no reply within {self.settings.timeout:g} s"
        return self._secret.hide(f"{type(error).__name__}: {' '.join(str(error).split())}"[:200].rstrip(": "))
