"""ToEdit token by token, in float64 and plain Python, after the paper's Algorithm 1: slow, and what the tests trust."""

import math

import numpy as np
import torch

MASK = (1 << 64) - 1


def mix(state: int) -> int:
    """SplitMix64's finalizer on Python's integers."""
    state = (state + 0x9E3779B97F4A7C15) & MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def gumbel(seed: int, generation: int, document: int, position: int, token: int) -> float:
    """Noise of one token at one place."""
    key = mix(mix(mix(mix(seed) ^ generation) ^ (document & MASK)) ^ position)
    return -math.log(-math.log(((mix(key ^ (token & MASK)) >> 11) + 0.5) * 2.0**-53))


@torch.inference_mode()
def edit(model, document, row, settings, *, prompt=(), context, special=(0,), generation=1):
    """p, eligible and new tokens of one document; every probability from a forward pass of its own."""
    prefix = [0, *list(prompt)[-((context + 1) // 2) :]]
    room = context + 1 - len(prefix)
    step = max(1, room - int(settings.overlap * room))
    row = [int(token) for token in row]
    p, eligible, new = [], [], []
    for place, token in enumerate(row):
        if place < room:
            start = 0
        else:  # the earliest window that ends after it
            stop = room + step * math.ceil((place + 1 - room) / step)
            start = max(0, min(stop, len(row)) - room)
        logits = model(torch.tensor([prefix + row[start:place]])).logits[0, -1].double()
        probability = logits.softmax(-1)
        p.append(probability[token].item())
        sure = p[-1] >= settings.threshold if settings.direction == ">=" else p[-1] <= settings.threshold
        eligible.append(bool(sure and token not in special))
        new.append(token)
        if not eligible[-1]:
            continue
        order = logits.argsort(descending=True).tolist()
        if settings.sampling == "top_k":
            order = order[: settings.candidates]
        out = set(special) | ({token} if settings.exclude_original else set())
        order = [candidate for candidate in order if candidate not in out]
        if settings.sampling == "top_k":
            order = order[: settings.top_k]
        weights = [math.exp((logits[c] - logits.max()).item() / settings.temperature) for c in order]
        if settings.sampling == "top_p":
            share = np.cumsum([0, *weights[:-1]]) / sum(weights)
            order = [candidate for candidate, before in zip(order, share, strict=True) if before < settings.top_p]
        scores = [
            logits[c].item() / settings.temperature + gumbel(settings.seed, generation, document, place, c)
            for c in order
        ]
        if order:
            new[-1] = order[int(np.argmax(scores))]
    return np.array(p), np.array(eligible), np.array(new)
