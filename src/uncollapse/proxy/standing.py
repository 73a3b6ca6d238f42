"""Would a GO stand if something about its labels were otherwise? The two tests alone, for warnings."""

from dataclasses import dataclass

import numpy as np

from uncollapse.proxy.exact import ERROR, Gap, Share, kept_precision
from uncollapse.proxy.noisy_labels import CorrectedShare, LabelErrors
from uncollapse.proxy.tally import Candidates, tally


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
        if self.population is not None:
            counts = counts.in_population(*self.population)
        precision: Share | CorrectedShare = kept_precision(counts, most_kept=self.most_kept)
        if self.errors is not None:
            precision = CorrectedShare(precision, self.errors)
        passes = precision.chance_of_at_most(self.least) <= ERROR
        return passes and Gap(counts, most_kept=self.most_kept).chance_of_at_most(0.0) <= ERROR
