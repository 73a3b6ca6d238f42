"""Prompts that greedy and beam search answer per second of processor time, on one thread, beside other ways to do it.

    python benchmarks/beam_search.py [--rounds 3] [--beams 25 50]

In turn: ours; the same model with a search that keeps nothing between steps, which must find the same candidates; and
``generate`` of transformers on a BART of the same shape (layers, width, heads, vocabulary, lengths, batch), once with
our settings of torch and of the allocator, and once in a process of its own with torch as it comes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor
from transformers import BartConfig, BartForConditionalGeneration

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.decoding.beam_search import beam_search
from uncollapse.decoding.label import batch_size
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.sequence_layout import SequenceLayout

PROMPTS = {1: 2048, 5: 512, 25: 256, 50: 128}  # by beams; the slow ways take seconds


@torch.inference_mode()
def uncached(model: EncoderDecoder, prompts: Tensor, *, beams: int) -> tuple[Tensor, Tensor]:
    """Plain beam search: at every step the whole prefix of every beam goes through encoder and decoder."""
    batch, length = len(prompts), model.layout.answer_length
    tokens = prompts.new_zeros(batch, 1, length)
    log_prob = torch.zeros(batch, 1)
    for position, (start, stop) in enumerate(model.layout.answer_choices):
        width = tokens.shape[1]
        states = model(prompts.repeat_interleave(width, 0), tokens.flatten(0, 1))[:, position]
        scores = model.logits(states, (start, stop)).log_softmax(-1).view(batch, width, -1) + log_prob.unsqueeze(-1)
        log_prob, best = scores.flatten(1).topk(min(beams, scores[0].numel()), -1)
        tokens = tokens.gather(1, (best // (stop - start)).unsqueeze(-1).expand(-1, -1, length)).clone()
        tokens[:, :, position] = best % (stop - start) + start
    return tokens, log_prob


def bart(settings: ModelSettings, layout: SequenceLayout) -> BartForConditionalGeneration:
    """transformers' encoder-decoder of our sizes, which writes exactly as many tokens."""
    config = BartConfig(
        vocab_size=layout.vocabulary_size,
        max_position_embeddings=64,
        d_model=settings.dimension,
        encoder_layers=settings.encoder_layers,
        decoder_layers=settings.decoder_layers,
        encoder_attention_heads=settings.heads,
        decoder_attention_heads=settings.heads,
        encoder_ffn_dim=4 * settings.dimension,
        decoder_ffn_dim=4 * settings.dimension,
        init_std=0.2,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=None,
        forced_eos_token_id=None,
        decoder_start_token_id=layout.start_token,
    )
    return BartForConditionalGeneration(config).eval()


@torch.inference_mode()
def generate(model: BartForConditionalGeneration, prompts: Tensor, *, beams: int, length: int) -> Tensor:
    """All beams of transformers' own search."""
    return model.generate(
        prompts,
        attention_mask=torch.ones_like(prompts),
        num_beams=beams,
        num_return_sequences=beams,
        do_sample=False,
        min_new_tokens=length,
        max_new_tokens=length,
    )


def compare(
    model: EncoderDecoder, other: BartForConditionalGeneration, *, beams: int, rounds: int
) -> dict[str, list[float]]:
    """Rates of all ways by name; the two searches of our model must find the same."""
    layout, rates = model.layout, {}
    prompts = torch.randint(3, 1003, (PROMPTS[beams], layout.prompt_length))
    parts = prompts.split(batch_size(beams, prompts.device))
    length = layout.answer_length
    for place in range(rounds):
        found = _timed(rates, "ours", len(prompts), lambda: [beam_search(model, p, beams=beams) for p in parts])
        plain = _timed(rates, "no cache", len(prompts), lambda: [uncached(model, p, beams=beams) for p in parts])
        written = _timed(
            rates, "transformers", len(prompts), lambda: [generate(other, p, beams=beams, length=length) for p in parts]
        )
        if place % 2 == 0:  # a process takes seconds to start
            _as_it_comes(rates, beams)
    difference = max((ours[1] - slow[1]).abs().max().item() for ours, slow in zip(found, plain, strict=True))
    assert difference < 1e-3, f"the searches differ by {difference} in log-probability"
    assert sum(map(len, written)) == len(prompts) * beams, "transformers returned other than all beams"
    assert written[0].shape[1] == 1 + length, "transformers stopped early"
    return rates


def _as_it_comes(rates: dict[str, list[float]], beams: int) -> None:
    """transformers in another process, which our settings do not reach."""
    call = [sys.executable, __file__, "--transformers", str(beams)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    rates.setdefault("as it comes", []).append(float(done.stdout))


def _transformers_alone(beams: int, rounds: int) -> None:
    torch.set_num_threads(1)
    layout = eigenvalues.layout(eigenvalues.Settings())
    model, rates = bart(ModelSettings(), layout), {}
    prompts = torch.randint(3, 1003, (PROMPTS[beams], layout.prompt_length))
    parts = prompts.split(batch_size(beams, prompts.device))
    for _ in range(rounds):
        _timed(rates, "", len(prompts), lambda: [generate(model, p, beams=beams, length=6) for p in parts])
    print(max(rates[""]))


def main() -> None:
    """Print the best rates and their ratios, by beam width."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beams", type=int, nargs="+", choices=list(PROMPTS), default=list(PROMPTS))
    parser.add_argument("--transformers", type=int, metavar="BEAMS", help="print the rate of transformers alone")
    options = parser.parse_args()
    if options.transformers:
        _transformers_alone(options.transformers, 2)
        return
    prepare(ComputeSettings(device="cpu"), threads=1)
    torch.manual_seed(0)
    layout, settings = eigenvalues.layout(eigenvalues.Settings()), ModelSettings()
    model = EncoderDecoder(settings, layout)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    model.eval()
    other = bart(settings, layout)
    print("prompts per second of processor time, one thread, best of the rounds; ratios: ours to theirs")
    heading = f"{'beams':>5} {'ours':>10} {'no cache':>10} {'ratio':>7}"
    print(f"{heading} {'transformers':>13} {'ratio':>7} {'as it comes':>13} {'ratio':>7}")
    for beams in options.beams:
        rates = compare(model, other, beams=beams, rounds=options.rounds)
        ours = max(rates.pop("ours"))
        row = f"{beams:5} {ours:10,.0f}"
        for name, width in (("no cache", 10), ("transformers", 13), ("as it comes", 13)):
            row += f" {max(rates[name]):{width},.0f} {ours / max(rates[name]):6.1f}x"
        print(row, flush=True)


def _timed(rates: dict[str, list[float]], name: str, count: int, work: Callable[[], list]) -> list:
    begun = time.process_time()
    result = work()
    rates.setdefault(name, []).append(count / (time.process_time() - begun))
    return result


if __name__ == "__main__":
    main()
