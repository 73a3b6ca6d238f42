"""Sample candidates: n answers of a model to each prompt of a file, from an OpenAI-compatible server or in process.

    uncollapse sample prompts.jsonl --model NAME --endpoint http://localhost:8000/v1 --n 8 --output candidates.parquet
    uncollapse sample prompts.parquet --model gpt-x --endpoint https://api.example.com/v1 --key-variable API_KEY --n 4
    uncollapse sample prompts.csv --model FOLDER_OR_ID --n 8 --max-tokens 256     in this process
    uncollapse sample prompts.jsonl --from answers.jsonl                          candidates that exist already

Prompts are a Parquet, JSON-lines or CSV file (also .gz and .zst) with a column prompt (text) or messages (lists of role
and content); all other columns, such as answer, are carried along. Each answer is on disk as soon as it is there, in
<output>.answers.sqlite: a killed command goes on where it was, nothing is asked twice, and a larger --n asks for the
further samples alone. Answers that were refused, cut off or empty are candidates with their reason (columns status and
reason). What is no answer of the model, such as a malformed reply, goes to <output>.without_answer of its kind, so that
nobody takes it for an error of the model. --ask-again asks for either anew.

--from takes a file with a candidate in each row (columns text and prompt_id, and status, reason, finish_reason, model,
prompt_tokens, completion_tokens and log_prob where there are any) and writes the same table of it; nothing is asked,
and its other columns are not carried along. Candidates with verdicts need this no more: give them to proxy or select.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncollapse.errors import ConfigError
from uncollapse.generators.answer import AGAIN
from uncollapse.jobs.command_ending import told_in_words
from uncollapse.jobs.command_line import Parser, add_quiet, finite, positive, quietly, whole
from uncollapse.statistics.counted import counted

if TYPE_CHECKING:
    from uncollapse.generators.candidate_file import Summary
    from uncollapse.generators.places import Places
    from uncollapse.prompts.prompt_file import PromptFile


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Parser(prog="uncollapse sample", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prompts", type=Path, help="Parquet, JSON lines, CSV or TSV, one prompt a row")
    parser.add_argument("--model", help="as the server calls it; in process a file, a folder or a hub id")
    parser.add_argument("--n", type=whole(1), default=1, help="candidates of each prompt (default: 1)")
    parser.add_argument(
        "--output", type=Path, help="Parquet, JSON lines or CSV (default: <prompts>.candidates.parquet)"
    )
    parser.add_argument("--answers", type=Path, help="where answers are kept (default: <output>.answers.sqlite)")
    parser.add_argument("--ask-again", nargs="+", choices=AGAIN, default=[], metavar="STATUS",
                        help=f"ask anew for answers that were {', '.join(AGAIN)}")  # fmt: skip
    columns = parser.add_argument_group("columns of the prompts")
    columns.add_argument("--prompt", help="texts, or lists of messages (default: prompt or messages)")
    columns.add_argument("--id", help="tells prompts apart (default: id or prompt_id, else the number of the row)")
    columns.add_argument("--system", metavar="TEXT", help="instructions before every prompt")
    columns.add_argument("--system-column", help="instructions of each row (default: system, where there is one)")
    columns.add_argument("--leave-out", nargs="+", default=[], metavar="COLUMN", help="not carried along")
    drawn = parser.add_argument_group("how answers are drawn")
    drawn.add_argument("--kind", choices=["chat", "completions"], default="chat",
                       help="chat messages, or a text to go on with (default: chat)")  # fmt: skip
    drawn.add_argument("--max-tokens", type=whole(1), default=1024, help="of an answer (default: 1024)")
    drawn.add_argument("--temperature", type=finite, default=1.0, help="default: 1")
    drawn.add_argument("--top-p", type=finite, help="of nucleus sampling (default: all tokens)")
    drawn.add_argument("--seed", type=whole(0), help="sample i is drawn with seed + i, where the generator obeys")
    server = parser.add_argument_group("a server")
    server.add_argument("--endpoint", metavar="URL", help="of its API, such as http://localhost:8000/v1")
    server.add_argument("--key-variable", metavar="NAME", help="environment variable that holds the key, not the key")
    server.add_argument("--served-as", metavar="NAME", help="what replies call the model, where that is quite another")
    server.add_argument("--unlisted", action="store_true", help="ask for a model that the server does not list")
    server.add_argument("--parameter", action="append", default=[], metavar="NAME=JSON", type=_parameter,
                        help="of every request, such as top_k=50 or stop='[\"END\"]'; may be given often")  # fmt: skip
    server.add_argument("--logprobs", action="store_true", help="ask for log-probabilities of the answers' tokens")
    server.add_argument("--concurrency", type=whole(1), default=16, help="requests at a time (default: 16)")
    server.add_argument("--requests-per-minute", type=positive, metavar="R", help="at most")
    server.add_argument("--tokens-per-minute", type=positive, metavar="T", help="at most, of prompts and answers")
    server.add_argument("--timeout", type=positive, default=600.0, help="seconds for one reply (default: 600)")
    server.add_argument("--tries", type=whole(1), default=10, help="of one request at most (default: 10)")
    there = parser.add_argument_group("candidates that exist already")
    there.add_argument("--from", dest="given", type=Path, metavar="FILE",
                       help="Parquet, JSON lines, CSV or TSV, one candidate a row")  # fmt: skip
    there.add_argument("--text", default="text", metavar="COLUMN", help="of the candidates (default: text)")
    there.add_argument("--prompt-id", default="prompt_id", metavar="COLUMN",
                       help="with the ids of their prompts (default: prompt_id)")  # fmt: skip
    own = parser.add_argument_group("in this process, without --endpoint")
    own.add_argument("--engine", choices=["auto", "transformers", "vllm"], default="auto",
                     help="auto is vLLM where it and a GPU are there (default: auto)")  # fmt: skip
    own.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    own.add_argument("--dtype", choices=["auto", "float32", "bfloat16"], default="auto")
    own.add_argument("--top-k", type=whole(1), help="draw among the k most probable tokens (default: all)")
    own.add_argument("--threads", type=whole(1), default=1, help="on a CPU (default: 1)")
    add_quiet(parser)
    options = parser.parse_args(given)
    if options.temperature < 0:
        parser.error(f"argument --temperature: {options.temperature:g} is below 0")
    if options.top_p is not None and not 0 < options.top_p <= 1:
        parser.error(f"argument --top-p: {options.top_p:g} is not above 0 and at most 1")
    if options.given is not None:
        for option, meant in (
            ("--model", options.model), ("--endpoint", options.endpoint), ("--ask-again", options.ask_again),
            ("--answers", options.answers), ("--n", options.n != 1),
        ):  # fmt: skip
            if meant:
                parser.error(f"{option} is about a model that is asked: leave it out, or --from")
    elif options.model is None:
        parser.error("give --model, or --from FILE with candidates that exist already")
    if options.endpoint is None:
        for option, meant in (
            ("--key-variable", options.key_variable), ("--parameter", options.parameter),
            ("--unlisted", options.unlisted), ("--logprobs", options.logprobs), ("--served-as", options.served_as),
        ):  # fmt: skip
            if meant:
                parser.error(f"{option} is about a server: give its address with --endpoint")
    elif options.top_k is not None:
        parser.error("--top-k is about a model in process: give --parameter top_k=K to a server that knows it")
    return options


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=JSON")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def sample(options: argparse.Namespace) -> int:
    """Ask for what is missing and write the table; 1 where some prompts are left without an answer."""
    from uncollapse.generators.answer import NO_ANSWER
    from uncollapse.generators.candidate_file import without_answer
    from uncollapse.generators.places import Places
    from uncollapse.prompts.prompt_file import PromptColumns, PromptFile

    columns = PromptColumns(
        prompt=options.prompt, id=options.id, system=options.system_column, left_out=tuple(options.leave_out)
    )
    prompts = PromptFile(options.prompts, columns, options.system)
    places = Places.of(options.prompts, options.output, options.answers)
    if options.given is not None:
        summary = _of_file(options, prompts, places)
    else:
        summary = (_of_server if options.endpoint else _in_process)(options, prompts, places)
    statuses = summary.statuses
    missing = sum(statuses[status] for status in NO_ANSWER)
    told = ", ".join(f"{number:,} {status.replace('_', ' ')}" for status, number in statuses.most_common())
    print(f"{places.output}: {statuses.total() - missing:,} of {counted(statuses.total(), 'candidate')} ({told})")
    if missing:
        print(f"{without_answer(places.output)}: {missing:,} without an answer of the model, with the reason")
    if summary.is_greedy and options.given is None:
        print(
            f"note: all candidates of each of {counted(summary.several, 'prompt')} are the same text: the model does"
            " not draw; raise --temperature, or look at how the server is told to sample"
        )
    unanswered = 0 if options.given is not None else statuses["unanswered"]
    if unanswered:
        print(f"{counted(unanswered, 'is', 'are')} without an answer; the same command asks for them again")
    return 1 if unanswered else 0


def _of_file(options: argparse.Namespace, prompts: PromptFile, places: Places) -> Summary:
    """Candidates that exist already."""
    from uncollapse.candidate_tables.changed_rows import check_output
    from uncollapse.generators.from_file import sample_from_file

    check_output(places.output, option="--output")
    columns = {"text": options.text, "prompt_id": options.prompt_id}
    summary, without, left = sample_from_file(prompts, options.given, places.output, **columns)
    if left:
        print(f"columns of {options.given} that are not carried along: {', '.join(left)}", file=sys.stderr)
    if without:
        print(f"{counted(without, 'prompt has', 'prompts have')} no candidate in {options.given}", file=sys.stderr)
    return summary


def _of_server(options: argparse.Namespace, prompts: PromptFile, places: Places) -> Summary:
    """Candidates of a server."""
    from uncollapse.generators.endpoint import EndpointSettings
    from uncollapse.generators.from_endpoint import sample_from_endpoint
    from uncollapse.generators.question import Asking

    drawn = {"temperature": options.temperature} | ({} if options.top_p is None else {"top_p": options.top_p})
    given = dict(options.parameter)
    if "max_completion_tokens" not in given:  # the other name of the same, which some servers insist on
        drawn["max_tokens"] = options.max_tokens
    if options.logprobs:
        drawn["logprobs"] = True if options.kind == "chat" else 0
    asking = Asking(model=options.model, kind=options.kind, parameters=drawn | given, seed=options.seed)
    settings = EndpointSettings(
        base_url=options.endpoint,
        key_variable=options.key_variable,
        concurrency=options.concurrency,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
        timeout=options.timeout,
        tries=options.tries,
        served_as=options.served_as,
        unlisted=options.unlisted,
    )
    return sample_from_endpoint(prompts, asking, options.n, settings, places, again=options.ask_again)


def _in_process(options: argparse.Namespace, prompts: PromptFile, places: Places) -> Summary:
    """Candidates of a model in this process."""
    from pydantic import ValidationError

    from uncollapse.generators.in_process import load_model, sample_in_process, state_of
    from uncollapse.generators.question import Asking
    from uncollapse.language.settings import EngineSettings, SamplingSettings

    names = {"temperature": "temperature", "top_k": "top_k", "top_p": "top_p", "max_new_tokens": "max_tokens"}
    drawn = {name: getattr(options, option) for name, option in names.items()}
    try:
        sampling = SamplingSettings(candidates=options.n, **drawn)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}".lstrip(": ") for one in error.errors()]
        raise ConfigError("; ".join(problems).replace("Value error, ", "")) from None
    settings = EngineSettings(name=options.engine, device=options.device, dtype=options.dtype)
    asking = Asking(
        model=state_of(options.model),
        kind=options.kind,
        parameters=drawn | {"engine": options.engine, "dtype": options.dtype, "seed": options.seed or 0},
    )
    engine = load_model(options.model, settings, threads=options.threads)
    return sample_in_process(prompts, asking, sampling, engine, places, again=options.ask_again)


def main(given: list[str] | None = None) -> int:
    """Sample, or say in one line what is wrong."""
    options = arguments(given)
    stopped = "what came is kept: the same command goes on from there"
    with told_in_words([options.prompts], command="sample", stopped=stopped), quietly(options.quiet):
        return sample(options)
