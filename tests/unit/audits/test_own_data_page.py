"""docs/own_data.md, followed to the letter: every command is run, and what the page shows is what it prints."""

import csv
import re
import shlex
from pathlib import Path

import arithmetic_server
import pytest
from own_candidates import rows_of_sheet, write_rows

from uncollapse.commands.entry import run

PAGE = Path(__file__).parents[3] / "docs" / "own_data.md"
ENDPOINT = "http://localhost:8000/v1"


def steps():
    """Commands of the page, each with the lines that it shows."""
    found = []
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        for line in block.split("\n"):
            text = line.removeprefix("    ")
            if text.startswith("$ "):
                found.append((text[2:], []))
            elif found and (text or found[-1][1]):
                found[-1][1].append(text)
    return [(command, "\n".join(lines).strip().split("\n")) for command, lines in found]


def shows(shown, printed):
    """Whether the lines printed are those shown, in which ``...`` stands for any."""
    pattern = "\n".join("(?s:.*?)" if line == "..." else re.escape(line) for line in shown)
    return re.fullmatch(pattern, "\n".join(printed)) is not None


def label(sheet):
    """Label a sheet as someone who can reckon does."""
    rows = rows_of_sheet(sheet)
    for row in rows:
        right = int(re.findall(r"\d+", row["text"])[-1]) == arithmetic_server.truth(row["prompt"])
        row["label"] = "right" if right else "wrong"
    write_rows(sheet, rows)


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [(["a", "b"], ["a", "b"], True), (["a", "...", "d"], ["a", "b", "c", "d"], True), (["a"], ["a", "b"], False),
     (["a", "...", "e"], ["a", "b"], False)],
)  # fmt: skip
def test_shows(shown, printed, expected):
    assert shows(shown, printed) is expected


def test_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arithmetic_server.write_prompts("prompts.jsonl")
    statuses = []
    with arithmetic_server.server().running() as server:
        for command, shown in steps():
            words = shlex.split(command.replace(ENDPOINT, server.url))
            if words[0] == "head":
                number, name = int(words[1].removeprefix("-")), words[2]
                printed = Path(name).read_text(encoding="utf-8").split("\n")[:number]
            else:
                assert words[0] == "uncollapse"
                capsys.readouterr()
                statuses.append((words[1:3], run(words[1:])))
                printed = capsys.readouterr().out.strip().split("\n")
                if words[1:3] == ["audit", "draw"]:
                    label(Path(words[words.index("--output") + 1]))
            assert shows(shown, printed), f"{command}\n" + "\n".join(printed)
    assert [status for words, status in statuses if words == ["audit", "read"]] == [2, 0]
    with open("README.md", encoding="utf-8") as card:
        assert "**GO**" in card.read()
    with open("sheet.csv", encoding="utf-8-sig", newline="") as file:
        assert "accepted" not in next(csv.reader(file))
