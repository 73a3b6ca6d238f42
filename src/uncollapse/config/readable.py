"""Config files that cannot be read, in a sentence that names the file and the fix.

It imports nothing of the library: profiles/default/config.yaml runs this file by its path, before Snakemake reads what
``--configfile`` names, since its own words for such a file are a traceback, or leave out which file it is.
"""

import difflib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LIKE = "write keys as in config.yaml"
# what Snakemake's options for config files may be shortened to
_OPTION = "--configf"


def unreadable(path: str | Path) -> str | None:
    """Words on what is wrong with a config file; None for one that has keys.

    >>> unreadable("no/such/file.yaml")
    'no/such/file.yaml: there is no such file; give the path of a config file'
    """
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return f"{path}: there is no such file; {_instead(Path(path))}"
    except IsADirectoryError:
        return f"{path}: is a folder; give the path of a config file"
    except OSError as error:
        return f"{path}: {error.strerror}; make it readable, or give the path of another config file"
    except UnicodeDecodeError as error:
        return f"{path}: byte {error.start + 1} is no text in UTF-8; save it as UTF-8"
    try:
        content = _content(text)
    except yaml.YAMLError as error:
        return f"{path}: no valid YAML{_place(error)}; mend that line"
    if content is None:
        return f"{path}: holds no keys; {_LIKE}, or leave the file out"
    if not isinstance(content, dict):
        return f"{path}: holds a {'list' if isinstance(content, list) else 'value'} and no keys; {_LIKE}"
    return None


def of_command_line(arguments: Sequence[str]) -> list[str]:
    """Files that ``--configfile`` or ``--configfiles`` name, up to the next option.

    >>> of_command_line(["all", "--configfile", "a.yaml", "b.yaml", "-n", "c", "--configfiles=d.yaml"])
    ['a.yaml', 'b.yaml', 'd.yaml']
    """
    found: list[str] = []
    taking = False
    for argument in arguments:
        if argument.startswith("-"):
            option, equals, value = argument.partition("=")
            taking = option.startswith(_OPTION) and not equals
            found += [value] if option.startswith(_OPTION) and equals else []
        elif taking:
            found.append(argument)
    return found


def check_command_line(arguments: Sequence[str]) -> None:
    """End with a sentence where one of these arguments names a config file that cannot be read."""
    files = of_command_line(arguments)
    for position, path in enumerate(files):
        problem = unreadable(path)
        if problem and position:
            problem += " (targets go before --configfile, which takes all that follows it for files)"
        if problem:
            sys.exit(problem)


def _content(text: str) -> object:
    """Content as Snakemake reads it: JSON, or else YAML."""
    try:
        return json.loads(text)
    except ValueError:
        return yaml.load(text, Loader=_LOADER)


def _place(error: yaml.YAMLError) -> str:
    """Words on where it is, and what the parser says of it."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"{where}: {problem or str(error).splitlines()[0]}"


def _instead(path: Path) -> str:
    """The file that was meant, if one of that folder or of scales/ has almost its name."""
    for folder in (path.parent, Path("scales")):
        there = {file.stem: file for file in sorted(folder.glob("*.y*ml"))} if folder.is_dir() else {}
        near = difflib.get_close_matches(path.stem, there, n=1)
        if near:
            return f"did you mean {there[near[0]]}?"
    return "give the path of a config file"


if __name__ == "profile":
    check_command_line(sys.argv[1:])
