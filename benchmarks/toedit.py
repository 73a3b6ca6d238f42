"""Tokens per second of ToEdit, beside the published procedure token by token and beside the bare forward pass.

    python benchmarks/toedit.py                       a random model of 10 million parameters, made here
    python benchmarks/toedit.py --model PATH_OR_ID    any causal language model
    python benchmarks/toedit.py --model M --device cuda --dtype bfloat16 --texts FILE --count 4000 --longest 1024
    python benchmarks/toedit.py --memory              peak memory of the command for corpora of growing size

All run in turn on one thread, on the same model and the same texts. Beside ours stand

- released: what the authors' released code does after vLLM's single pass over one text: the k most probable tokens of
  every position as a dictionary, then a loop over the tokens that draws with NumPy;
- algorithm 1, cached: a pass for every token, with keys and values kept, which the loop of the paper's Algorithm 1
  amounts to where a model is asked for one conditional probability after the other;
- forward: batches like ours through the model, all logits computed, nothing else done.

These three use the model as transformers loads it; ours replaces its linear layers. Probabilities of all must agree.
On a GPU, where the question is what share of the bare forward pass is left, only that one stands beside ours.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import edit, score
from uncollapse.editing.fast_linear import FastLinear
from uncollapse.editing.load import load_prior
from uncollapse.editing.protect import Pieces
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.language.batches import length_batches

ROUNDS = 3
SLOW_TEXTS = 8  # for procedures that would take minutes


def random_model(vocabulary: int) -> PreTrainedModel:
    """A Llama of 4 layers and 10 million parameters, most of them in its vocabulary."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        initializer_range=0.05,
    )
    return LlamaForCausalLM(config).eval()


def as_loaded(model: PreTrainedModel) -> PreTrainedModel:
    """A copy with transformers' own linear layers."""
    copied = copy.deepcopy(model)
    for module in copied.modules():
        if isinstance(module, FastLinear):
            module.__class__ = torch.nn.Linear
    return copied


@torch.inference_mode()
def released(model: PreTrainedModel, first: int, rows: list[np.ndarray], settings: EditSettings) -> list[np.ndarray]:
    """One pass per text, then candidates of every token as Python objects, and a draw at every token above."""
    rng = np.random.default_rng(settings.seed)
    found = []
    for row in rows:
        tokens = torch.from_numpy(np.concatenate([[first], row]))
        log_prob = model(tokens[:-1].unsqueeze(0)).logits[0].float().log_softmax(-1)
        own = log_prob.gather(-1, tokens[1:].unsqueeze(-1)).squeeze(-1).tolist()
        values, indices = log_prob.topk(settings.top_k, -1)
        new, p = [], []
        for token, log_p, best, scores in zip(row.tolist(), own, indices.tolist(), values.tolist(), strict=True):
            candidates = dict(zip(best, scores, strict=True)) | {token: log_p}
            p.append(np.exp(candidates[token]))
            if p[-1] > settings.threshold:
                scaled = np.array(list(candidates.values())) / settings.temperature
                weights = np.exp(scaled - scaled.max())
                token = int(rng.choice(list(candidates), p=weights / weights.sum()))
            new.append(token)
        found.append(np.asarray(p))
    return found


@torch.inference_mode()
def algorithm_1(model: PreTrainedModel, first: int, rows: list[np.ndarray], settings: EditSettings) -> list[np.ndarray]:
    """A pass for every token, given all before it."""
    generator = torch.Generator().manual_seed(settings.seed)
    found = []
    for row in rows:
        cache, last, p = None, first, []
        for token in row.tolist():
            output = model(torch.tensor([[last]]), past_key_values=cache, use_cache=True)
            cache, last = output.past_key_values, token
            probability = output.logits[0, -1].float().softmax(-1)
            p.append(probability[token].item())
            if p[-1] >= settings.threshold:
                values, indices = probability.topk(settings.top_k)
                weights = (values.log() / settings.temperature).softmax(-1)
                indices[torch.multinomial(weights, 1, generator=generator)].item()
        found.append(np.asarray(p))
    return found


@torch.inference_mode()
def forward(model: PreTrainedModel, rows: list[np.ndarray], batch_tokens: int) -> None:
    """All logits of batches like ours."""
    for batch in length_batches([len(row) for row in rows], tokens=batch_tokens):
        width = max(len(rows[index]) for index in batch)
        read = np.zeros((len(batch), width), dtype=np.int64)
        for place, index in enumerate(batch):
            read[place, : len(rows[index])] = rows[index]
        model(torch.from_numpy(read).to(model.device), use_cache=False)


