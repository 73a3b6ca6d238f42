"""Edit a corpus of your own with ToEdit: tokens that a language model is sure of are drawn again, all others stay.

    python scripts/toedit.py IN.parquet --model PATH_OR_ID                    the column text; writes IN.toedit.parquet
    python scripts/toedit.py answers.jsonl --model M --text-column answer --prompt-column question
    python scripts/toedit.py IN.csv --model M --exclude-original --protect digits urls --show 3
    python scripts/toedit.py IN.parquet --model M --generations 3 --frozen    edits the edited text again, and again

PATH_OR_ID is a language-model file (.safetensors), a folder in the format of transformers, or a hub id, with @revision
where wanted. A killed run goes on where it was. Defaults are those of Zhu et al. 2024: p >= 0.99, top-k of 8, and
temperature 1.5 as in the authors' code. Train on the column new_ids, not on text.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from uncollapse.editing.corpus import Corpus
from uncollapse.editing.settings import EditSettings
from uncollapse.errors import ConfigError, UncollapseError, explain_os_error, is_out_of_memory
from uncollapse.jobs.command_line import whole


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="Parquet, JSON lines or CSV, one document a row")
    parser.add_argument("--model", required=True, help="file, folder or hub id of a causal language model")
    parser.add_argument(
        "--out", type=Path, help="default: <corpus>.toedit.parquet, of a shard <corpus>.toedit.2of4.parquet"
    )
    columns = parser.add_argument_group("columns")
    columns.add_argument("--text-column", default="text", help="what is edited (default: text)")
    columns.add_argument("--id-column", help="whole numbers that key the draws (default: the row number)")
    columns.add_argument("--prompt-column", help="read before the text and never edited, such as an instruction")
    what = parser.add_argument_group("what is edited")
    default = EditSettings()
    what.add_argument("--threshold", type=float, default=default.threshold, help="of p (default: %(default)s)")
    what.add_argument("--at-most", action="store_true", help="edit tokens at most, not at least, that probable")
    what.add_argument("--protect", nargs="+", default=[], metavar="KIND", help="of digits, code, urls: never edited")
    what.add_argument("--random-positions", action="store_true", help="control: as many tokens, but any")
    what.add_argument("--frozen", action="store_true", help="later generations edit only what the first did")
    how = parser.add_argument_group("what takes its place")
    how.add_argument("--sampling", default=default.sampling, help="top_k, top_p or full (default: %(default)s)")
    how.add_argument("--top-k", type=int, default=default.top_k, help="default: %(default)s")
    how.add_argument("--top-p", type=float, default=default.top_p, help="default: %(default)s")
    how.add_argument("--temperature", type=float, default=default.temperature, help="default: %(default)s")
    how.add_argument("--exclude-original", action="store_true", help="never draw the token that stood there")
    how.add_argument("--delete", action="store_true", help="control: delete tokens, draw none")
    how.add_argument("--seed", type=int, default=default.seed, help="of the draws (default: %(default)s)")
    run = parser.add_argument_group("the run")
    run.add_argument(
        "--generations", type=whole(1), default=1, help="edit what was edited, so often in all (default: 1)"
    )
    run.add_argument("--rescore", action="store_true", help="also print the distribution of p after editing")
    run.add_argument("--shard", default="1/1", metavar="I/N", help="edit every N-th part of 256 documents, from part I")
    run.add_argument("--engine", choices=["transformers", "vllm"], default="transformers")
    run.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    run.add_argument("--dtype", choices=["auto", "float32", "bfloat16"], default="auto", help="auto: float32 on a CPU")
    run.add_argument("--threads", type=whole(1), default=1, help="on a CPU (default: 1)")
    run.add_argument("--context", type=whole(1), help="tokens the model reads at once (default: what it allows)")
    run.add_argument("--overlap", type=float, default=default.overlap, help="of windows (default: %(default)s)")
    run.add_argument("--batch-tokens", type=whole(1), help="of a batch (default: 2,048 on a CPU, 65,536 on a GPU)")
    run.add_argument("--beginning", metavar="TOKEN", help="beginning-of-text token, if not the tokenizer's own")
    run.add_argument("--show", type=whole(0), default=0, metavar="N", help="print N edited documents, marked")
    return parser.parse_args(given)


def settings_of(options: argparse.Namespace) -> EditSettings:
    """The options that decide what is drawn, checked."""
    try:
        return EditSettings(
            threshold=options.threshold,
            direction="<=" if options.at_most else ">=",
            sampling=options.sampling,
            top_k=options.top_k,
            top_p=options.top_p,
            temperature=options.temperature,
            exclude_original=options.exclude_original,
            protect=tuple(options.protect),
            positions="random" if options.random_positions else "threshold",
            action="delete" if options.delete else "resample",
            overlap=options.overlap,
            seed=options.seed,
        )
    except ValidationError as error:
        problems = (
            "".join(f"--{name.replace('_', '-')}: " for name in map(str, e["loc"][:1]))
            + e["msg"].removeprefix("Value error, ")
            for e in error.errors()
        )
        raise ConfigError("; ".join(problems)) from None


def shard_of(text: str) -> tuple[int, int]:
    """Number from 0, and how many there are."""
    first, _, last = text.partition("/")
    if not (first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last)):
        raise ConfigError(f"--shard {text}: must be I/N with 1 <= I <= N, such as 2/4")
    return int(first) - 1, int(last)


def outputs_of(options: argparse.Namespace) -> list[Path]:
    """One file per generation."""
    which = "" if options.shard == "1/1" else f".{options.shard.replace('/', 'of')}"
    last = options.out or options.corpus.with_suffix(f".toedit{which}.parquet")
    if last.suffix != ".parquet":
        raise ConfigError(f"--out {last}: must end in .parquet")
    if options.frozen and options.delete:
        raise ConfigError("--frozen and --delete exclude each other: deletion moves the tokens that it leaves")
    if options.generations == 1:
        return [last]
    return [last.with_suffix(f".gen{number}.parquet") for number in range(1, options.generations + 1)]


def identity_of(
    options: argparse.Namespace, settings: EditSettings, generation: int, *, device: str, dtype: str
) -> dict[str, Any]:
    """Everything that decides what is written: code, options, and the state of the files that are read."""
    from uncollapse.planning.fingerprint import code_of

    model = Path(options.model)
    files = [options.corpus, *(sorted(model.iterdir()) if model.is_dir() else [model] if model.exists() else [])]
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    names = ("text_column", "id_column", "prompt_column", "engine", "context", "batch_tokens")
    chosen = {name: getattr(options, name) for name in (*names, "model", "beginning", "frozen")}
    return {
        "code": code_of(Path(__file__)),
        "settings": settings.model_dump(mode="json"),
        "generation": generation,
        "files": stats,
        "device": device,
        "dtype": dtype,
        **chosen,
    }


def edit_all(options: argparse.Namespace, settings: EditSettings) -> tuple[list[Any], Any]:
    """Write every generation's file; the runs that did, and the model where one was needed."""
    from uncollapse.artifacts.parquet import row_count
    from uncollapse.compute.device import prepare
    from uncollapse.compute.settings import ComputeSettings
    from uncollapse.editing.documents import Documents, encode
    from uncollapse.editing.edit import edit
    from uncollapse.editing.edits import as_edits, read_generation
    from uncollapse.editing.load import load_prior
    from uncollapse.editing.protect import Pieces
    from uncollapse.editing.run import Run
    from uncollapse.jobs.progress import Progress

    corpus = Corpus(options.corpus, options.text_column, options.id_column, options.prompt_column)
    shard, shards = shard_of(options.shard)
    paths = outputs_of(options)
    device, dtype = prepare(
        ComputeSettings(device=options.device, dtype=options.dtype, matmul_precision="highest"), threads=options.threads
    )
    runs = []
    for number, path in enumerate(paths, start=1):
        identity = identity_of(options, settings, number, device=device.type, dtype=str(dtype))
        # a later generation reads what this shard wrote before, and edits all of it
        runs.append(
            Run(path, identity, shard, shards) if number == 1 else Run(path, identity | {"shard": options.shard})
        )
    waiting = [run for run in runs if not run.finished()]
    for run in waiting:
        run.check_free()  # before the model is loaded, and again below
    documents = corpus.check() if waiting else 0
    if waiting and not documents:
        raise ConfigError(f"{options.corpus}: has no rows")
    prior = None
    if waiting or options.rescore or options.show:
        prior = load_prior(
            options.model,
            engine=options.engine,
            device=device,
            dtype=dtype,
            context=options.context,
            batch_tokens=options.batch_tokens,
            beginning=options.beginning,
        )
        pieces = Pieces(prior.tokenizer)

    def from_text(part: Any) -> Any:
        tokens, prompts = encode(prior.tokenizer, part.texts), encode(prior.tokenizer, part.prompts)
        found = edit(Documents.of_lists(part.document_id, tokens, prompts), prior, settings, pieces=pieces)
        return as_edits(found, prior.tokenizer)

    def again(number: int) -> Any:
        def work(pair: Any) -> Any:
            first, before = pair
            frozen = first.eligible if options.frozen else None
            found = edit(before.documents, prior, settings, pieces=pieces, generation=number, frozen=frozen)
            return as_edits(found, prior.tokenizer)

        return work

    for number, run in enumerate(runs, start=1):
        if run not in waiting:
            continue
        progress = Progress(f"toedit {run.output.stem}", unit="documents")
        with run.alone():
            if run.finished():  # by a run that was at work on it until now
                continue
            run.check_free()
            if number == 1:
                run.edit(corpus.parts(), from_text, documents=-(-documents // shards), progress=progress)
            else:
                last = runs[number - 2].output
                pairs = zip(read_generation(runs[0].output), read_generation(last), strict=True)
                run.edit(pairs, again(number), documents=row_count(last), progress=progress)
    return runs, prior


def rescored(path: Path, prior: Any, *, threshold: float, overlap: float) -> Any:
    """How probable the model finds the tokens after editing."""
    from uncollapse.artifacts.parquet import row_count
    from uncollapse.editing.distribution import TokenProbabilities
    from uncollapse.editing.edit import score
    from uncollapse.editing.edits import read_generation
    from uncollapse.jobs.progress import Progress

    found = TokenProbabilities(threshold)
    progress = Progress(f"rescore {path.stem}", unit="documents")
    progress.start(total=row_count(path))
    done = 0
    for part in read_generation(path):
        found.add(score(part.documents, prior, overlap=overlap))
        done += len(part.documents)
        progress.update(done)
    progress.finish()
    return found


def report(outputs: list[Path], options: argparse.Namespace, after: Any) -> None:
    """Print counts of every generation, and how probable its tokens were."""
    from uncollapse.editing.summary import summarize

    found = [summarize(path, threshold=options.threshold) for path in outputs]
    for number, (path, summary) in enumerate(zip(outputs, found, strict=True), start=1):
        which = f"generation {number}: " if len(outputs) > 1 else ""
        print(f"{which}{summary.documents:,} documents, {summary.tokens:,} tokens -> {path}")
        print(f"  eligible  {summary.eligible:>12,}  {summary.eligible_share:8.3%}")
        did = "deleted " if options.delete else "changed "
        print(f"  {did}  {summary.changed:>12,}  {summary.changed_share:8.3%}")
    names = [f"gen {number}" for number in range(1, len(found) + 1)] if len(found) > 1 else ["before"]
    shown = [summary.before for summary in found]
    if after is not None:
        shown, names = [*shown, after], [*names, "after"]
    print("\nshare of tokens by p     " + "".join(f"{name:>9}" for name in names))
    for index in range(10):
        shares = "".join(f"{one.shares[index]:9.2%}" for one in shown)
        print(f"  {index / 10:.1f} - {(index + 1) / 10:.1f}              {shares}")
    print(f"  p >= {options.threshold:<18g}" + "".join(f"{one.above:9.2%}" for one in shown))
    print("  entropy of the bins    " + "".join(f"{one.entropy:9.4f}" for one in shown))
    print("  perplexity             " + "".join(f"{one.perplexity:9.2f}" for one in shown))


def show(path: Path, tokenizer: Any, number: int) -> None:
    """Print documents with what was there and what took its place."""
    from uncollapse.artifacts.parquet import read_row_groups
    from uncollapse.artifacts.edits import EDITS

    for table in read_row_groups(path, EDITS):
        for row in table.slice(0, number).to_pylist():
            print(f"\n{row['document_id']}: {marked(row, tokenizer)}")
        number -= len(table)
        if number <= 0:
            return


def marked(row: dict[str, Any], tokenizer: Any) -> str:
    """A document whose changed stretches stand as ``[old->new]``.

    Each stretch is what it adds to the text before it: where letters take several tokens, one alone is no text, and
    some tokenizers keep the space before a word in its token.
    """
    kept = len(row["new_ids"]) == len(row["ids"])
    decode = functools.partial(tokenizer.decode, clean_up_tokenization_spaces=False)

    def added(before: list[int], stretch: list[int]) -> str:
        return decode(before + stretch)[len(decode(before)) :]

    found, place = [], 0
    for changed, several in itertools.groupby(row["changed"]):
        stop = place + len(list(several))
        before = row["ids"][:place]
        old = added(before, row["ids"][place:stop])
        new = added(before, row["new_ids"][place:stop]) if kept else ""
        found.append(f"[{old}->{new}]" if changed else old)
        place = stop
    return "".join(found)


def main(given: list[str] | None = None) -> None:
    """Edit, then print both counts and the distribution of p."""
    options = arguments(given)
    try:
        settings = settings_of(options)
        runs, prior = edit_all(options, settings)
        last = runs[-1].output
        again = {"threshold": settings.threshold, "overlap": settings.overlap}
        after = rescored(last, prior, **again) if options.rescore else None
        report([run.output for run in runs], options, after)
        if options.show:
            show(last, prior.tokenizer, options.show)
        for run in runs:
            run.clear()
    except UncollapseError as error:
        raise SystemExit(f"toedit: {error}") from None
    except OSError as error:
        if error.filename is not None and Path(error.filename) in (options.corpus, Path(options.model)):
            raise SystemExit(f"toedit: {error.filename}: {error.strerror}; make it readable") from None
        raise SystemExit(f"toedit: {explain_os_error(error, [options.out or options.corpus], place='--out')}") from None
    except KeyboardInterrupt:
        raise SystemExit("toedit: stopped; the same command goes on from here") from None
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise SystemExit("toedit: out of memory; lower --batch-tokens, or use a smaller model") from None


if __name__ == "__main__":
    main(sys.argv[1:])
