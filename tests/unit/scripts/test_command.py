"""The command ``uncollapse``: subcommands are found by their files, and scripts of the same name run them."""

import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import uncollapse
from uncollapse.commands import entry

ROOT = Path(__file__).parents[3]
SCRIPTS = {"proxy": "proxy", "toedit": "toedit", "compare": "compare_corpora", "why": "why", "store": "store"}


def test_help_lists_every_module_that_has_a_main_with_its_first_line(capsys):
    with pytest.raises(SystemExit) as end:
        entry.run(["--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    modules = {path.stem for path in Path(entry.__file__).parent.glob("*.py")} - {"__init__", "entry", "checkout"}
    assert {name.replace("-", "_") for name in entry.subcommands()} == modules
    assert set(SCRIPTS) <= modules
    for name in modules:
        first, *_ = import_module(f"uncollapse.commands.{name}").__doc__.splitlines()
        assert any(line.split() == [name.replace("_", "-"), *first.split()] for line in said.splitlines()), name


def test_the_installed_command_is_this_one():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = declared["uncollapse"].partition(":")
    assert getattr(import_module(module), function) is entry.run
    asked = subprocess.run(
        [sys.executable, "-m", "uncollapse", "--version"], capture_output=True, text=True, check=True
    )
    assert asked.stdout == f"uncollapse {uncollapse.__version__}\n"


def test_a_new_module_is_a_new_subcommand(tmp_path):
    package = tmp_path / "uncollapse"
    shutil.copytree(Path(entry.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
    new = '"""Greet whom one will."""\n\n\ndef main(given=None):\n    print("hello,", *given)\n'
    (package / "commands" / "say_hello.py").write_text(new)
    run = "import sys; from uncollapse.commands.entry import run; run(sys.argv[1:])"
    said = [
        subprocess.run([sys.executable, "-c", run, *given], capture_output=True, text=True, cwd=tmp_path,
                       env={"PYTHONPATH": str(tmp_path)}, check=True).stdout
        for given in (["--help"], ["say-hello", "you"])
    ]  # fmt: skip
    assert "say-hello  Greet whom one will." in said[0]
    assert said[1] == "hello, you\n"


def test_arguments_behind_the_name_reach_the_subcommand(tmp_path, capsys):
    assert entry.run(["store", "size", "--store", str(tmp_path / "none")]) == 2
    assert "no such folder; run snakemake first" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_help_of_a_subcommand_calls_it_by_its_name(name, capsys):
    with pytest.raises(SystemExit) as end:
        entry.run([name, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: uncollapse {name} ")


@pytest.mark.parametrize(("name", "script"), sorted(SCRIPTS.items()))
def test_scripts_are_the_same_commands(name, script):
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"usage: uncollapse {name} ")


def test_a_wrong_name_says_which_there_are(capsys):
    with pytest.raises(SystemExit) as end:
        entry.run(["prooxy"])
    assert end.value.code == 64  # 2 is an answer of proxy's
    said = capsys.readouterr().err
    assert "invalid choice: 'prooxy'" in said
    assert "'proxy'" in said


@pytest.mark.parametrize(("days", "told"), [("x", "'x' is no finite number"), ("-1", "-1 is no number of days")])
def test_days_that_are_none_are_told(days, told, capsys):
    with pytest.raises(SystemExit) as end:
        entry.run(["store", "collect", "--unused-for", days])
    assert end.value.code == 64
    assert told in capsys.readouterr().err


def test_help_imports_nothing_heavy():
    code = "import sys\nfrom uncollapse.commands.entry import run\nrun([])\n"
    code += "print([name for name in ('numpy', 'torch', 'pandas', 'pydantic') if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
