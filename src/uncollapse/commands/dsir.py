"""Weigh or select documents that look like a target corpus, by DSIR (Xie et al. 2023).

    uncollapse dsir raw.parquet target.jsonl                      writes raw.dsir.parquet: every document's weight
    uncollapse dsir raw.parquet target.jsonl --select 10000       the documents that are drawn, with their weights

A corpus is a Parquet, JSON-lines, CSV or TSV file with a column of texts (--text). A weight is the log ratio of a
document's hashed words and word pairs under the target and under the raw corpus, in nats; documents are drawn without
replacement in proportion to its exponential. Both corpora are held in memory.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from uncollapse.errors import ConfigError, UncollapseError, explain_os_error
from uncollapse.jobs.command_line import add_quiet, quietly, whole


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="uncollapse dsir", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("raw", type=Path, help="the corpus to select from")
    parser.add_argument("target", type=Path, help="the corpus to look like")
    parser.add_argument("--output", type=Path, help="default: <raw>.dsir.parquet")
    parser.add_argument("--text", default="text", help="column of texts (default: text)")
    parser.add_argument("--select", type=whole(1), metavar="N", help="draw N documents (default: weigh all, draw none)")
    parser.add_argument("--shortest", type=whole(0), default=100,
                        help="words below which a document is never drawn (default: 100)")  # fmt: skip
    parser.add_argument("--seed", type=whole(0), default=0, help="of the draw (default: 0)")
    add_quiet(parser)
    return parser.parse_args(given)


def dsir(options: argparse.Namespace) -> str:
    """Weigh, draw and write; the line to print."""
    import numpy as np
    import pyarrow as pa

    from uncollapse.artifacts.columns import field
    from uncollapse.artifacts.parquet import write_table
    from uncollapse.corpora.cleaning import words
    from uncollapse.corpora.formats import packed_as
    from uncollapse.corpora.texts import read_texts
    from uncollapse.jobs.partial import whole as written_whole
    from uncollapse.passage_selection.in_memory import dsir_log_weights
    from uncollapse.passage_selection.without_replacement import sample_rows

    bare = options.raw.with_suffix("") if packed_as(options.raw) else options.raw
    output = options.output or bare.with_suffix(".dsir.parquet")
    if output.suffix != ".parquet":
        raise ConfigError(f"--output {output}: must end in .parquet")
    if output.exists() and options.raw.exists() and output.samefile(options.raw):
        raise ConfigError(f"--output {output}: is the raw corpus itself; name another file")
    raw, target = (read_texts(path, options.text) for path in (options.raw, options.target))
    weights = dsir_log_weights(raw.texts, target.texts)
    rows = np.arange(len(raw.texts))
    if options.select is not None:
        long_enough = np.asarray([words(text) >= options.shortest for text in raw.texts])
        rows = sample_rows(weights, size=options.select, seed=options.seed, stage="dsir", allowed=long_enough)
    schema = pa.schema(
        [
            field("document", pa.int64(), "number among the documents with text, from 0"),
            field("log_weight", pa.float64(), "importance, in nats"),
            field("text", pa.string(), "as it came"),
        ]
    )
    columns = {"document": rows, "log_weight": weights[rows], "text": [raw.texts[row] for row in rows]}
    left_out = {name: number for name, number in (("no text", raw.missing), ("blank", raw.blank)) if number}
    drawn = {"not drawn": len(raw.texts) - len(rows)} if len(rows) < len(raw.texts) else {}
    with written_whole(output) as partial:
        write_table(partial, columns, schema, rows_in=raw.read, kept=len(rows), dropped=left_out | drawn)
    return f"{output}: {len(rows):,} of {raw.told}"


def main(given: list[str] | None = None) -> None:
    """Weigh or select, or say in one line what is wrong."""
    options = arguments(given)
    try:
        with quietly(options.quiet):
            print(dsir(options))
    except UncollapseError as error:
        raise SystemExit(f"dsir: {error}") from None
    except OSError as error:
        raise SystemExit(f"dsir: {explain_os_error(error, [options.raw], place='--output')}") from None
