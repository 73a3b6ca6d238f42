"""Scores of a reward model: a sequence classifier with one output, by folder, package or hub id.

What is read is the conversation with the candidate as its last turn, in the chat template of the model's tokenizer, or
the prompt and the candidate with nothing between them where there is no template. A text too long for the model loses
its beginning, but not the token that every text begins with: the candidate is what is judged. Weights that the file
lacks are an error, never drawn at random.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Literal

from pydantic import Field, field_validator

from uncollapse.errors import ConfigError
from uncollapse.language.model_place import no_model
from uncollapse.settings.folder import files_in
from uncollapse.settings.values import Strict
from uncollapse.verifiers.candidate import Candidate, Verdict, failed, is_score, scored


class Settings(Strict):
    """The model, and which scores are accepted."""

    kind: Literal["reward_model"] = "reward_model"
    model: str = Field(min_length=1, description="folder in the format of transformers, package file (.whl), or hub id")
    revision: str | None = Field(default=None, description="of a hub id")
    lowest: float | None = Field(default=None, description="score from which on a candidate is accepted")
    template: bool = Field(default=True, description="use the tokenizer's chat template, where it has one")
    longest: int | None = Field(default=None, ge=8, description="tokens that are read; default: what the model allows")
    batch: int = Field(default=8, ge=1, description="candidates scored at once")
    device: Literal["auto", "cpu", "cuda"] = "auto"

    @field_validator("model")
    @classmethod
    def _is_somewhere(cls, model: str) -> str:
        if (words := no_model(model)) is not None:
            raise ValueError(f"{model!r}: {words}")
        return model

    @property
    def files(self) -> list[str]:
        """The model's files, which are read; none of a model of the hub."""
        return [self.model] if os.path.isfile(self.model) else files_in(self.model)

    @property
    def gives_verdict(self) -> bool:
        """Whether there is a lowest score."""
        return self.lowest is not None


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["RewardModel"]:
    """The model, loaded.

    Raises
    ------
    ConfigError
        Where it cannot be loaded whole, or has more than one output.
    """
    from uncollapse.compute.device import prepare
    from uncollapse.compute.settings import ComputeSettings
    from uncollapse.language.model_files import NO_HUB, Located, located
    from uncollapse.language.pretrained import CLASSIFIER, load_pretrained

    device, dtype = prepare(ComputeSettings(device=settings.device, matmul_precision="highest"), threads=threads)
    where = f"verifier reward_model: model {settings.model}"
    options: dict[str, Any] = {"revision": settings.revision} if settings.revision else {}
    packed = settings.model.endswith(".whl")
    with located(settings.model) if packed else nullcontext(Located(settings.model)) as found:
        model, tokenizer = load_pretrained(CLASSIFIER, found.place, where=where, dtype=dtype, remedy=NO_HUB, **options)
    if model.config.num_labels != 1:
        raise ConfigError(f"{where}: has {model.config.num_labels} outputs; a reward is one")
    yield RewardModel(settings, model.to(device), tokenizer)


class RewardModel:
    """The verifier, opened."""

    def __init__(self, settings: Settings, model: Any, tokenizer: Any) -> None:
        from uncollapse.language.pretrained import longest_read
        from uncollapse.language.vocabulary import special_ids, special_texts

        self.settings, self.model, self.tokenizer = settings, model, tokenizer
        self.special, self.special_ids = special_texts(tokenizer), set(special_ids(tokenizer))
        self.longest = longest_read(model, tokenizer, settings.longest or tokenizer.model_max_length)

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate; texts of about one length are scored together."""
        encoded = [self._ids(candidate) for candidate in candidates]
        verdicts: list[Verdict] = [
            failed(f"it or its prompt spells the special token {spelled!r}, which would end a turn within a text")
            if (spelled := self._special_in(candidate))
            else failed("no token that the model's tokenizer knows")
            for candidate in candidates
        ]
        order = sorted((number for number, ids in enumerate(encoded) if ids), key=lambda number: len(encoded[number]))
        for start in range(0, len(order), self.settings.batch):
            some = order[start : start + self.settings.batch]
            for number, score in zip(some, self._scores([encoded[number] for number in some]), strict=True):
                verdicts[number] = (
                    scored(score, lowest=self.settings.lowest) if is_score(score) else failed(f"the score is {score}")
                )
        return verdicts

    def text_of(self, candidate: Candidate) -> str:
        """All that the model reads of a candidate."""
        from uncollapse.language.chat import chat_text

        prompt = candidate.prompt
        turns = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt or ""}]
        if self._is_templated:
            turns = [*turns, {"role": "assistant", "content": candidate.text}]
            return chat_text(self.tokenizer, turns, open_turn=False)
        return "".join(turn["content"] for turn in turns) + candidate.text

    def _ids(self, candidate: Candidate) -> list[int]:
        """Tokens that the model reads, its end at most; empty where its tokenizer knows nothing of the answer, or would
        take a text for what the template writes.
        """
        from uncollapse.language.given_back import nothing_is_left
        from uncollapse.language.text import encode

        if self._special_in(candidate):
            return []
        if candidate.text.strip() and nothing_is_left(self.tokenizer, encode(self.tokenizer, candidate.text)):
            return []
        templated = self._is_templated
        # special tokens are the template's alone: what looks like one within a text is text
        ids = self.tokenizer(
            self.text_of(candidate), add_special_tokens=not templated, split_special_tokens=not templated
        )["input_ids"]
        if len(ids) <= self.longest:
            return ids
        first = ids[:1] if ids[0] in self.special_ids else []  # where the text begins, and encoders have their score
        return first + ids[len(ids) - self.longest + len(first) :]

    @property
    def _is_templated(self) -> bool:
        return self.settings.template and bool(self.tokenizer.chat_template)

    def _special_in(self, candidate: Candidate) -> str:
        """A special token that a text of a templated conversation spells; empty where none does."""
        if not self._is_templated or self.special is None:
            return ""
        prompt = candidate.prompt
        turns = [turn["content"] for turn in prompt] if isinstance(prompt, list) else [prompt or ""]
        return next((found[0] for text in [*turns, candidate.text] if (found := self.special.search(text))), "")

    def _scores(self, ids: Sequence[list[int]]) -> list[float]:
        from uncollapse.language.padded_rows import classified

        return classified(self.model, ids)[:, 0].float().tolist()
