"""Generation and scoring by the transformers engine, beside a plain loop over examples with the same model.

    python benchmarks/language_engines.py [results/base_models/smollm2.safetensors] [--dtype bfloat16] [--threads 1]

Both are run in turn on the same prompts and must agree. Seconds are of the processor, so that other jobs on the machine
do not count (with several threads: of the clock).
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from uncollapse.language.artifact import load_language_model
from uncollapse.language.engines.transformers_engine import TransformersEngine
from uncollapse.language.settings import EngineSettings, SamplingSettings

# an article's opening and its headline: tokens of prompts, and of answers
PROMPT_TOKENS, ANSWER_TOKENS, NEW_TOKENS = (70, 100), (12, 24), 24
CANDIDATES = 8  # for each prompt, in the third row
_TOLERANCE = {"float32": 1e-3, "bfloat16": 0.5}  # of a token's log-probability; rounding differs with the batch


def main() -> None:
    """Print tokens a second of both, their ratio, and how far their results are apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?", default=Path("results/base_models/smollm2.safetensors"))
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="bfloat16")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--prompts", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loop-prompts", type=int, default=8, help="the plain loop gets so many of them")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    loaded = load_language_model(arguments.model, dtype=getattr(torch, arguments.dtype))
    engine = TransformersEngine(loaded, EngineSettings(device="cpu"))
    end, vocabulary = loaded.tokenizer.eos_token_id, loaded.model.config.vocab_size
    loaded.model.generation_config.eos_token_id = None  # equal lengths: what is measured is speed
    loaded.tokenizer.eos_token = None
    rng = np.random.default_rng(0)
    prompts = [rng.integers(20, vocabulary, rng.integers(*PROMPT_TOKENS)).tolist() for _ in range(arguments.prompts)]
    answers, several = (
        [rng.integers(20, vocabulary, rng.integers(*ANSWER_TOKENS)).tolist() for _ in range(count)]
        for count in (arguments.prompts, arguments.prompts * CANDIDATES)
    )
    repeated = [prompt for prompt in prompts for _ in range(CANDIDATES)]
    few = slice(arguments.loop_prompts)
    sampling, model = SamplingSettings(max_new_tokens=NEW_TOKENS), loaded.model

    def timed(work: Callable[[], Any], tokens: int) -> tuple[float, Any]:
        clock = time.process_time if arguments.threads == 1 else time.perf_counter
        begun = clock()
        result = work()
        return tokens / (clock() - begun), result

    tasks: dict[str, tuple[Callable[[], Any], Callable[[], Any], int, int]] = {
        "generate": (
            lambda: [a.tokens.tolist() for (a,) in engine.generate(prompts, sampling, keys=range(len(prompts)))],
            lambda: [plain_generate(model, prompt, end) for prompt in prompts[few]],
            NEW_TOKENS * len(prompts),
            NEW_TOKENS * len(prompts[few]),
        ),
        "score": (
            lambda: engine.score(prompts, answers),
            lambda: [plain_score(model, *pair) for pair in zip(prompts[few], answers[few], strict=True)],
            sum(map(len, prompts)) + sum(map(len, answers)),
            sum(map(len, prompts[few])) + sum(map(len, answers[few])),
        ),
        f"score {CANDIDATES} a prompt": (
            lambda: engine.score(repeated, several),
            lambda: [plain_score(model, *pair) for pair in zip(repeated[few], several[few], strict=True)],
            sum(map(len, repeated)) + sum(map(len, several)),
            sum(map(len, repeated[few])) + sum(map(len, several[few])),
        ),
    }
    for name, (ours, plain, our_tokens, plain_tokens) in tasks.items():
        rates: tuple[list[float], list[float]] = ([], [])
        for _ in range(arguments.rounds):
            rate, found = timed(ours, our_tokens)
            rates[0].append(rate)
            rate, expected = timed(plain, plain_tokens)
            rates[1].append(rate)
        fast, slow = map(statistics.median, rates)
        if name == "generate":
            same = np.mean(
                [a == b for one, two in zip(found, expected, strict=False) for a, b in zip(one, two, strict=True)]
            )
            agreement = f"{same:.1%} of greedy tokens alike"
        else:
            difference = np.concatenate([np.abs(a - b) for a, b in zip(found, expected, strict=False)])
            assert difference.max() < _TOLERANCE[arguments.dtype], f"log-probabilities differ by {difference.max()}"
            agreement = (
                f"log-probabilities differ by {difference.mean():.2g} on average, {difference.max():.2g} at most"
            )
        print(f"{name:16} {fast:8,.0f} tokens/s   {slow:8,.0f} in a plain loop   {fast / slow:.1f}x   {agreement}")


@torch.inference_mode()
def plain_generate(model: Any, prompt: list[int], padding: int | None) -> list[int]:
    """transformers' own generation, one prompt at a time."""
    ids = torch.tensor([prompt])
    output = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=NEW_TOKENS,
        do_sample=False,
        pad_token_id=padding,
    )
    return output[0, len(prompt) :].tolist()


@torch.inference_mode()
def plain_score(model: Any, context: list[int], continuation: list[int]) -> np.ndarray:
    """One forward pass a pair, log-softmax over all positions."""
    ids = torch.tensor([context + continuation])
    log_probs = model(ids).logits[0, :-1].float().log_softmax(-1).gather(-1, ids[0, 1:, None])[:, 0]
    return log_probs[len(context) - 1 :].numpy()


if __name__ == "__main__":
    main()