def speed(options: argparse.Namespace) -> None:
    """Print medians of tokens per second, and ratios."""
    device, _ = prepare(ComputeSettings(device=options.device, matmul_precision="highest"), threads=1)
    if options.model:
        prior = load_prior(options.model, device=device, dtype=getattr(torch, options.dtype))
        rng = np.random.default_rng(0)
        texts = [line for line in options.texts.read_text().splitlines() if line.strip()] if options.texts else []
        vocabulary = len(prior.tokenizer)
        rows = [
            np.asarray(prior.tokenizer(text, add_special_tokens=False)["input_ids"][: options.longest])
            for text in texts[: options.count]
        ]
    else:
        from tokenizers import Tokenizer, models
        from transformers import PreTrainedTokenizerFast

        vocabulary, rows = options.vocabulary, []
        words = {"<s>": 0} | {f"w{number}": number for number in range(1, vocabulary)}
        plain = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<s>")))
        plain.add_special_tokens({"bos_token": "<s>"})
        prior = TransformersPrior(random_model(vocabulary).to(device, getattr(torch, options.dtype)), plain)
    if not rows:
        rng = np.random.default_rng(0)
        rows = [rng.integers(1, vocabulary, int(size)) for size in rng.integers(20, options.longest, options.count)]
    settings = EditSettings()
    if not options.model:  # random weights are sure of nothing: as many tokens eligible as in the paper's Table 9
        settings = settings.model_copy(update={"threshold": _eighth_largest(prior, rows)})
    documents, few = Documents.of_lists(np.arange(len(rows)), rows), rows[:SLOW_TEXTS]
    pieces = Pieces(prior.tokenizer)
    plain_model = as_loaded(prior.model)
    rates: dict[str, list[float]] = {}
    found: dict[str, np.ndarray] = {}
    for _ in range(ROUNDS):
        edited = _timed(rates, "ours", rows, lambda: edit(documents, prior, settings, pieces=pieces))
        _timed(rates, "forward", rows, lambda: forward(plain_model, rows, prior.batch_tokens))
        if device.type == "cuda":
            continue
        found["released"] = np.concatenate(
            _timed(rates, "released", rows, lambda: released(plain_model, prior.beginning, rows, settings))
        )
        slow = _timed(
            rates, "algorithm 1, cached", few, lambda: algorithm_1(plain_model, prior.beginning, few, settings)
        )
        found["algorithm 1, cached"] = np.concatenate(slow)
    for name, p in found.items():
        difference = np.abs(edited.p[: len(p)] - p).max()
        assert difference < (1e-4 if options.dtype == "float32" else 0.1), f"{name}: p differs by {difference}"
    ours = statistics.median(rates["ours"])
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else "one thread"
    print(f"{len(rows)} texts, {len(edited.p):,} tokens, vocabulary {vocabulary:,}, {where}, {options.dtype}")
    print(f"{edited.eligible.mean():.2%} eligible, {edited.changed.mean():.2%} changed")
    for name, values in rates.items():
        print(
            f"{name:<22} {statistics.median(values):10,.0f} tokens/s   ours is {ours / statistics.median(values):.2f}x"
        )


def _eighth_largest(prior: TransformersPrior, rows: list[np.ndarray]) -> float:
    return float(np.quantile(score(Documents.of_lists(np.arange(len(rows)), rows), prior), 0.875))


def _timed(rates, name, rows, work):  # noqa: ANN001, ANN202
    begun = time.perf_counter()
    result = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    rates.setdefault(name, []).append(sum(map(len, rows)) / (time.perf_counter() - begun))
    return result


_MEASURED = """
import resource, runpy, sys
sys.argv = ["toedit", *sys.argv[1:]]
runpy.run_path({script!r}, run_name="__main__")
print("PEAK", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def memory() -> None:
    """Print the command's peak memory for corpora of 1, 4 and 16 times the size."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    with tempfile.TemporaryDirectory() as folder:
        words = {"<s>": 0} | {f"w{number}": number for number in range(1, 2000)}
        tokenizer = Tokenizer(models.WordLevel(words, unk_token="<s>"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", unk_token="<s>")
        fast.save_pretrained(folder)
        random_model(2000).save_pretrained(folder)
        rng = np.random.default_rng(0)
        for count in (512, 2_048, 8_192):
            path = Path(folder) / f"{count}.csv"
            lines = (" ".join(f"w{word}" for word in rng.integers(1, 2000, 40)) for _ in range(count))
            path.write_text("text\n" + "\n".join(lines) + "\n")
            code = _MEASURED.format(script=str(Path(__file__).parent.parent / "scripts" / "toedit.py"))
            done = subprocess.run(
                [sys.executable, "-c", code, str(path), "--model", folder], capture_output=True, text=True, check=True
            )
            print(f"{count:6,} documents: {done.stdout.rsplit('PEAK', 1)[1].strip()} MB at most", flush=True)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--texts", type=Path, help="one text a line; random tokens otherwise")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--vocabulary", type=int, default=32_000, help="of the random model")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--count", type=int, default=64, help="of texts")
    parser.add_argument("--longest", type=int, default=192, help="tokens of a text")
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    if options.memory:
        memory()
    else:
        speed(options)


if __name__ == "__main__":
    main()
