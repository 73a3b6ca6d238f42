"""vLLM: continuous batching and paged attention, on GPUs; on CPUs with the community build (see envs/vllm.yaml).

Log-probabilities agree with the transformers engine; greedy answers too, but for near-ties. Draws are keyed as well, by
vLLM's own generators: they do not depend on the batch, but are other draws than those of the transformers engine.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.language.artifact import inference_dtype, load_tokenizer, unpack
from uncollapse.language.engines.interface import Answer, check_room
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.language.text import decode_answer
from uncollapse.language.vocabulary import ends_of

ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # starts in 6 s instead of 16-30
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
}


def load(path: Path, settings: EngineSettings, *, threads: int, changed: Path | None = None) -> "VllmEngine":
    """The engine with the model of a file, or one that began from it, unpacked beside the system's temporary files."""
    for variable, value in {**ENVIRONMENT, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(threads)}.items():
        os.environ.setdefault(variable, value)
    return VllmEngine(path, settings, changed=changed)


class VllmEngine:
    """See :class:`~uncollapse.language.engines.interface.Engine`."""

    def __init__(self, path: Path, settings: EngineSettings, *, changed: Path | None = None) -> None:
        import torch
        from vllm import LLM

        self.tokenizer = load_tokenizer(path)
        self._folder = tempfile.TemporaryDirectory(prefix="uncollapse-vllm-")
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        dtype = str(inference_dtype(path, settings.dtype, device=device)).removeprefix("torch.")
        self._llm = LLM(
            model=str(unpack(path, Path(self._folder.name), changed=changed)),
            dtype=dtype,
            gpu_memory_utilization=settings.gpu_memory_share,
            max_num_batched_tokens=settings.batch_tokens,
            max_num_seqs=settings.batch_rows,
            enable_prefix_caching=False,
            generation_config="vllm",  # ours alone, not defaults that come with a model
            seed=0,
            disable_log_stats=True,
        )
        self.context = self._llm.llm_engine.model_config.max_model_len
        vocabulary = self._llm.llm_engine.model_config.get_vocab_size()
        self._ends = ends_of(self.tokenizer, self._llm.llm_engine.model_config.hf_config)
        with_token = sorted(set(self.tokenizer.get_vocab().values()))
        self._drawn = with_token if len(with_token) < vocabulary else None

    def generate(
        self, prompts: Sequence[Sequence[int]], sampling: SamplingSettings, *, keys: Sequence[int]
    ) -> list[list[Answer]]:
        """One request for every candidate, each with a seed of its own."""
        from vllm import SamplingParams

        check_room(prompts, sampling.max_new_tokens, context=self.context)
        requests = [
            SamplingParams(
                temperature=sampling.temperature,
                top_k=sampling.top_k or 0,
                top_p=sampling.top_p or 1.0,
                max_tokens=sampling.max_new_tokens,
                stop_token_ids=self._ends,
                logprobs=0,
                detokenize=False,
                allowed_token_ids=self._drawn,
                seed=(key * 1_000_003 + candidate) % (1 << 63),
            )
            for key in keys
            for candidate in range(sampling.candidates)
        ]
        texts = [{"prompt_token_ids": list(prompt)} for prompt in prompts for _ in range(sampling.candidates)]
        outputs = self._llm.generate(texts, requests, use_tqdm=False)
        answers = [self._answer(output.outputs[0]) for output in outputs]
        width = sampling.candidates
        return [answers[first : first + width] for first in range(0, len(answers), width)]

    def score(
        self, contexts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]]
    ) -> list[NDArray[np.float32]]:
        """Prompt log-probabilities; vLLM writes one token more, which is dropped."""
        from vllm import SamplingParams

        for number, (context, continuation) in enumerate(zip(contexts, continuations, strict=True)):
            if not context:
                raise DataError(f"text {number}: an empty context; the first token of a text is predicted from nothing")
            if len(context) + len(continuation) >= self.context:
                raise DataError(
                    f"text {number}: {len(context) + len(continuation)} tokens, but vLLM scores at most"
                    f" {self.context - 1} of this model; shorten it, or set engine.name to transformers"
                )
        request = SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=0, detokenize=False)
        texts = [{"prompt_token_ids": [*c, *d]} for c, d in zip(contexts, continuations, strict=True)]
        outputs = self._llm.generate(texts, request, use_tqdm=False)
        found = []
        for context, continuation, output in zip(contexts, continuations, outputs, strict=True):
            of_tokens = output.prompt_logprobs[len(context) :]
            values = [entry[token].logprob for entry, token in zip(of_tokens, continuation, strict=True)]
            found.append(np.asarray(values, dtype=np.float32))
        return found

    def _answer(self, output: object) -> Answer:
        tokens = list(output.token_ids)  # type: ignore[attr-defined]
        return Answer(
            tokens=np.asarray(tokens, dtype=np.int32),
            text=decode_answer(self.tokenizer, tokens),
            log_prob=float(output.cumulative_logprob),  # type: ignore[attr-defined]
            finished=bool(tokens) and tokens[-1] in self._ends,
        )
