"""Prompts per second of greedy and beam search, on one thread, beside a search that keeps nothing between steps.

Both are run in turn on the same prompts, and must find the same candidates: python benchmarks/beam_search.py
"""

import statistics
import time

import torch
from torch import Tensor

from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.decoding.beam_search import beam_search
from uncollapse.decoding.label import batch_size
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.tasks import eigenvalues

PROMPTS, ROUNDS = 512, 3


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


def main() -> None:
    """Print medians of prompts per second and their ratio, by beam width."""
    device, _ = prepare(ComputeSettings(device="cpu"), threads=1)
    torch.manual_seed(0)
    layout = eigenvalues.layout(eigenvalues.Settings())
    model = EncoderDecoder(ModelSettings(), layout)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    model.eval()
    prompts = torch.randint(3, 1003, (PROMPTS, layout.prompt_length))
    for beams in (1, 5, 10, 25, 50):
        rates: dict[str, list[float]] = {"cached": [], "uncached": []}
        found = {}
        for _ in range(ROUNDS):
            for name, search in (("cached", beam_search), ("uncached", uncached)):
                begun = time.perf_counter()
                parts = [search(model, part, beams=beams) for part in prompts.split(batch_size(beams, device))]
                rates[name].append(PROMPTS / (time.perf_counter() - begun))
                found[name] = torch.cat([log_prob for _, log_prob in parts])
        difference = (found["cached"] - found["uncached"]).abs().max().item()
        assert difference < 1e-3, f"the searches differ by {difference} in log-probability"
        cached, plain = (statistics.median(rates[name]) for name in ("cached", "uncached"))
        print(f"beam {beams:3} {cached:8,.0f} prompts/s   {plain:8,.0f} without a cache   {cached / plain:.1f}x")


if __name__ == "__main__":
    main()
