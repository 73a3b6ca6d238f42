"""The command ``uncollapse``: finds the subcommand that is asked for, and hands it the arguments behind its name."""

import argparse
import ast
import sys
from importlib import import_module
from pathlib import Path

import uncollapse
from uncollapse.jobs.command_ending import USAGE, plain_ending
from uncollapse.settings.finding import available

PACKAGE = "commands"
STATUS = """exit status:
  0         done, or GO, or up to date
  1, 2, 3   another answer: NO-GO, UNDECIDED and GO-BUT of proxy and audit read;
            1: changed since (why), damage was found (store verify), prompts are left without an answer (sample);
            2: it cannot be told, such as of another file or config (why, store)
  64, 65    options, or data, that do not fit; the last lines say what is wrong and how to mend it
  70        a fault of this program, with a traceback
  130, 141  interrupted, or whoever read the output has gone"""


def subcommands() -> dict[str, str]:
    """Each subcommand's name, and the first line of its module's docstring; no module is imported for it."""
    folder = Path(__file__).parent
    found = {}
    for name in available(PACKAGE, offers="main"):
        told = ast.get_docstring(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))) or ""
        found[name.replace("_", "-")] = told.partition("\n")[0]
    return found


def run(given: list[str] | None = None) -> int | None:
    """Run a subcommand and return its exit status; without one, say which there are."""
    found = subcommands()
    width = max(map(len, found))
    parser = argparse.ArgumentParser(
        prog="uncollapse",
        description=uncollapse.__doc__,
        epilog="\n".join(
            ["subcommands:", *(f"  {name:{width}}  {told}" for name, told in found.items()), "",
             "uncollapse SUBCOMMAND --help says more.", "", STATUS]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"uncollapse {uncollapse.__version__}")
    parser.add_argument("subcommand", choices=found, metavar="SUBCOMMAND")
    given = sys.argv[1:] if given is None else given
    if not given:
        parser.print_help()
        return USAGE
    with plain_ending():
        asked = parser.parse_args(given[:1]).subcommand
        return import_module(f"uncollapse.{PACKAGE}.{asked.replace('-', '_')}").main(given[1:])
