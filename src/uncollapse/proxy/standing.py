"""Would a GO stand if something about its labels were otherwise? The two tests alone, for warnings."""

from dataclasses import dataclass

import numpy as np

from uncollapse.proxy.exact import ERROR, Gap, kept_precision
from uncollapse.proxy.noisy_labels import LabelErrors, corrected
from uncollapse.proxy.tally import Candidates, Counts, tally


@dataclass(frozen=True)
class Asked:
    """Conditions that are set to a selection, see :func:`uncollapse.proxy.audit.audit`."""

    least: float = 0.5
    population: tuple[float, float] | None = None
    most_kept: float = np.inf
    errors: LabelErrors | None = None

    def stands(self, candidates: Candidates) -> bool:
        """Whether precision and gap of these candidates both pass."""
        counts = tally(candidates)
        return self.passes(counts if self.population is None else counts.in_population(*self.population))

    def passes(self, counts: Counts) -> bool:
        """Whether precision and gap of these counts, which are of the population, both pass."""
        precision = corrected(kept_precision(counts, most_kept=self.most_kept), self.errors)
        passes = precision.chance_of_at_most(self.least) <= ERROR
        return passes and Gap(counts, most_kept=self.most_kept).chance_of_at_most(0.0) <= ERROR
