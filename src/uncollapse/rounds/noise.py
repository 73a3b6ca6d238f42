"""Label noise: wrong answers injected into what a model learns from (Lee et al. 2025, Figure 24).

Only answers are touched; the released code's uniform noise also overwrites the question. Every noisy label is another
text than the one that was there.
"""

import hashlib
import random
from collections.abc import Sequence
from typing import Literal, get_args

Noise = Literal["uniform", "drop", "perturb", "drop_perturb"]
KINDS: tuple[Noise, ...] = get_args(Noise)
_LAST = 3  # characters at the end that all but uniform noise touches, 1 to as many


def noisy(answers: Sequence[str], *, kind: Noise, rate: float, key: str) -> list[str]:
    """Answers of which a share ``rate``, drawn at random, are replaced.

    Parameters
    ----------
    kind : uniform: every character is drawn anew, from those that occur in the answers; drop: one to three of the last
        characters are missing, and an only one becomes another; perturb: one to three of the last become other ones;
        drop_perturb: first the one, then the other.
    key : what the draws are keyed by.

    >>> noisy(["1234567", "7654321"], kind="drop", rate=0.5, key="7")
    ['12345', '7654321']
    """
    rng = random.Random(int.from_bytes(hashlib.sha256(f"noise {key}".encode()).digest()[:16], "little"))
    symbols = sorted(set("".join(answers)))
    found = list(answers)
    for place in sorted(rng.sample(range(len(found)), round(rate * len(found)))):
        found[place] = _replaced(found[place], kind, symbols, rng)
    return found


def _replaced(answer: str, kind: Noise, symbols: Sequence[str], rng: random.Random) -> str:
    if kind == "uniform":
        drawn = answer
        while drawn == answer and len(symbols) > 1 and answer:
            drawn = "".join(rng.choices(symbols, k=len(answer)))
        return drawn
    is_one = len(answer) == 1
    if kind in ("drop", "drop_perturb") and len(answer) > 1:
        answer = answer[: -rng.randint(1, min(_LAST, len(answer) - 1))]
    if (kind in ("perturb", "drop_perturb") and answer) or is_one:
        touched = rng.randint(1, min(_LAST, len(answer)))
        others = [rng.choice([symbol for symbol in symbols if symbol != old] or [old]) for old in answer[-touched:]]
        answer = answer[:-touched] + "".join(others)
    return answer
