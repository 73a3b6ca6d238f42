"""Zhu et al. 2024, sections 4.2 to 4.4 and appendix D.5: what training on edited text does."""

import numpy as np
import pandas as pd

from uncollapse.analysis.contrasts import relative
from uncollapse.analysis.edited_scores import UNEDITED, Continued, continued, edited_from, edited_words
from uncollapse.analysis.edited_tasks import (
    ALIKE,
    ORDERED,
    Comparisons,
    TaskScores,
    by_perplexity_alone,
    conclude_on_tasks,
    least_probabilities,
    logs_or_caption,
    where_sure,
)
from uncollapse.analysis.mixture_scores import human_log_perplexity, named, of_first, spaced
from uncollapse.analysis.verdict import Finding, Part, conclude, phrase
from uncollapse.statistics.replicates import Replicates

# percent. The averages over three tasks in Tables 5 and 6 are 38.5, 38.8, 40.5 and 39.8: up to 5 percent apart
LITTLE = 5.0


def check(
    *,
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
    edits: pd.DataFrame,
    edit_counts: pd.DataFrame,
    task_scores: pd.DataFrame | None = None,
) -> list[Finding]:
    """Findings on models that went on with edited text, and on an edited mixture.

    They decide where the edited tokens are ones of which a model was nearly sure.
    """
    least = least_probabilities(edits, edit_counts)
    passages = continued(trained_models, edits, instructions=False)
    answers = continued(trained_models, edits, instructions=True)
    of_passages, of_answers = _compared(passages), _compared(answers)
    on_domain = goes_on_better("zhu-T2-a", passages, perplexities, task_scores, what="text of the domain")
    on_answers = goes_on_better("zhu-T4-a", answers, perplexities, task_scores, what="answers to instructions")
    return [
        *(where_sure(finding, of_passages, least) for finding in on_domain),
        *(where_sure(finding, of_answers, least) for finding in on_answers),
        where_sure(drawing_matters_little(passages, perplexities), of_passages, least),
        where_sure(rare_tokens(passages, perplexities), of_passages, least),
        edited_mixture(perplexities, trained_models, edits, least),
    ]


def _compared(groups: list[Continued]) -> list[str]:
    """The edit of probable tokens that claims look at in each group: its first one that is no control."""
    return [name for group in groups for name in _edits(group, control=False, direction=">=")["edit"].iloc[:1]]


def _edits(group: Continued, **wanted: object) -> pd.DataFrame:
    """The edits with these settings."""
    found = group.edits
    for key, value in wanted.items():
        found = found[found[key] == value]
    return found


def goes_on_better(
    claim: str,
    groups: list[Continued],
    perplexities: pd.DataFrame,
    task_scores: pd.DataFrame | None,
    *,
    what: str,
) -> list[Finding]:
    """zhu-T2-a, zhu-T4-a, by both readings: training goes on better with edited text, by tasks where they were run."""
    perplexity, on_tasks, names = Comparisons([], []), Comparisons([], []), set()
    for group in groups:
        on_corpus, on_others = (
            Replicates.of(rows, "rule", "log_perplexity")
            for rows in (group.on_corpus(perplexities), group.on_others(perplexities))
        )
        scores = TaskScores.of(task_scores, group.models, "rule")
        names |= set(scores.tasks)
        for name in _edits(group, control=False)["rule"].iloc[:1]:
            label = f"{spaced(group.corpus)}, {name}"
            perplexity.parts.append(Part(label, relative(on_corpus, UNEDITED, name), unit="percent", delta=ALIKE))
            on_tasks.parts.extend(scores.gain(label, name, UNEDITED))
            if on_others.means:
                others = relative(on_others, UNEDITED, name)
                perplexity.beside.append(Part(f"on other human text, {name}", others, unit="percent"))
        for name in _edits(group, control=True)["rule"]:
            label = f"control, {name}"
            perplexity.beside.append(Part(label, relative(on_corpus, UNEDITED, name), unit="percent"))
            on_tasks.beside.extend(scores.gain(label, name, UNEDITED))
    return conclude_on_tasks(
        claim,
        f"how much lower the perplexity of held-out {what} is after training on its edit (percent)",
        perplexity,
        on_tasks,
        names=sorted(names),
        missing="It takes models that go on from another one, on a text before and after editing.",
    )


