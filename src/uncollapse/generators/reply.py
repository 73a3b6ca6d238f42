"""Replies of OpenAI-compatible servers, read into answers: whatever a server sends is one of the known outcomes."""

import json
import math
from typing import Any

from uncollapse.generators.answer import Answer, Status

_SHOWN = 200  # characters of a reply that is quoted
# What servers call an end before the answer's own: OpenAI, Anthropic, Google, Mistral, DeepSeek, Zhipu, vLLM, SGLang.
_LENGTH = ("length", "max_tokens", "max_output_tokens", "model_length")
_FILTERED = (
    "content_filter",
    "refusal",
    "safety",
    "recitation",
    "sensitive",
    "prohibited_content",
    "blocklist",
    "spii",
)
_BROKEN_OFF = ("abort", "aborted", "cancelled", "error", "network_error", "insufficient_system_resource")
_CALLED = ("tool_calls", "function_call", "malformed_function_call", "tool_use")


class _Malformed(ValueError):
    """A reply that is none of this protocol; the words say why."""


def answer_of(body: bytes, *, model: str, served_as: str | None = None) -> Answer:
    """The answer in a reply with status 200.

    Parameters
    ----------
    model : that was asked
    served_as : name by which the server may call it, where that is quite another
    """
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Answer(status="malformed", reason=f"no JSON ({_brief(str(error))}): {_quoted(body)}")
    try:
        return _read(reply, model, served_as)
    except _Malformed as error:
        return Answer(status="malformed", reason=f"{error}: {_quoted(body)}")


def is_same_model(asked: str, said: str) -> bool:
    """Whether a server's name for a model is that which was asked for: equal, more exact, or without its folder.

    Capitals say nothing: some servers write all names small.

    >>> is_same_model("gpt-4o", "gpt-4o-2024-08-06"), is_same_model("models/Smol", "smol"), is_same_model("smol", "o1")
    (True, True, False)
    """
    asked, said = asked.casefold(), said.casefold()
    if said == asked or said.rpartition("/")[2] == asked or asked.rpartition("/")[2] == said:
        return True
    return said.startswith(asked) and said[len(asked)] in "-@:"


def _read(reply: Any, model: str, served_as: str | None) -> Answer:
    choice = _part(_part(reply, "choices", list) or [None], 0, dict)
    if "message" in choice:
        message = _part(choice, "message", dict)
        content, refusal = _joined(message.get("content")), message.get("refusal")
        thought = message.get("reasoning_content") or message.get("reasoning")
    else:
        content, refusal, thought = choice.get("text"), None, None
        if "text" not in choice:
            raise _Malformed("a choice with neither message nor text")
    if content is not None and not isinstance(content, str):
        raise _Malformed(f"content is a {type(content).__name__}, not a text")
    text = _unicode(content or "")
    ended = choice.get("finish_reason")
    said = reply.get("model")
    usage = reply.get("usage") if isinstance(reply.get("usage"), dict) else {}
    log_probs = _log_probs(choice.get("logprobs"))
    status, reason = _outcome(text, refusal, ended, said, model, served_as)
    if isinstance(thought, str) and thought and not text.strip() and status in ("empty", "cut_off"):
        reason += f"; the reply holds {len(thought):,} characters of reasoning alone"
    return Answer(
        status=status,
        text=text,
        reason=reason,
        finish_reason=_unicode(ended) if isinstance(ended, str) else None,
        model=_unicode(said) if isinstance(said, str) else None,
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        token_log_probs=log_probs,
        log_prob=None if log_probs is None else math.fsum(log_probs),
    )


def _outcome(text: str, refusal: Any, ended: Any, said: Any, model: str, served_as: str | None) -> tuple[Status, str]:
    if isinstance(said, str) and said and said != served_as and not is_same_model(model, said):
        return "other_model", f"answered by {_brief(said)}; if that is the model, name it with --served-as"
    end = ended.casefold() if isinstance(ended, str) else ""
    if refusal or end in _FILTERED:
        return "refused", _brief(refusal) if isinstance(refusal, str) and refusal else f"finish_reason {ended}"
    if end in _LENGTH:
        return "cut_off", "the largest number of tokens was reached"
    if end in _BROKEN_OFF:
        return "cut_off", f"the server broke off: finish_reason {ended}"
    if text.strip() and end in _CALLED:
        return "cut_off", f"the model called a tool and waits for it: finish_reason {ended}"
    if not text.strip():
        return "empty", f"no text, finish_reason {_brief(str(ended))}"
    return "ok", ""


def _joined(content: Any) -> Any:
    """A content in parts as one text: those of text are joined, those of thoughts left out; with others it stays.

    >>> _joined([{"type": "thinking", "thinking": []}, {"type": "text", "text": "4"}, {"type": "text", "text": "."}])
    '4.'
    """
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        return content
    spoken = [part for part in content if part.get("type") not in ("thinking", "reasoning")]
    texts = [part.get("text") for part in spoken if part.get("type") == "text"]
    return "".join(texts) if len(texts) == len(spoken) and all(isinstance(one, str) for one in texts) else content


def _part(whole: Any, name: Any, kind: type) -> Any:
    """An element of a reply, which has to be there and of that kind."""
    try:
        found = whole[name]
    except (KeyError, IndexError, TypeError):
        raise _Malformed(f"no {name}" if isinstance(name, str) else "no choice") from None
    if not isinstance(found, kind):
        raise _Malformed(f"{name} is no {'list' if kind is list else 'object'}" if name else "no choice")
    return found


def _log_probs(found: Any) -> list[float] | None:
    """Log-probabilities of an answer's tokens, of chat or completions; None where there are none, or not of all."""
    if not isinstance(found, dict):
        return None
    content = found.get("content")
    values = found.get("token_logprobs") if content is None else content
    if not isinstance(values, list):
        return None
    numbers = [one.get("logprob") if isinstance(one, dict) else one for one in values]
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in numbers):
        return None
    return [float(one) for one in numbers]


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _unicode(text: str) -> str:
    """A text that can be written down: halves of characters, where an answer was cut within one, are marked."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _quoted(body: bytes) -> str:
    return repr(_brief(body.decode("utf-8", "replace")))


def _brief(text: str) -> str:
    text = _unicode(text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
