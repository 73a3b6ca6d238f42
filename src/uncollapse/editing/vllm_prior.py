"""The same scores from vLLM's ``prompt_logprobs``: for models and corpora that need its kernels or several GPUs."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from uncollapse.editing.prior import Block, beginning_of_text
from uncollapse.editing.windows import Window
from uncollapse.errors import ConfigError
from uncollapse.language.any_model import OURS, as_file, split_revision
from uncollapse.language.artifact import unpack
from uncollapse.language.engines.vllm_engine import ENVIRONMENT
from uncollapse.language.vocabulary import never_drawn

MOST_CANDIDATES = 256  # of each token; vLLM computes and hands over this many for every token, edited or not


class VllmPrior:
    """Scores with vLLM; see :class:`uncollapse.editing.prior.Prior`.

    It knows the most probable candidates only, so it draws by top-k, up to 256. Its kernels round otherwise than
    transformers', so tokens whose p lies within rounding of the threshold can fall on its other side.
    """

    sampling = frozenset({"top_k"})

    def __init__(
        self,
        llm: Any,
        tokenizer: PreTrainedTokenizerFast,
        *,
        beginning: str | None = None,
        windows_at_once: int = 256,
    ) -> None:
        self.tokenizer = tokenizer
        self.beginning = beginning_of_text(tokenizer, beginning)
        self.never_drawn = never_drawn(tokenizer, llm.llm_engine.model_config.get_vocab_size())
        self.longest = llm.llm_engine.model_config.max_model_len - 1  # vLLM insists on writing one token
        self._llm, self._windows_at_once = llm, windows_at_once

    @classmethod
    def load(cls, name: str, *, dtype: torch.dtype, context: int | None, beginning: str | None) -> Self:
        """A prior from wherever a model is; ``context`` is what transformers would read at once."""
        for variable, value in ENVIRONMENT.items():
            os.environ.setdefault(variable, value)
        try:
            from vllm import LLM
        except ImportError as error:
            raise ConfigError(f"engine vllm: it cannot be imported ({error}); see envs/vllm.yaml") from error

        folder, (base, revision) = None, split_revision(name)
        if Path(name).suffix in (OURS, ".whl", ".gguf"):
            folder = tempfile.TemporaryDirectory()
            with as_file(name, where=f"model {name}") as file:
                base = str(unpack(file, Path(folder.name)))
        try:
            llm = LLM(
                model=base,
                revision=revision,
                dtype=str(dtype).removeprefix("torch."),
                max_model_len=context + 2 if context else None,
                max_logprobs=MOST_CANDIDATES,
                enable_prefix_caching=False,  # it would leave out the log-probabilities of what is cached
                generation_config="vllm",
                seed=0,
            )
        except (OSError, ValueError) as error:
            raise ConfigError(f"model {name}: vLLM cannot load it: {error}") from error
        finally:
            if folder is not None:
                folder.cleanup()
        return cls(llm, llm.get_tokenizer(), beginning=beginning)

    def blocks(self, windows: Sequence[Window], *, candidates: int) -> Iterator[Block]:
        """One block per window, a few hundred windows at a time."""
        if candidates > MOST_CANDIDATES:
            raise ConfigError(f"vLLM hands over at most {MOST_CANDIDATES} candidates, not {candidates}: lower top_k")
        from vllm import SamplingParams
        from vllm.inputs import TokensPrompt

        asked = SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=max(candidates, 1), detokenize=False)
        for start in range(0, len(windows), self._windows_at_once):
            chosen = windows[start : start + self._windows_at_once]
            prompts = [TokensPrompt(prompt_token_ids=window.tokens.tolist()) for window in chosen]
            outputs = self._llm.generate(prompts, asked, use_tqdm=False)
            for window, output in zip(chosen, outputs, strict=True):
                yield _block(window, output.prompt_logprobs[window.first :])


def _block(window: Window, found: Sequence[dict[int, Any]]) -> Block:
    own = [row[token].logprob for row, token in zip(found, window.tokens[window.first :].tolist(), strict=True)]

    def candidates(rows: Tensor, count: int | None) -> tuple[Tensor, Tensor]:
        if count is None:
            raise ConfigError("vLLM has no logits of the whole vocabulary: draw by top_k")
        best = [sorted(found[row].items(), key=lambda item: item[1].rank)[:count] for row in rows.tolist()]
        tokens = torch.tensor([[token for token, _ in row] for row in best], dtype=torch.int64)
        logits = torch.tensor([[entry.logprob for _, entry in row] for row in best], dtype=torch.float32)
        return tokens, logits

    places = torch.from_numpy(np.arange(window.place, window.place + window.scored))
    return Block(places, torch.tensor(own, dtype=torch.float32), candidates)
