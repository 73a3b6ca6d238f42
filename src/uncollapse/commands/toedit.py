"""Edit a corpus of your own with ToEdit: tokens that a language model is sure of are drawn again, all others stay.

    uncollapse toedit IN.parquet --model PATH_OR_ID                    the column text; writes IN.toedit.parquet
    uncollapse toedit answers.jsonl --model M --text answer --prompt question --rows edited.jsonl
    uncollapse toedit IN.csv --model M --exclude-original --protect digits urls --show 3
    uncollapse toedit IN.parquet --model M --generations 3 --frozen    edits the edited text again, and again

PATH_OR_ID is a language-model file (.safetensors), a folder in the format of transformers, a package or GGUF file, or a
hub id, with @revision where wanted. Rows without a text (null) are not edited, and counted. A killed run goes
on where it was. Defaults are those of Zhu et al. 2024: p >= 0.99, top-k of 8, and temperature 1.5 as in the authors'
code. Train on the column new_ids, not on text; --rows, or an --output of JSON lines or CSV, holds the corpus's own rows
with the edited text, for whatever reads texts alone.
"""

from __future__ import annotations

import argparse
import functools
from pathlib import Path

from uncollapse.corpora.formats import kind_of
from uncollapse.editing.corpus import Corpus
from uncollapse.editing.options import outputs_of, runs_of, settings_of, slow_part, state_of, tokens_of
from uncollapse.editing.settings import EditSettings
from uncollapse.errors import ConfigError, DataError, is_out_of_memory
from uncollapse.jobs.command_ending import told_in_words
from uncollapse.jobs.command_line import Parser, add_quiet, quietly, whole
from uncollapse.statistics.counted import counted


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Parser(prog="uncollapse toedit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="Parquet, JSON lines or CSV, one document a row")
    parser.add_argument("--model", required=True, help="file, folder or hub id of a causal language model")
    parser.add_argument(
        "--output",
        type=Path,
        help="default: IN.toedit.parquet (of IN.csv IN.csv.toedit.parquet), of a shard IN.toedit.2of4.parquet; JSON"
        " lines or CSV is --rows, with the tokens in a .toedit.parquet beside it",
    )
    parser.add_argument(
        "--rows",
        type=Path,
        help="also write the corpus's own rows with the edited text: Parquet, JSON lines, CSV, also .gz and .zst",
    )
    columns = parser.add_argument_group("columns")
    columns.add_argument("--text", "--text-column", dest="text_column", default="text",
                         help="what is edited (default: text)")  # fmt: skip
    columns.add_argument("--id", "--id-column", dest="id_column",
                         help="whole numbers or texts that key the draws (default: the row number)")  # fmt: skip
    columns.add_argument("--prompt", "--prompt-column", dest="prompt_column",
                         help="read before the text and never edited, such as an instruction")  # fmt: skip
    what = parser.add_argument_group("what is edited")
    parser.set_defaults(**EditSettings().model_dump())
    what.add_argument("--threshold", type=float, help="of p (default: %(default)s)")
    what.add_argument("--at-most", dest="direction", action="store_const", const="<=",
                      help="edit tokens at most, not at least, that probable")  # fmt: skip
    what.add_argument("--protect", nargs="+", metavar="KIND", help="of digits, code, urls: never edited")
    what.add_argument("--random-positions", dest="positions", action="store_const", const="random",
                      help="control: as many tokens, but any")  # fmt: skip
    what.add_argument("--frozen", action="store_true", help="later generations edit only what the first did")
    how = parser.add_argument_group("what takes its place")
    how.add_argument("--sampling", help="top_k, top_p or full (default: %(default)s)")
    how.add_argument("--top-k", type=int, help="default: %(default)s")
    how.add_argument("--top-p", type=float, help="default: %(default)s")
    how.add_argument("--temperature", type=float, help="default: %(default)s")
    how.add_argument("--exclude-original", action="store_true", help="never draw the token that stood there")
    how.add_argument("--delete", dest="action", action="store_const", const="delete",
                     help="control: delete tokens, draw none")  # fmt: skip
    how.add_argument("--seed", type=int, help="of the draws (default: %(default)s)")
    run = parser.add_argument_group("the run")
    run.add_argument("--generations", type=whole(1), default=1,
                     help="edit what was edited, so often in all (default: 1)")  # fmt: skip
    run.add_argument("--rescore", action="store_true", help="also print the distribution of p after editing")
    run.add_argument("--shard", default="1/1", metavar="I/N", help="edit every N-th part of 256 documents, from part I")
    run.add_argument("--engine", choices=["transformers", "vllm"], default="transformers")
    run.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    run.add_argument("--dtype", choices=["auto", "float32", "bfloat16"], default="auto", help="auto: float32 on a CPU")
    run.add_argument("--threads", type=whole(1), default=1, help="on a CPU (default: 1)")
    run.add_argument("--context", type=whole(1), help="tokens the model reads at once (default: what it allows)")
    run.add_argument("--overlap", type=float, help="of windows (default: %(default)s)")
    run.add_argument("--batch-tokens", type=whole(1), help="of a batch (default: 2,048 on a CPU, 65,536 on a GPU)")
    run.add_argument("--beginning", metavar="TOKEN", help="beginning-of-text token, if not the tokenizer's own")
    run.add_argument("--show", type=whole(0), default=0, metavar="N", help="print N edited documents, marked")
    add_quiet(run)
    options = parser.parse_args(given)
    if options.rows is None and options.output is not None and kind_of(options.output) in ("json", "csv", "tsv"):
        options.rows = options.output
        options.output = tokens_of(options.output)
    return options


def toedit(options: argparse.Namespace) -> None:
    """Edit, then print both counts and the distribution of p."""
    settings = settings_of(vars(options))
    paths = outputs_of(options.corpus, options.output, shard=options.shard, generations=options.generations)
    if options.frozen and settings.action == "delete":
        raise ConfigError("--frozen and --delete exclude each other: deletion moves the tokens that it leaves")
    if options.rows is not None:
        from uncollapse.candidate_tables.changed_rows import check_output

        check_output(options.rows, option="--rows", source=options.corpus)
        if options.shard != "1/1":
            raise ConfigError("--rows and --shard exclude each other: a shard holds some of the rows")

    from uncollapse.compute.device import prepare
    from uncollapse.compute.settings import ComputeSettings
    from uncollapse.editing.generations import edit_generations, rescored
    from uncollapse.editing.load import load_prior
    from uncollapse.editing.report import report, shown
    from uncollapse.planning.fingerprint import code_of

    compute = ComputeSettings(device=options.device, dtype=options.dtype, matmul_precision="highest")
    device, dtype = prepare(compute, threads=options.threads)
    loaded = {name: getattr(options, name) for name in ("engine", "context", "batch_tokens", "beginning")}
    # a shard's parts are those of all machines that edit the others
    small = slow_part(Path(options.model)) if device.type == "cpu" and options.shard == "1/1" else None
    corpus = Corpus(options.corpus, options.text_column, options.id_column, options.prompt_column, small)
    identity = {  # all that decides what is written: code, options, and the state of the files that are read
        "code": code_of(Path(__file__)),
        "settings": settings.model_dump(mode="json"),
        "files": state_of(options.corpus, Path(options.model)),
        "device": device.type,
        "dtype": str(dtype),
        "part_characters": small,
        **{name: getattr(options, name) for name in ("text_column", "id_column", "prompt_column", "model", "frozen")},
        **loaded,
    }
    runs = runs_of(paths, identity, shard=options.shard)
    load = functools.partial(load_prior, options.model, device=device, dtype=dtype, **loaded)
    always = options.rescore or options.show > 0
    prior = edit_generations(corpus, runs, settings, load=load, frozen=options.frozen, always=always)
    after = rescored(paths[-1], prior, settings) if options.rescore else None
    print(*report(paths, settings, after=after), sep="\n")
    if options.rows is not None:
        from uncollapse.editing.rewritten import write_rewritten

        print(
            f"{options.rows}: {counted(write_rewritten(corpus, paths[-1], options.rows), 'row')}, with the edited text"
        )
    for line in shown(paths[-1], prior.tokenizer, options.show) if options.show else ():
        print(line)
    for run in runs:
        run.clear()


def main(given: list[str] | None = None) -> None:
    """Edit, or say in one line what is wrong."""
    options = arguments(given)
    written = [options.output or options.corpus]
    with told_in_words(written, command="toedit", stopped="the same command goes on from here"):
        try:
            with quietly(options.quiet):
                toedit(options)
        except OSError as error:
            if error.filename is None or Path(error.filename) not in (options.corpus, Path(options.model)):
                raise
            raise DataError(f"{error.filename}: {error.strerror}; make it readable") from None
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            raise ConfigError("out of memory; lower --batch-tokens, or use a smaller model") from None
