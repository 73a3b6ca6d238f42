"""Files and folders as a person names them, and words on a name at which there is nothing, or another thing than asked.

No text is made into another one: ``~``, variables and patterns are a shell's, and addresses are nobody's here. Where
nothing has such a name, the words say what would be read, or which files a pattern stands for.
"""

import glob
import os
import re
from collections.abc import Iterable, Sequence

_ADDRESS = re.compile(r"(?i)([a-z][a-z0-9+.-]+):/")  # of two letters or more: a drive has one; a Path keeps one stroke
_PATTERN = re.compile(r"[*?\[]")
_HERE = "paths are relative to the folder that snakemake runs in"
_LISTED = 3  # files that a pattern matches, in a message


def spelled(path: str) -> str | None:
    """Words on a name that stands for another one in a shell or a browser; None for a plain name.

    >>> spelled("https://example.org/a.csv")
    "is an address (https), and files of this machine are read: download it, and give the file's path"
    >>> spelled("file:///data/a.csv")
    'is an address (file): write the path alone, /data/a.csv'
    >>> spelled("data/a.csv")
    """
    if found := _ADDRESS.match(path):
        if found[1].lower() == "file":
            return f"is an address (file): write the path alone, /{path[found.end() :].lstrip('/')}"
        return f"is an address ({found[1]}), and files of this machine are read: download it, and give the file's path"
    for what, read in (("~", os.path.expanduser(path)), ("variables", os.path.expandvars(path))):
        if read != path:
            return f"{what} {'is' if what == '~' else 'are'} read by shells alone: write {read}"
    if path.startswith("~"):
        return "~ is read by shells alone: write the whole path"
    if _PATTERN.search(path) and (matched := sorted(glob.glob(path, recursive=True))):
        more = f" and {len(matched) - _LISTED} more" if len(matched) > _LISTED else ""
        return f"is read as one name and no pattern: list the files, {', '.join(matched[:_LISTED])}{more}"
    return None


def not_there(path: str) -> str:
    """Words on a name at which there is nothing.

    >>> not_there("data/none.csv")
    'there is no such file; paths are relative to the folder that snakemake runs in'
    """
    return spelled(path) or f"there is no such file; {_HERE}"


def no_file(path: str, *, instead: str = "name a file in it") -> str | None:
    """Words on a path that is no file which can be read; None for one.

    ``instead`` is what to do where it is a folder.
    """
    if (words := _unseen(path)) is not None:
        return words
    if os.path.isdir(path):
        return f"is a folder; {instead}"
    if not os.path.isfile(path):
        return "is no ordinary file, and it is read more than once; write its content to one"
    return None if os.access(path, os.R_OK) else "may not be read by you; make it readable (chmod u+r)"


def no_folder(path: str, *, instead: str = "name the folder that it lies in") -> str | None:
    """Words on a path that is no folder which can be read; None for one.

    ``instead`` is what to do where it is a file.
    """
    if (words := _unseen(path)) is not None:
        return words.replace("no such file", "no such folder")
    if not os.path.isdir(path):
        return f"is a file; {instead}"
    return None if os.access(path, os.R_OK | os.X_OK) else "may not be read by you; make it readable (chmod u+rx)"


def _unseen(path: str) -> str | None:
    """Words on a path at which nothing can be seen; None where there is something."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return not_there(path)
    except (OSError, ValueError) as error:  # the latter for a name with a zero byte
        return spelled(path) or f"cannot be looked at: {getattr(error, 'strerror', None) or error}"
    return None


def keys_of(path: str, named: Iterable[tuple[str, str]]) -> str:
    """Keys of config that name a path, or else the nearest folder above it; empty where none does.

    ``named`` are texts of a config, each with its key, of which any may be called as a folder is.

    >>> keys_of("mine/a.csv", [("corpora.mine.files.0", "mine/a.csv"), ("corpora.mine.hub", "mine/")])
    'corpora.mine.files.0'
    """
    above = {key: place for key, text in named if (place := text.rstrip("/")) and f"{path}/".startswith(f"{place}/")}
    nearest = max(map(len, above.values()), default=0)
    return ", ".join(key for key, place in above.items() if len(place) == nearest)


def with_braces(path: str) -> str | None:
    """Words on a path with braces, in which Snakemake would see a wildcard and read another file; None without any.

    >>> with_braces("mine/a {1}.csv")
    'Snakemake takes names in braces for wildcards; rename the file, or link to it by another name'
    """
    if "{" not in path and "}" not in path:
        return None
    return "Snakemake takes names in braces for wildcards; rename the file, or link to it by another name"


def ends_in_none(path: str, suffixes: Sequence[str]) -> str:
    """Words on a file whose name does not say what it holds.

    >>> ends_in_none("a.txt", (".csv", ".jsonl"))
    'ends in none of .csv, .jsonl; convert it, or rename it to its kind'
    """
    return f"ends in none of {', '.join(suffixes)}; convert it, or rename it to its kind"
