"""One vocabulary of options: what a flag is called in one command it is called in all, and where it is missing, why."""

import argparse
from importlib import import_module

import pytest

from uncollapse.commands import entry

VOCABULARY = ("--text", "--id", "--output", "--model", "--seed", "--threads", "--quiet")
COPIED = "files are copied"
NO_MODEL, NO_DRAW = "no language model reads or writes here", "nothing is drawn"
SHEET = "the record of the draw says which column it is"
CALCULATES = "a few numbers become a few others; no table is read"
OF_RESULTS = "is about results of the workflow, not about texts, and prints nothing but its answer"
MISSING = {
    ("audit", "draw"): {"--model": NO_MODEL},
    ("audit", "read"): {"--model": NO_MODEL, "--text": SHEET, "--id": SHEET},
    ("compare",): {"--id": "two sets of documents are compared; nothing is said of a single one"},
    ("dsir",): {"--model": "n-grams are counted; no model reads"},
    ("export",): {"--model": NO_MODEL, "--seed": NO_DRAW},
    ("export", "a.safetensors"): {"--text": NO_MODEL, "--id": NO_MODEL, "--seed": NO_DRAW, "--threads": COPIED},
    ("proxy",): {"--model": NO_MODEL, "--text": "labels and verdicts are read, no text"},
    ("proxy", "plan"): dict.fromkeys(VOCABULARY, CALCULATES),
    ("sample",): {},
    ("select",): {"--model": NO_MODEL},
    ("store",): dict.fromkeys(VOCABULARY, OF_RESULTS),
    ("toedit",): {},
    ("verify",): {"--model": "each verifier has its own, such as judge:model=NAME"},
    ("why",): dict.fromkeys(VOCABULARY, OF_RESULTS),
}  # fmt: skip


class Caught(Exception):
    """The parser that a command line went to."""


def parser_of(monkeypatch, command):
    """The parser of a subcommand, or of the part of it that the second word names."""

    def catch(self, *_):
        raise Caught(self)

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", catch)
    name, *rest = command
    with pytest.raises(Caught) as caught:
        import_module(f"uncollapse.commands.{name}").main(rest)
    (parser,) = caught.value.args
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and rest:
            return action.choices[rest[0]]
    return parser


@pytest.mark.parametrize("command", MISSING, ids=" ".join)
def test_what_does_not_fit_is_said_in_one_line(capsys, command):
    name, *rest = command
    with pytest.raises(SystemExit) as end:
        import_module(f"uncollapse.commands.{name}").main([*rest, "--no-such-option"])
    assert end.value.code in (2, 64)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 3, lines
    assert "error: " in lines[-1]


def test_every_command_is_looked_at():
    assert {command[0] for command in MISSING} == set(entry.subcommands())


@pytest.mark.parametrize("command", MISSING, ids=" ".join)
def test_flags_have_one_name_in_all_commands(monkeypatch, command):
    options = {text: action for action in parser_of(monkeypatch, command)._actions for text in action.option_strings}
    assert [flag for flag in VOCABULARY if flag not in options] == [
        flag for flag in VOCABULARY if flag in MISSING[command]
    ]
    for flag in set(VOCABULARY) & set(options):
        assert options[flag].help, flag
    for flag in {"--seed", "--threads"} & set(options):
        assert options[flag].type("3") == 3, flag
        if flag == "--threads":
            with pytest.raises(argparse.ArgumentTypeError):
                options[flag].type("0")
