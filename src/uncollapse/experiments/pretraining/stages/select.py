"""Make one data set to pretrain on, of a fixed number of tokens."""

from collections.abc import Callable
from functools import partial

from uncollapse.artifacts.datasets import PAIRS, TRAINING_PAIRS, TRAINING_TEXTS
from uncollapse.artifacts.parquet import ParquetWriter, read_row_groups
from uncollapse.compute.bfloat16 import kind_of
from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.mixtures import budgets, choose, edited_rows, read_pool, rows_of


def run(stage: Stage) -> None:
    """Inputs tokens, for a selection passages, prior or encoder, and samples of a generator; or edits and the dataset
    (or pairs) that was edited, and the tokenizer where that was in other tokens; or pairs. Output dataset.

    Spec: shares, tokens, part, select, machine, and compute where a model selects; nothing for an edited data set and
    for pairs.
    """
    schema = TRAINING_PAIRS if "pairs" in stage.inputs else TRAINING_TEXTS
    with ParquetWriter(stage.output("dataset"), schema) as writer:
        if "tokens" not in stage.inputs:
            if "edits" in stage.inputs:
                before = stage.input("pairs" if "pairs" in stage.inputs else "dataset")
                groups = edited_rows(stage.input("edits"), before, schema, encode=_encode(stage))
            else:
                tables = read_row_groups(stage.input("pairs"), PAIRS)
                groups = ({name: table.column(name) for name in schema.names} for table in tables)
            for columns in groups:
                writer.write(columns)
                writer.count(rows_in=len(columns["ids"]), kept=len(columns["ids"]))
            return
        spec, paths = stage.spec, stage.inputs["tokens"] + stage.inputs.get("samples", [])
        pool = read_pool(paths)
        taken = choose(pool, budgets(spec["shares"], spec["tokens"]), part=spec["part"], allowed=_kept(stage, spec))
        written = 0
        for columns in rows_of(paths, taken):
            writer.write(columns)
            written += len(columns["ids"])
        writer.count(rows_in=len(taken), kept=written, dropped={"beyond the number of tokens": len(taken) - written})


def _encode(stage: Stage) -> Callable[[list[list[int]], list[str]], list[list[int]]] | None:
    """Function from the ids before and the texts after an edit to the ids after it; None where the edit has them."""
    if "tokenizer" not in stage.inputs:
        return None
    from uncollapse.pretraining.tokens import encoded_anew, read_tokenizer

    return partial(encoded_anew, read_tokenizer(stage.input("tokenizer")))


def _kept(stage: Stage, spec: dict) -> object:
    if spec["select"] is None:
        return None
    import tempfile
    from pathlib import Path

    from uncollapse.compute.device import prepare
    from uncollapse.compute.settings import ComputeSettings
    from uncollapse.editing.load import load_prior
    from uncollapse.passage_selection.kept import kept
    from uncollapse.passage_selection.settings import TextSelectionSettings

    device, _ = prepare(ComputeSettings(**spec.get("compute", {})), threads=stage.threads)
    if "compute" in spec:
        stage.computed_on = kind_of(device)
    with tempfile.TemporaryDirectory() as folder:
        return kept(
            TextSelectionSettings(**spec["select"]),
            tokens=stage.input("tokens"),
            passages=stage.input("passages") if "passages" in stage.inputs else None,
            prior=load_prior(str(stage.input("prior")), device=device) if "prior" in stage.inputs else None,
            encoder=stage.input("encoder") if "encoder" in stage.inputs else None,
            device=device,
            machine=spec["machine"],
            folder=Path(folder),
        )
