"""What a stage's code is: no more than what it runs, and nothing that changes no result."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

import uncollapse
from uncollapse.jobs import file_memory
from uncollapse.jobs.file_memory import FileMemory
from uncollapse.planning import fingerprint
from uncollapse.planning.fingerprint import code_of, module_names

SOURCE = Path(uncollapse.__file__).parent
COMMAND = SOURCE.parents[1] / "scripts/stage.py"
BODIES = sorted(
    ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    for path in SOURCE.rglob("stages/*.py")
    if path.stem != "__init__"
)
SELECT = "from uncollapse.selection.select import select_labels\n\nif __name__ == '__main__':\n    select_labels()\n"


HASHING = ["uncollapse.randomness", "uncollapse.randomness.hashing"]  # a module that imports none of ours


def modules_of(script: Path, *, plugins: Iterable[str] = ()) -> list[str]:
    """The closure's project modules by name, in order."""
    return sorted(module_names(code_of(script, plugins=plugins)))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package to change."""
    source = tmp_path / "uncollapse"
    shutil.copytree(Path(uncollapse.__file__).parent, source, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint, "_SOURCE", source)
    return source


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    def write(content: str) -> Path:
        path = tmp_path / "stage.py"
        path.write_text(content)
        return path

    return write


def _hashes(code: list[str]) -> dict[str, str]:
    return dict(entry.split("@") for entry in code if "@" in entry)


def _libraries(code: list[str]) -> set[str]:
    return {entry.split("==")[0] for entry in code if "==" in entry}


def test_the_closure_of_a_small_script(package: Path, script: Callable[[str], Path]) -> None:
    code = code_of(script("import json\nfrom uncollapse.randomness.hashing import hash_rows\n"))
    assert sorted(_hashes(code)) == ["scripts/stage.py", "uncollapse", *HASHING]
    assert _libraries(code) == {"numpy"}
    assert all(re.fullmatch(r"[0-9a-f]{12}", digest) for digest in _hashes(code).values())


@pytest.mark.parametrize(
    "line",
    [
        "import uncollapse.models.settings",
        "import uncollapse.models.settings as settings",
        "from uncollapse.models import settings",
        "from uncollapse.models.settings import ModelSettings",
        "def work():\n    from uncollapse.models.settings import ModelSettings",
        "if True:\n    import uncollapse.models.settings",
    ],
)
def test_every_way_to_import_brings_the_module_and_its_parents(
    package: Path, script: Callable[[str], Path], line: str
) -> None:
    assert modules_of(script(line + "\n")) == [
        "scripts/stage.py",
        "uncollapse",
        "uncollapse.models",
        "uncollapse.models.settings",
        "uncollapse.settings",
        "uncollapse.settings.values",
    ]


def test_imports_of_imports(package: Path, script: Callable[[str], Path]) -> None:
    modules = set(modules_of(script(SELECT)))
    direct = {"uncollapse.selection.select", "uncollapse.artifacts.parquet", "uncollapse.selection.choose"}
    indirect = {"uncollapse.errors", "uncollapse.candidates.sequences", "uncollapse.candidates"}
    assert direct | indirect <= modules
    assert not any(module.startswith(("uncollapse.training", "uncollapse.tasks.")) for module in modules)


EQUAL_EDITS = {
    "comment": lambda text: "# a comment\n" + text.replace("\n\n\n", "\n\n\n# another\n"),
    "module docstring": lambda text: text.replace('"""Candidates that a selector keeps', '"""In other words', 1),
    "function docstring": lambda text: text.replace('"""Mask (N,) of the prompts', '"""Those', 1),
    "format": lambda text: text.replace(
        "return self.rank >= 0", "return (\n            self.rank\n            >= 0\n        )"
    ),
    "quotes": lambda text: text.replace('"first"', "'first'"),
    "blank lines": lambda text: text.replace("\n\n\n", "\n\n\n\n\n"),
}


@pytest.mark.parametrize("edit", EQUAL_EDITS)
def test_an_edit_that_changes_no_result_changes_nothing(
    package: Path, script: Callable[[str], Path], edit: str
) -> None:
    path = package / "selection" / "choose.py"
    before = code_of(script(SELECT))
    text = path.read_text()
    edited = EQUAL_EDITS[edit](text)
    assert edited != text
    path.write_text(edited)
    assert code_of(script(SELECT)) == before


def test_a_docstring_that_comes_or_goes_changes_nothing(package: Path, script: Callable[[str], Path]) -> None:
    path = package / "mine.py"
    found = []
    for docstring in ("", '"""A sentence."""'):
        path.write_text(
            f"{docstring}\n"
            f"class A:\n    {docstring}\n    x = 1\n"
            f"    def f(self):\n        {docstring}\n        return 2\n"
        )
        found.append(code_of(script("import uncollapse.mine\n")))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return self.rank >= 0", "return self.rank > 0"),
        ("    done = 0", "    done = 1"),
        (' == "verdicts"', ' == "scores"'),
        ("def chosen", "@np.vectorize\ndef chosen"),
    ],
)
def test_a_real_edit_changes_the_modules_own_entry_alone(
    package: Path, script: Callable[[str], Path], old: str, new: str
) -> None:
    before = _hashes(code_of(script(SELECT)))
    path = package / "selection" / "choose.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    after = _hashes(code_of(script(SELECT)))
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {"uncollapse.selection.choose"}


def test_an_edit_of_a_parent_package_counts(package: Path, script: Callable[[str], Path]) -> None:
    """Importing a.b.c runs a and a.b."""
    before = _hashes(code_of(script(SELECT)))
    path = package / "selection" / "__init__.py"
    path.write_text(path.read_text() + "\nVALUE = 1\n")
    after = _hashes(code_of(script(SELECT)))
    assert {name for name in before if before[name] != after[name]} == {"uncollapse.selection"}


def test_an_edit_elsewhere_does_not_count(package: Path, script: Callable[[str], Path]) -> None:
    before = code_of(script(SELECT))
    for other in ("training/loop.py", "verifiers/sequences/tolerance.py", "tasks/eigenvalues.py"):
        path = package / other
        path.write_text(path.read_text() + "\nVALUE = 1\n")
    assert code_of(script(SELECT)) == before


def test_a_new_import_brings_its_module(package: Path, script: Callable[[str], Path]) -> None:
    path = package / "selection" / "choose.py"
    before = set(modules_of(script(SELECT)))
    path.write_text(
        path.read_text().replace("import numpy as np\n", "import numpy as np\n\nimport uncollapse.randomness.hashing\n")
    )
    assert set(modules_of(script(SELECT))) - before == set(HASHING)


def test_an_edit_of_the_script_counts(package: Path, script: Callable[[str], Path]) -> None:
    before = _hashes(code_of(script(SELECT)))
    after = _hashes(code_of(script(SELECT.replace("select_labels()", "select_labels(1)"))))
    assert {name for name in before if before[name] != after[name]} == {"scripts/stage.py"}


def test_code_is_remembered_from_call_to_call_until_a_file_changes(
    package: Path, script: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_memory, "SETTLED", -1.0)
    path, read, parsed = script(SELECT), fingerprint._read, []

    def counted(name: str) -> list[object]:
        parsed.append(Path(name).name)
        return read(name)

    def asked_by_a_new_process() -> list[str]:
        memory = FileMemory(tmp_path / "memory.json", counted)
        monkeypatch.setattr(fingerprint, "_memory", lambda: memory)
        fingerprint._closures.clear()
        parsed.clear()
        code = code_of(path)
        assert code_of(path) == code
        memory.save()
        return code

    first = asked_by_a_new_process()
    assert len(parsed) == len(module_names(first))
    assert asked_by_a_new_process() == first
    assert parsed == []
    with (package / "selection" / "choose.py").open("a") as file:
        file.write("\nVALUE = 1\n")
    assert asked_by_a_new_process() != first
    assert parsed == ["choose.py"]


# plugins


def test_a_plugin_of_ours_brings_what_it_imports_and_no_other(package: Path, script: Callable[[str], Path]) -> None:
    path = script("from uncollapse.tasks.finding import load_task\n")
    found = set(modules_of(path, plugins=["uncollapse.tasks.eigenvalues"])) - set(modules_of(path))
    assert {
        "uncollapse.tasks.eigenvalues",
        "uncollapse.tasks.number_encoding",
        "uncollapse.tasks.sequence_layout",
    } <= found
    assert not any(name.startswith("uncollapse.verifiers") for name in found)


def test_a_users_file(package: Path, script: Callable[[str], Path], tmp_path: Path) -> None:
    path, own = script("import json\n"), tmp_path / "mine.py"
    own.write_text("import scipy.stats\nfrom uncollapse.tasks import number_encoding\n\nVALUE = 1\n")
    before = code_of(path, plugins=[str(own)])
    assert str(own) in _hashes(before)
    assert "uncollapse.tasks.number_encoding" in _hashes(before)
    assert _libraries(before) == {"numpy", "scipy"}
    own.write_text(own.read_text() + "# a comment\n")
    assert code_of(path, plugins=[str(own)]) == before
    own.write_text(own.read_text() + "VALUE = 2\n")
    after = _hashes(code_of(path, plugins=[str(own)]))
    assert {name for name, digest in _hashes(before).items() if after[name] != digest} == {str(own)}


# libraries


def test_versions_of_the_libraries_that_results_depend_on(script: Callable[[str], Path]) -> None:
    code = code_of(script("import numpy\nimport torch.nn\nimport yaml\nfrom pyarrow import parquet\n"))
    versions = {name: importlib.metadata.version(name).partition("+")[0] for name in ("numpy", "torch", "pyarrow")}
    assert [entry for entry in code if "==" in entry] == sorted(
        f"{name}=={version}" for name, version in versions.items()
    )
    assert f"numpy=={np.__version__}" in code


def test_a_distribution_of_another_name_and_one_that_is_absent(
    script: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if name == "vllm":
            raise importlib.metadata.PackageNotFoundError
        return {"scikit-learn": "1.7.2"}[name]

    fingerprint._version.cache_clear()
    monkeypatch.setattr(importlib.metadata, "version", version)
    code = code_of(script("import sklearn.linear_model\nimport vllm\n"))
    fingerprint._version.cache_clear()
    assert code[1:] == ["sklearn==1.7.2", "vllm==absent"]


# the real commands


def test_a_false_version_of_any_library_is_another_code_of_each_stage_that_imports_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = {body: code_of(COMMAND, plugins=[body]) for body in BODIES}
    monkeypatch.setattr(fingerprint, "_closures", {})
    fingerprint._version.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(importlib.metadata, "version", lambda name: f"false {name}")
        false = {body: code_of(COMMAND, plugins=[body]) for body in BODIES}
    fingerprint._version.cache_clear()
    for body, code in honest.items():
        libraries = _libraries(code)
        names = {library: fingerprint._DISTRIBUTIONS.get(library, library) for library in libraries}
        kept = [entry for entry in code if "==" not in entry]
        assert false[body] == kept + sorted(f"{library}==false {name}" for library, name in names.items()), body
    assert len(set().union(*map(_libraries, honest.values()))) > 15


def test_sampling_does_not_depend_on_torch() -> None:
    """Another version of torch leaves prompts as they are."""
    code = code_of(COMMAND, plugins=["uncollapse.experiments.sequence.stages.sample", "uncollapse.tasks.eigenvalues"])
    assert {"numpy", "pyarrow"} <= _libraries(code)
    assert "torch" not in _libraries(code)


@pytest.mark.parametrize("body", BODIES)
def test_every_stage_finds_its_body_and_its_own_package(body: str) -> None:
    code = code_of(COMMAND, plugins=[body])
    assert {"uncollapse", "scripts/stage.py", "uncollapse.jobs.stage", body} <= set(_hashes(code))


def test_whatever_training_imports_is_in_its_closure() -> None:
    """Held against what Python really loads, so that no way to import is overlooked."""
    plugins = ["uncollapse.experiments.sequence.stages.train", "uncollapse.tasks.eigenvalues"]
    closure = {name for name in modules_of(COMMAND, plugins=plugins) if not name.startswith("scripts/")}
    program = "import importlib, json, sys\nfor name in json.loads(sys.argv[1]): importlib.import_module(name)\n"
    program += "print(json.dumps([name for name in sys.modules if name.split('.')[0] == 'uncollapse']))"
    command = [sys.executable, "-c", program, json.dumps(sorted(closure))]
    loaded = set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    assert loaded == closure


def test_every_third_party_library_counts_but_the_exceptions(script: Callable[[str], Path]) -> None:
    asked = "import rouge_score.tokenizers\nfrom nltk.stem import porter\nimport regex\nimport gguf, json, yaml\n"
    assert _libraries(code_of(script(asked))) == {"rouge_score", "nltk", "regex", "gguf"}
    assert all(entry.partition("==")[2] != "absent" for entry in code_of(script(asked)) if "==" in entry)


def test_a_module_beside_a_users_plugin_is_part_of_its_code_however_deep(
    script: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    (folder / "words" / "inner").mkdir(parents=True)
    (folder / "plugin.py").write_text("import helper\n")
    (folder / "helper.py").write_text("def later():\n    from words.inner import deep\n")
    for part in ("words", "words/inner"):
        (folder / part / "__init__.py").write_text("")
    (folder / "words/inner/deep.py").write_text("VALUE = 1\n")
    (folder / "unrelated.py").write_text("")

    def mine() -> dict[str, str]:
        found = _hashes(code_of(script(""), plugins=[str(folder / "plugin.py")]))
        return {
            name.removeprefix(f"{folder}/"): digest for name, digest in found.items() if name.startswith(str(folder))
        }

    before = mine()
    inits = ["words/__init__.py", "words/inner/__init__.py", "words/inner/deep.py"]
    assert sorted(before) == ["helper.py", "plugin.py", *inits]
    (folder / "words/inner/deep.py").write_text("VALUE = 2\n")
    after = mine()
    assert {name for name in after if after[name] != before[name]} == {"words/inner/deep.py"}


@pytest.mark.parametrize(
    "imports",
    [
        "from . import base",
        "from .base import VALUE",
        "from words import base",
        "import words.base",
        "from ..words import base",
        "def later():\n    from . import base",
    ],
)
def test_however_a_users_package_imports_its_own_modules_they_count(
    script: Callable[[str], Path], tmp_path: Path, imports: str
) -> None:
    """Also in a package without ``__init__.py``, of which the plugin's folder is the ground."""
    folder = tmp_path / "mine"
    (folder / "words").mkdir(parents=True)
    (folder / "plugin.py").write_text("import words.deep\nimport numpy\n")
    (folder / "words/deep.py").write_text(f"{imports}\n")
    (folder / "words/base.py").write_text("VALUE = 1\n")

    def code() -> list[str]:
        return code_of(script(""), plugins=[str(folder / "plugin.py")])

    before = code()
    assert f"{folder}/words/base.py" in _hashes(before)
    assert "numpy" in {entry.partition("==")[0] for entry in before if "==" in entry}
    assert not [entry for entry in before if entry.startswith("words==")]
    (folder / "words/base.py").write_text("VALUE = 2\n")
    assert [one for one in code() if one not in before] == [one for one in code() if "/words/base.py@" in one]
