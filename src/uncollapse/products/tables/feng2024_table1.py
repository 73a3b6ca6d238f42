"""Table 1 of Feng et al. 2024 (v1): what the generator's beam contains, and what the generator itself picks from it."""

import pandas as pd

from uncollapse.analysis.table import ACCURACY, Layout, Table

SELECTIONS = {"verify_all": "any candidate of the beam is", "verify_best": "the generator's own first choice is"}


TABLE = Table(
    title="What the beam holds, and what the generator picks from it",
    source="Feng et al. 2024 v1, Table 1",
    caption=(
        "Share of test matrices whose eigenvalues the generator gets right, by beam width and tolerance (relative L1 "
        "error). Upper half: right if any candidate of the beam is (an oracle looks at all of them). Lower half: right "
        "if the candidate to which the generator gives the highest probability is. A beam of 1 is greedy decoding, "
        "where both are the same. Ours: mean over generator seeds, with its 95% interval, and the best seed."
    ),
    keys=("beam_size", "selection", "tolerance_percent"),
    **ACCURACY,
    layout=Layout(
        row_heads=("counted as right if", "beam width"),
        row_label=lambda row: (SELECTIONS.get(row["selection"], str(row["selection"])), f"{int(row['beam_size'])}"),
        column_label=lambda row: f"within {row['tolerance_percent']:g}%",
        column_order=lambda row: -row["tolerance_percent"],
    ),
)


def rows(*, generator_evaluations: pd.DataFrame) -> pd.DataFrame:
    """The generators' accuracy in percent: beam_size, selection, tolerance_percent, seed, value.

    Greedy decoding stands under both selections, as in the paper, whether it was evaluated under one or both.
    Rows come by selection, widest beam and widest tolerance first.
    """
    generators = generator_evaluations[generator_evaluations["role"] == "generator"]
    frame = pd.DataFrame(
        {
            "beam_size": generators["beams"],
            "selection": generators["selection"],
            "tolerance_percent": (100 * generators["tolerance"]).round(9),
            "seed": generators["seed"],
            "value": 100 * generators["accuracy"],
        }
    )
    greedy = frame[frame["beam_size"] == 1]
    twins = pd.concat([greedy.assign(selection=selection) for selection in SELECTIONS])
    known = pd.MultiIndex.from_frame(frame[["beam_size", "selection", "tolerance_percent", "seed"]])
    twins = twins.drop_duplicates(["selection", "tolerance_percent", "seed"])
    missing = ~pd.MultiIndex.from_frame(twins[["beam_size", "selection", "tolerance_percent", "seed"]]).isin(known)
    return (
        pd.concat([frame, twins[missing]])
        .sort_values(["selection", "beam_size", "tolerance_percent", "seed"], ascending=[True, False, False, True])
        .reset_index(drop=True)
    )
