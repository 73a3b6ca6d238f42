"""Zhu et al. 2024, section 2.2: is the machine-written training text narrower than the human text, and where?"""

import pandas as pd

from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import zhu_corpora
from uncollapse.products.claims.zhu_mixtures import above_halfway


def check(
    *,
    diagnostics: pd.DataFrame,
    subjects: list[str],
    references: list[str],
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
) -> list[Finding]:
    """Findings on the experiment's passages.

    Parameters
    ----------
    subjects : human, machine, and selections of it.
    references : the priors that were pretrained elsewhere, on far more text than the experiment has.
    """
    human, machine, *selections = subjects
    found = [
        zhu_corpora.lowest_quarter(diagnostics, synthetic=machine, references=references),
        zhu_corpora.no_upper_tail(diagnostics, synthetic=machine),
        zhu_corpora.features_concentrate(diagnostics, human=human, synthetic=machine),
        zhu_corpora.responses_near_zero(
            diagnostics,
            human=human,
            synthetic=machine,
            trained=above_halfway("density", perplexities, trained_models),
        ),
        zhu_corpora.u_shape(diagnostics, human=human, references=references),
    ]
    for selected in selections[:1]:  # DSIR's stands first
        found.append(
            zhu_corpora.selection_does_not_align(diagnostics, human=human, synthetic=machine, selected=selected)
        )
    return found