def drawing_matters_little(groups: list[Continued], perplexities: pd.DataFrame) -> Finding:
    """zhu-T5-a: drawing by top-k of 8 or 64, top-p, or from the whole distribution leads to like models."""
    parts = []
    for group in groups:
        scores = Replicates.of(group.on_corpus(perplexities), "rule", "log_perplexity")
        first, *others = _same_positions(group)
        parts += [
            Part(f"{name} over {first}", relative(scores, name, first), -LITTLE, LITTLE, "percent") for name in others
        ]
    found = conclude(
        "zhu-T5-a",
        "how much higher the domain's perplexity is after another way of drawing than after the first "
        f"(percent; within {LITTLE:g})",
        parts,
        needs="It takes models of one text edited at the same positions with other ways of drawing.",
        opening=ORDERED,
        closing="In the authors' logs the paper's row of top-k with k = 8 is a run that deleted tokens instead.",
    )
    return by_perplexity_alone(found, alike=True)


def _same_positions(group: Continued) -> list[str]:
    """The first edit that is no control, and those that differ from it in drawing alone; empty string without any."""
    found = _edits(group, control=False)
    if found.empty:
        return [""]
    like = found.iloc[0]
    same = {key: like[key] for key in ("threshold", "share", "direction")}
    return _edits(group, control=False, **same)["rule"].tolist()


def rare_tokens(groups: list[Continued], perplexities: pd.DataFrame) -> Finding:
    """zhu-T7-a: editing improbable tokens can be as good as editing probable ones; by scores, so that it stays open."""
    parts, beside, disputed = [], [], []
    for group in groups:
        scores = Replicates.of(group.on_corpus(perplexities), "rule", "log_perplexity")
        probable = _edits(group, control=False, direction=">=")["rule"].tolist()
        rare = _edits(group, control=False, direction="<=")["rule"].tolist()
        if not probable or not rare:
            continue
        best = min(rare, key=lambda name: scores.means[name])
        change = relative(scores, probable[0], best)
        parts.append(Part(f"{best} below {probable[0]}", change, -ALIKE, np.inf, "percent"))
        beside += [
            Part(f"{name} below unedited", relative(scores, UNEDITED, name), unit="percent")
            for name in [*probable, *rare, *_edits(group, control=True, action="resample")["rule"]]
        ]
        disputed.append(logs_or_caption(group, scores, probable[0]))
    found = conclude(
        "zhu-T7-a",
        "how much lower the domain's perplexity is after editing rare tokens than after editing probable ones "
        f"(percent; above −{ALIKE:g})",
        parts,
        needs="It takes models of one text whose probable and whose rare tokens were edited.",
        opening=f"{ORDERED} That performance fluctuates with the threshold is not judged.",
        closing=" ".join(
            [f"Against unedited text, which Table 7 lacks: {'; '.join(map(phrase, beside))}.", *filter(None, disputed)]
        ),
    )
    return by_perplexity_alone(found)


def edited_mixture(
    perplexities: pd.DataFrame, trained_models: pd.DataFrame, edits: pd.DataFrame, least: dict[str, float]
) -> Finding:
    """zhu-D5-a: a model trained on an edited mixture is at least as good as one trained on the mixture."""
    models = of_first(trained_models)
    shares = dict(zip(models["dataset"], models["machine_share_percent"], strict=True))
    groups = Replicates.of(human_log_perplexity(named(perplexities, models)), "dataset", "log_perplexity")
    words = edited_words(models, trained_models, edits)
    parts, compared = [], []
    for name, edit, source, control in edited_from(models, edits):
        if not control and shares.get(source, 0.0) > 0:
            change = relative(groups, source, name)
            parts.append(Part(f"{words[name]} below {words[source]}", change, -ALIKE, np.inf, "percent"))
            compared.append(edit)
    found = conclude(
        "zhu-D5-a",
        "how much lower human text's perplexity is after training on an edited mixture than on the mixture "
        f"(percent; above −{ALIKE:g})",
        parts,
        needs="It takes models trained on a partly machine-written text, edited and not.",
    )
    return where_sure(found, compared, least)
