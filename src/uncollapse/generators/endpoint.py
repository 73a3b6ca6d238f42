"""An OpenAI-compatible server, asked through the ``openai`` client: one request, tried until there is a reply."""

import random
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import openai
from httpx2 import Limits, Response, Timeout

from uncollapse.errors import ConfigError, UncollapseError
from uncollapse.generators.answer import Answer
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
    timeout : seconds for one reply
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


class Endpoint:
    """A server; its client is open between ``async with`` and its end."""

    def __init__(
        self, settings: EndpointSettings, *, model: str, kind: Kind = "chat", rng: random.Random | None = None
    ) -> None:
        self.settings, self.model, self.kind = settings, model, kind
        self.base_url = checked_url(settings.base_url)
        self._secret = Secret.of(settings.key_variable)
        self._rng = rng or random.Random()
        self._pace = Pace(requests=settings.requests_per_minute, tokens=settings.tokens_per_minute)

    async def __aenter__(self) -> Self:
        limits = Limits(max_connections=self.settings.concurrency, max_keepalive_connections=self.settings.concurrency)
        timeout = Timeout(self.settings.timeout, connect=min(_CONNECTING, self.settings.timeout))
        self._client = openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=self._secret.reveal() or _NO_KEY,
            max_retries=0,  # tries are counted, paced and told here
            timeout=timeout,
            http_client=openai.DefaultAioHttpClient(limits=limits, timeout=timeout),
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
            listed = [found.id async for found in self._client.models.list()]
        except openai.APIStatusError as error:
            if error.status_code in (401, 403):
                raise self._refusal(error) from None
            return self._unlisted(self._said(error))
        except openai.APIConnectionError as error:
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
            raise ConfigError(
                f"{self.base_url} does not serve {self.model!r}; it has {known}: name one with --model, or ask all the"
                " same with --unlisted"
            )
        return None

    async def ask(self, question: Question) -> Answer:
        """The answer to a question; its status is ``unanswered`` where there was no reply in all tries.

        Raises
        ------
        EndpointError
            For a server that refuses the key, or does not know the model or the address.
        """
        guess = self._tokens(question.body)
        why = ""
        for tries in range(1, self.settings.tries + 1):
            await self._pace.turn(guess)
            wait = None
            try:
                reply = await self._client.post(PATHS[self.kind], cast_to=Response, body=question.body)
                body = self._secret.hide_in_reply(reply.content)
                answer = answer_of(body, model=self.model, served_as=self.settings.served_as)
                self._pace.correct((answer.prompt_tokens or 0) + (answer.completion_tokens or 0) - guess)
                return replace(answer, tries=tries)
            except openai.APIStatusError as error:
                self._pace.correct(-guess)
                if error.status_code in (401, 403, 404):
                    raise self._refusal(error) from None
                why = self._said(error)
                if not passes(error.status_code):
                    return Answer(status="rejected", reason=why, tries=tries)
                wait = retry_after(error.response.headers)
                if wait is not None:
                    self._pace.hold(wait)
            except openai.APIConnectionError as error:
                why = self._cause(error)
            if tries < self.settings.tries:
                await self._pace.rest(backoff(tries, self._rng) if wait is None else wait)
        return Answer(status="unanswered", reason=f"{why} (in {self.settings.tries} tries)", tries=self.settings.tries)

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

    def _cause(self, error: openai.APIConnectionError) -> str:
        if isinstance(error, openai.APITimeoutError):
            return f"no reply within {self.settings.timeout:g} s"
        cause = error.__cause__ or error
        return self._secret.hide(f"{type(cause).__name__}: {cause}"[:200].rstrip(": "))
