"""Config files that cannot be read, or not in one way alone, in a sentence that names the file and the fix.

It imports nothing of the library: profiles/default/config.yaml runs this file by its path, before Snakemake reads what
``--configfile`` names, since its own words for such a file are a traceback, or leave out which file it is.
"""

import difflib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LIKE = "write keys as in config.yaml"
_MERGED, _TRUTH = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:bool"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_TRUE = ("yes", "true", "on")
# what Snakemake's options for config files may be shortened to
_OPTION = "--configf"


def unreadable(path: str | Path) -> str | None:
    """Words on what is wrong with a config file; None for one that has keys.

    >>> unreadable("no/such/file.yaml")
    'no/such/file.yaml: there is no such file; give the path of a config file'
    """
    return contents(path)[1]


def contents(path: str | Path) -> tuple[dict[Any, Any], str | None]:
    """The keys of a config file, and what is wrong with it in words; without keys then, else None."""
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return {}, f"{path}: there is no such file; {_instead(Path(path))}"
    except IsADirectoryError:
        return {}, f"{path}: is a folder; give the path of a config file"
    except OSError as error:
        return {}, f"{path}: {error.strerror}; make it readable, or give the path of another config file"
    except UnicodeDecodeError as error:
        return {}, f"{path}: byte {error.start + 1} is no text in UTF-8; save it as UTF-8"
    try:
        content, problem = _content(text)
    except yaml.YAMLError as error:
        return {}, f"{path}: no valid YAML{_place(error)}; mend that line"
    if problem:
        return {}, f"{path}: {problem}"
    if content is None:
        return {}, f"{path}: holds no keys; {_LIKE}, or leave the file out"
    if not isinstance(content, dict):
        return {}, f"{path}: holds a {'list' if isinstance(content, list) else 'value'} and no keys; {_LIKE}"
    return content, None


def parsed(text: str) -> tuple[Any, str | None]:
    """Content of a YAML text, and words on what in it would count otherwise than it is written; without content then.

    That is a key that a block has twice, where parsers take the last one; a number that YAML 1.1 reads as another one,
    to base 8 or 60; and what no parser can build: a date that is none, a block within itself.

    >>> parsed("a: {b: 1}\\nc:\\n  d: 1\\n  e: 2\\n  d: 3\\n")[1]
    "the key 'c.d' stands in line 3 and again in line 5, and only one of them would count; drop one"
    >>> parsed("a: 010")[1]
    "'010' in line 1 is read as 8; write 10 or 8, or put it in quotes if it is a text"

    Raises
    ------
    yaml.YAMLError
        For a text that is no YAML.
    """
    try:
        loader, root = _node(text)
        problem = _told(root)  # before what is merged in becomes keys among others
        return (None, problem) if problem or root is None else (loader.construct_document(root), None)
    except RecursionError:
        return None, "its blocks lie within each other too many times; write fewer"
    except ValueError as error:  # of Python's dates and whole numbers
        return None, f"a value cannot be read ({error}); correct it, or put it in quotes if it is a text"


def _told(root: Any) -> str | None:
    """Words on the first key that is there twice, block within itself, or number that is read as another one."""
    for path, first, second in _repeated(root, (), set()):
        where = "twice in" if first == second else f"in line {first + 1} and again in"
        return (
            f"the key {'.'.join(path)!r} stands {where} line {second + 1}, and only one of them would count; drop one"
        )
    return next(_misread(root, (), set()), None)


def _misread(node: Any, within: tuple[int, ...], done: set[int]) -> Iterator[str]:
    """Words on values that are a block around themselves, or other numbers than they look like."""
    if id(node) in within:
        yield f"the block in line {node.start_mark.line + 1} holds itself, by its anchor; write it out"
    if id(node) in done:
        return
    done.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        meant = None if node.style or node.tag not in _NUMBERS else _other_number(node.value)
        if meant is not None:
            decimal = f"{node.value.lstrip('+-0')} or " if ":" not in node.value else ""
            yield (
                f"{node.value!r} in line {node.start_mark.line + 1} is read as {meant}; write {decimal}{meant}, or put"
                " it in quotes if it is a text"
            )
    elif node is not None:
        values = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else node.value
        for value in values:
            yield from _misread(value, (*within, id(node)), done)


def _other_number(written: str) -> int | float | None:
    """The number that YAML 1.1 reads, where it is not the decimal one; 010 is to base 8, 1:30 to base 60."""
    digits = written.replace("_", "").lstrip("+-")
    if ":" not in digits and not (digits.isdigit() and digits.startswith("0") and int(digits, 8) != int(digits)):
        return None
    return yaml.safe_load(written)


def _repeated(node: Any, path: tuple[str, ...], done: set[int]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Keys that a block has twice, with the lines of both; what an anchor names is looked into once."""
    if id(node) in done:
        return
    done.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for number, each in enumerate(node.value):
            yield from _repeated(each, (*path, str(number)), done)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGED:
                meant, line = (key.tag, _meaning(key)), key.start_mark.line
                if meant in lines:
                    yield (*path, key.value), lines[meant], line
                lines[meant] = line
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            yield from _repeated(value, (*path, name), done)


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


def _meaning(key: Any) -> str:
    """A key as it is compared: of truth values what they say, of others their letters."""
    return str(key.value.lower() in _TRUE) if key.tag == _TRUTH else str(key.value)


def _content(text: str) -> tuple[Any, str | None]:
    """Content as Snakemake reads it, JSON or else YAML, and words on what would count otherwise than it is written."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return parsed(text)
    # YAML has JSON in it, but for tabs, and what is white space outside of texts may be blanks
    return content, parsed(text.replace("\t", " "))[1]


def _node(text: str) -> tuple[Any, Any]:
    """A loader and the root of a text's YAML; None where it holds nothing."""
    loader = _LOADER(text)
    return loader, loader.get_single_node()


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
