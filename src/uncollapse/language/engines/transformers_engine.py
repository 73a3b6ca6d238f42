"""The reference engine: transformers' models, batches of similar length, a cache, and logits only where they count."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.errors import DataError
from uncollapse.language.artifact import LanguageModel, inference_dtype, load_language_model
from uncollapse.language.batches import length_batches
from uncollapse.language.cpu_attention import use_cpu_attention
from uncollapse.language.engines.interface import Answer, check_room
from uncollapse.language.generation import Written, generate_batch
from uncollapse.language.scoring import Scorer, shared_rows
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.language.text import context_length, decode_answer, padding
from uncollapse.language.vocabulary import ends_of, ids_without_token

# measured with SmolLM2-135M: beyond these a CPU gains nothing, and a GPU of 24 GB stays within its memory
_TOKENS = {"cpu": 4096, "cuda": 65_536}
_ROWS = {"cpu": 64, "cuda": 512}


def load(path: Path, settings: EngineSettings, *, threads: int, changed: Path | None = None) -> "TransformersEngine":
    """The engine with the model of a file, or with one that began from it."""
    # float32 means float32 here: log-probabilities are compared between engines
    device, _ = prepare(ComputeSettings(device=settings.device, matmul_precision="highest"), threads=threads)
    dtype = inference_dtype(path, settings.dtype, device=device)
    model = load_language_model(path, changed=changed, device=device, dtype=dtype)
    return TransformersEngine(model, settings)


class TransformersEngine:
    """See :class:`~uncollapse.language.engines.interface.Engine`."""

    def __init__(self, language_model: LanguageModel, settings: EngineSettings) -> None:
        self.model, self.tokenizer = language_model.model.eval(), language_model.tokenizer
        use_cpu_attention(self.model)
        self.device = self.model.device
        self.context = context_length(self.model.config)
        self.batch_tokens = settings.batch_tokens or _TOKENS[self.device.type]
        self.batch_rows = settings.batch_rows or _ROWS[self.device.type]
        without_token = ids_without_token(self.tokenizer, self.model.get_output_embeddings().weight.shape[0])
        self._never = torch.tensor(without_token, device=self.device) if without_token else None
        self._ends = ends_of(self.tokenizer, self.model.config)
        self._scorer = Scorer(self.model, padding=padding(self.tokenizer))

    def generate(
        self, prompts: Sequence[Sequence[int]], sampling: SamplingSettings, *, keys: Sequence[int]
    ) -> list[list[Answer]]:
        """Batches by length; within one, the prompts are read once for all candidates."""
        check_room(prompts, sampling.max_new_tokens, context=self.context)
        answers: list[list[Answer]] = [[] for _ in prompts]
        lengths = [(len(prompt) + sampling.max_new_tokens) * sampling.candidates for prompt in prompts]
        rows = max(1, self.batch_rows // sampling.candidates)
        for batch in length_batches(lengths, tokens=4 * self.batch_tokens, rows=rows):
            written = generate_batch(
                self.model,
                [prompts[index] for index in batch],
                sampling,
                keys=[keys[index] for index in batch],
                ends=self._ends,
                padding=padding(self.tokenizer),
                never=self._never,
            )
            for index, candidates in zip(batch, written, strict=True):
                answers[index] = [self._answer(candidate) for candidate in candidates]
        return answers

    def score(
        self, contexts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]]
    ) -> list[NDArray[np.float32]]:
        """Batches by length; continuations of the same context share a row."""
        lengths = [len(first) + len(second) for first, second in zip(contexts, continuations, strict=True)]
        for number, (context, length) in enumerate(zip(contexts, lengths, strict=True)):
            if not context:
                raise DataError(f"text {number}: an empty context; the first token of a text is predicted from nothing")
            if length > self.context:
                raise DataError(f"text {number}: {length} tokens in a context of {self.context}; shorten it")
        found: list[NDArray[np.float32]] = [np.empty(0, np.float32) for _ in contexts]
        longest = self.batch_tokens if self._scorer.can_share else 0  # then no two fit
        rows = shared_rows(contexts, continuations, longest=longest)
        for batch in length_batches([len(row) for row in rows], tokens=self.batch_tokens, rows=self.batch_tokens):
            for index, log_probs in self._scorer([rows[number] for number in batch]):
                found[index] = log_probs
        return found

    def _answer(self, written: Written) -> Answer:
        return Answer(
            tokens=np.asarray(written.tokens, dtype=np.int32),
            text=decode_answer(self.tokenizer, written.tokens),
            log_prob=math.fsum(written.log_probs),
            finished=written.finished,
        )
