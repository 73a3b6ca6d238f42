"""Config files that cannot be read: one sentence each, also where Snakemake reads them before our rules."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from snakemake.profiles import ProfileConfigFileParser

from uncollapse.config.files import read
from uncollapse.errors import ConfigError
from uncollapse.settings import readable
from uncollapse.settings.readable import check_command_line, contents, of_command_line, unreadable

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no keys; write keys as in config.yaml, or leave the file out"),
        (b"# nothing here yet\n", "holds no keys; write keys as in config.yaml, or leave the file out"),
        (b"- scale\n", "holds a list and no keys; write keys as in config.yaml"),
        (b"scale\n", "holds a value and no keys; write keys as in config.yaml"),
        (b"a: 1\n\tb: 2\n", "no valid YAML in line 2, column 1: found "),
        (b"scale: [mine\nresults: r\n", "no valid YAML in line 2, column 8: did not find expected ',' or ']'; mend"),
        (b"scale: !!python/name:os.system\n", "no valid YAML in line 1, column 8: could not determine a constructor"),
        (b"scale: M\xfcnchen\n", "byte 9 is no text in UTF-8; save it as UTF-8"),
        (b"\xff\xfes\x00", "byte 1 is no text in UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_without_keys_is_told_in_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    told = unreadable(path)
    assert told is not None
    assert told.startswith(f"{path}: {said}")
    assert "\n" not in told


def test_what_can_be_read_is_let_through(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text('{"scale":\n\t"mine"}')
    assert unreadable(tmp_path / "mine.json") is None
    assert unreadable(ROOT / "config.yaml") is None


def test_a_file_that_is_not_there_is_answered_by_the_one_that_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scales").mkdir()
    Path("scales/laptop.yaml").touch()
    Path("mine.yml").touch()
    meant = {"laptop.yaml": "scales/laptop.yaml", "scales/laptp.yaml": "scales/laptop.yaml", "mine.yaml": "mine.yml"}
    for name, other in meant.items():
        assert unreadable(name) == f"{name}: there is no such file; did you mean {other}?"
    assert unreadable("x.yaml") == "x.yaml: there is no such file; give the path of a config file"
    assert unreadable("scales") == "scales: is a folder; give the path of a config file"


def test_a_target_that_is_taken_for_a_file_is_told_where_targets_go() -> None:
    with pytest.raises(SystemExit, match=r"^results/report.html: there is no such file; .*targets go before"):
        check_command_line(["-n", "--configfile", str(ROOT / "scales/smoke.yaml"), "results/report.html"])
    assert of_command_line(["-n", "a", "--configfiles", "b", "c", "--config", "d=1"]) == ["b", "c"]


def test_the_profile_that_is_loaded_by_itself_tells_it_before_snakemake_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    profile = Path("profiles/default/config.yaml")
    monkeypatch.setattr("sys.argv", ["snakemake", "--configfile", "scales/smoke.yaml"])
    with profile.open() as file:
        assert ProfileConfigFileParser().parse(file)["keep-going"] == "True"
    monkeypatch.setattr("sys.argv", ["snakemake", "--configfile", str(tmp_path / "none.yaml")])
    with profile.open() as file, pytest.raises(SystemExit, match=r"none\.yaml: there is no such file; give"):
        ProfileConfigFileParser().parse(file)
    monkeypatch.chdir(tmp_path)  # outside of a checkout the installed package tells it
    with (ROOT / profile).open() as file, pytest.raises(SystemExit, match=r"none\.yaml: there is no such file; give"):
        ProfileConfigFileParser().parse(file)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # with neither, Snakemake's own words stand
    with (ROOT / profile).open() as file:
        ProfileConfigFileParser().parse(file)


def test_a_folder_without_config_yaml_is_told_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "-n", "-s", str(ROOT / "Snakefile"), "-d", str(tmp_path)]
    failed = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    said = f"config.yaml: not in {tmp_path}; run snakemake in {ROOT}, or copy its config.yaml"
    assert said in failed.stdout.splitlines()  # where a dry run says all


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("scale: a\nresults: r\nscale: b\n", "the key 'scale' stands in line 1 and again in line 3"),
        ("a:\n  - {b: 1}\n  - {b: 1, c: 2, b: 3}\n", "the key 'a.1.b' stands twice in line 3"),
        ("a: {on: 1, yes: 2}\n", "the key 'a.yes' stands twice in line 1"),
        ("a: &x {b: 1, b: 2}\nc: *x\n", "the key 'a.b' stands twice in line 1"),
        ('{"a":\n\t{"b": 1,\n\t"b": 2}}', "the key 'a.b' stands in line 2 and again in line 3"),
    ],
)
def test_a_key_that_is_there_twice_is_told_with_both_lines(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    told = unreadable(path)
    assert told is not None
    assert said.replace("the key ", "") in told
    assert told.endswith("and only one of them would count; drop one")
    with pytest.raises(ConfigError, match="only one of them would count"):
        read(ROOT / "config.yaml", [path])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a:\n  b: 010\n", "'010' in line 2 is read as 8; write 10 or 8, or put it in quotes if it is a text"),
        ("a: [0, -0017]\n", "'-0017' in line 1 is read as -15; write 17 or -15, or"),
        ("a: 12:30:00\n", "'12:30:00' in line 1 is read as 45000; write 45000, or put it in quotes if it is a text"),
        ("a: 1:30.5\n", "'1:30.5' in line 1 is read as 90.5; write 90.5, or"),
        ("a: &e\n  b: *e\n", "the block in line 1 holds itself, by its anchor; write it out"),
        ("a: &c [1, *c]\n", "the block in line 1 holds itself, by its anchor; write it out"),
        ("a: 2001-02-30\n", "a value cannot be read (day is out of range for month); correct it, or put it in quotes"),
        (f"a: {'9' * 5000}\n", "a value cannot be read (Exceeds the limit"),
        (f"a: {'[' * 3000}{']' * 3000}\n", "its blocks lie within each other too many times; write fewer"),
        ('{"a": ' * 3000 + "1" + "}" * 3000, "its blocks lie within each other too many times; write fewer"),
    ],
    ids=lambda text: text[:20],
)
def test_what_would_be_read_as_something_else_is_told(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    assert (unreadable(path) or "").startswith(f"{path}: {said}")
    with pytest.raises(ConfigError, match=re.escape(said)):
        read(ROOT / "config.yaml", [path])


@pytest.mark.parametrize(
    "content",
    [
        "a: [0, 00, 007, '010', 0.10, 0o10, 09, 1_000, 0x10, \"1:30\", text:30, 2001-02-03, 1e-3]\n",
        "base: &b {x: 1, y: 2}\nmine: {<<: *b, x: 3}\n",  # what is merged in may be said otherwise
        'a: 1\n"1": x\n1: y\n',
        "a: {b: 1}\nc: {b: 1}\n",
        '{"a": "x\\ty"}',
    ],
)
def test_keys_that_only_look_alike_are_let_through(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    assert contents(path) == (yaml.safe_load(content), None)


def test_values_of_the_command_line_are_looked_at_too() -> None:
    with pytest.raises(ConfigError, match=r"--config scale=\{a: 1, a: 2\}: the key 'a' stands twice in line 1"):
        read(ROOT / "config.yaml", values=["scale={a: 1, a: 2}"])


def test_each_file_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    nodes = readable._node
    monkeypatch.setattr(readable, "_node", lambda text: parsed.append(text) or nodes(text))
    read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"])
    assert len(parsed) == 2


def test_the_projects_own_files_have_every_key_once() -> None:
    for path in [ROOT / "config.yaml", *ROOT.glob("scales/*.yaml")]:
        assert unreadable(path) is None
