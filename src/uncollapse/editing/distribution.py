"""Probabilities of the tokens of a corpus under a model (Zhu et al. 2024, Figure 6 and Table 8)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

BINS = 10  # of Table 8


@dataclass
class TokenProbabilities:
    """Counts that grow with :meth:`add`, so that a corpus need not fit into memory.

    >>> found = TokenProbabilities()
    >>> found.add(np.array([0.05, 0.5, 0.995, 1.0]))
    >>> found.shares.tolist()
    [0.25, 0.0, 0.0, 0.0, 0.0, 0.25, 0.0, 0.0, 0.0, 0.5]
    >>> found.above, round(found.entropy, 4)
    (0.5, 1.0397)
    """

    threshold: float = 0.99
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, dtype=np.int64))
    tokens_above: int = 0
    negative_log: float = 0.0

    def add(self, p: NDArray[np.floating]) -> None:
        """Count tokens of these probabilities; 1 falls into the last bin, a bound between two bins into the upper."""
        exact = p.astype(np.float64)
        self.counts += np.bincount(np.minimum((exact * BINS).astype(np.int64), BINS - 1), minlength=BINS)
        self.tokens_above += int((exact >= self.threshold).sum())
        self.negative_log -= float(np.log(np.maximum(exact, np.finfo(np.float32).tiny)).sum())

    @property
    def tokens(self) -> int:
        """Number of tokens counted."""
        return int(self.counts.sum())

    @property
    def shares(self) -> NDArray[np.float64]:
        """(10,) share of tokens in 0.0-0.1, 0.1-0.2, ..., 0.9-1.0: Table 8."""
        return self.counts / max(self.tokens, 1)

    @property
    def above(self) -> float:
        """Share of tokens at or above the threshold: Table 9."""
        return self.tokens_above / max(self.tokens, 1)

    @property
    def entropy(self) -> float:
        """Entropy of the histogram, in nats: log 10 where it is flat (Sec. 5.3 expects editing to flatten it)."""
        shares = self.shares[self.counts > 0]
        return float(0.0 - (shares * np.log(shares)).sum())  # of one bin 0.0, not -0.0

    @property
    def perplexity(self) -> float:
        """exp of the mean negative log-probability (Appendix C.2); probabilities that underflow count as 1e-38."""
        return float(np.exp(self.negative_log / max(self.tokens, 1)))
