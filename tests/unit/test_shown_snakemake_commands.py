"""Commands of snakemake that pages, docstrings, configs and messages show: nothing is taken for a file that is none.

An option such as --configfile takes all words behind it up to the next option: a target there is read as a file.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("benchmarks", "config", "docs", "findings", "profiles", "scales", "scripts", "src", "workflow")
KINDS = (".md", ".py", ".yaml", ".smk", ".j2", ".html", ".sh", ".toml")
_FILE, _SETTING = r"\S+\.(ya?ml|json)", r"\S+?[=:]\S+"
TAKES = {
    "--configfile": _FILE,
    "--configfiles": _FILE,
    "--config": _SETTING,
    "-C": _SETTING,
    "--set-resources": _SETTING,
    "--set-threads": _SETTING,
    "--resources": _SETTING,
    "--default-resources": _SETTING,
}
_COMMAND = re.compile(r"(?<![\w/.-])snakemake((?:[ \t]+(?:\\\n[#\s]*)?[^\s`'\"()#,;<]+)+)")


def wrong_words(text: str) -> list[str]:
    """Commands in a text that give an option a word which it cannot take."""
    found = []
    for command in _COMMAND.finditer(text):
        option = None
        for word in command[1].replace("\\\n", " ").split():
            if word.startswith("-"):
                name, _, value = word.partition("=")
                option, word = name, value
            allowed = TAKES.get(option or "")
            if allowed and word and not re.fullmatch(allowed, word):
                found.append(" ".join(command[0].split()))
                break
    return found


def shown() -> list[Path]:
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.suffix in KINDS]
    return [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "Makefile",
        ROOT / "Snakefile",
        *ROOT.glob("*.yaml"),
        *files,
    ]


def test_no_target_is_shown_where_it_would_be_read_as_a_file() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in shown() if path.is_file()}
    commands = sum(len(_COMMAND.findall(text)) for text in texts.values())
    assert commands > 30, "the commands are not found any more"
    wrong = {str(path.relative_to(ROOT)): wrong_words(text) for path, text in texts.items()}
    assert {path: commands for path, commands in wrong.items() if commands} == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("`snakemake --configfile mine.yaml mine` runs it", 1),
        ("    snakemake --cores 2 --configfile=mine.yaml mine\n", 1),
        ("    snakemake --cores 2 --config seed=3 figures  # a remark\n", 1),
        ("    snakemake --configfile a.yaml \\\n        figures\n", 1),
        ("`snakemake mine --configfile mine.yaml` runs it", 0),
        ("    snakemake --configfile a.yaml b.yaml -- figures\n", 0),
        ("    snakemake --configfile a.yaml --cores 2 figures\n", 0),
    ],
)
def test_a_target_behind_an_option_of_many_words_is_found(text: str, count: int) -> None:
    assert len(wrong_words(text)) == count
