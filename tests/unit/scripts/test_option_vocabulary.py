"""One vocabulary of options: what a flag is called in one command it is called in all, and where it is missing, why."""

import argparse
import re
from importlib import import_module
from pathlib import Path

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


ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# a command that a text names, which the options behind it are of
NAMED = re.compile(r"\buncollapse ([a-z]+)(?: ([\w.]+))?|\b(audit) (draw|read)\b")


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


def options_of(monkeypatch, command):
    """Every option of a command, or of any part of it where it is named without one."""
    actions = list(parser_of(monkeypatch, command)._actions)
    for parts in [action for action in actions if isinstance(action, argparse._SubParsersAction)]:
        actions += [action for part in parts.choices.values() for action in part._actions]
    return {text for action in actions for text in action.option_strings}


def command_of(found):
    """The command of MISSING, or the part of ``store``, that a match of NAMED is."""
    name, part = (word or "" for word in (found[1] or found[3], found[2] or found[4]))
    if name == "export" and part.endswith(".safetensors"):
        part = "a.safetensors"
    return (name, part) if (name, part) in MISSING or (name == "store" and part) else (name,)


def named(text, own=()):
    """Every option that a text names, with the command that it is of: the last one named before it, or ``own``."""
    for line in text.splitlines():
        commands = [(found.start(), command_of(found)) for found in NAMED.finditer(line)]
        for option in OPTION.finditer(line):
            before = [command for start, command in commands if start < option.start()]
            yield before[-1] if before else own, option[0]


@pytest.mark.parametrize("command", MISSING, ids=" ".join)
def test_a_help_names_options_that_there_are(monkeypatch, command):
    parser = parser_of(monkeypatch, command)
    helps = [f"{action.help}" for action in parser._actions]
    known = {command: options_of(monkeypatch, command)}
    for owner, option in (found for text in (parser.description or "", *helps) for found in named(text, command)):
        known.setdefault(owner, options_of(monkeypatch, owner))
        assert option in known[owner], f"{' '.join(command)} names {option} of {' '.join(owner)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_gives_a_command_options_that_it_has(monkeypatch, page):
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^ {4}(?:\$ )?(uncollapse .*)$", text.replace("\\\n", " "), re.MULTILINE)
    known = {}
    for code in (*blocks, *re.findall(r"`(uncollapse [^`]+)`", text)):
        for owner, option in named(code.replace("\n", " ")):
            if not owner:
                continue  # of uncollapse itself
            known.setdefault(owner, options_of(monkeypatch, owner))
            assert option in known[owner] or option == "--help", f"{' '.join(owner)} has no {option}: {code}"


def test_columns_of_candidates_are_named_in_the_commands_that_the_page_says(monkeypatch):
    """The options in docs/own_data.md's table are those of the commands above it, and audit read has none of them."""
    text = (ROOT / "docs/own_data.md").read_text(encoding="utf-8")
    before, _, table = text.partition("| column | default name | option |")
    commands = [tuple(found.split()) for found in re.findall(r"`uncollapse ([a-z ]+)`", before[-400:])]
    assert commands == [("audit", "draw"), ("select",), ("export",), ("audit", "read")]
    *having, lacking = (options_of(monkeypatch, command) for command in commands)
    options = set(OPTION.findall(table.partition("\n\n")[0]))
    assert options
    assert all(options <= has for has in having)
    assert not options & lacking
