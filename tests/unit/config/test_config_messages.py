"""What a config's errors say: who sets the value, how the key is written there, and the key that was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.errors import ConfigError

ROOT = Path(__file__).parents[3]
Told = Callable[..., list[str]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """The lines of the error of an overlay, and of what is given beside it."""

    def of(overlay: str, values: Sequence[str] = (), **options: str) -> list[str]:
        path = tmp_path / "mine.yaml"
        path.write_text(overlay)
        with pytest.raises(ConfigError) as caught:
            read(ROOT / "config.yaml", [path], values, **options)
        return [line.removeprefix("  - ").replace(str(path), "mine.yaml") for line in str(caught.value).splitlines()]

    return of


@pytest.mark.parametrize("name", ["no", "Off", "on", "yes", "true"])
def test_a_name_that_yaml_takes_for_a_truth_value_is_told_as_it_is_written(told: Told, name: str) -> None:
    (line,) = told(f"corpora:\n  {name}:\n    files: [a.parquet]\n")[1:]
    assert line.startswith(f"mine.yaml: corpora.{name}: ")
    assert line.endswith(f'put it in quotes: "{name.lower()}"')


@pytest.mark.parametrize(("name", "instead"), [("2024", "x2024"), ("2024-01-02", "x2024_01_02"), ("1.5", "x1_5")])
def test_a_name_that_yaml_takes_for_a_number_or_date_begins_with_a_letter(told: Told, name: str, instead: str) -> None:
    (line,) = told(f"experiments:\n  eigenvalues:\n    datasets:\n      {name}: {{}}\n")[1:]
    assert line.startswith(f"mine.yaml: experiments.eigenvalues.datasets.{name}: ")
    assert line.endswith(f"begin with a letter; call it {instead}")


def test_a_name_of_other_letters_is_no_name(told: Told) -> None:
    (line,) = told("corpora:\n  Mine:\n    files: [a.parquet]\n")[1:]
    assert line.startswith("mine.yaml: corpora.Mine: no name; ")


@pytest.mark.parametrize("value", ["2024", "no", "2024-01-02", "1.0e+3"])
def test_text_that_yaml_does_not_take_for_text_is_to_be_quoted(told: Told, value: str) -> None:
    (line,) = told(f"scale: {value}\n")[1:]
    assert line.startswith("mine.yaml: scale: ")
    assert line.endswith(f'put it in quotes: "{value}"')


def test_text_within_a_list_is_found_as_it_is_written(told: Told) -> None:
    (line,) = told("corpora:\n  mine:\n    files: [a.parquet, off]\n")[1:]
    assert line.startswith("mine.yaml: corpora.mine.files.1: ")
    assert line.endswith('put it in quotes: "off"')


@pytest.mark.parametrize(
    ("overlay", "answer"),
    [
        ("resluts: x", "resluts: unknown key; did you mean 'results'?"),
        ("experiments: {eigenvalues: {proxies: {}}}", "eigenvalues.proxies: unknown key; did you mean 'proxy'?"),
        (
            "experiments: {eigenvalues: {task: {matrix_sise: 3}}}",
            "matrix_sise: unknown key; did you mean 'matrix_size'",
        ),
        (
            "experiments: {eigenvalues: {generator: {model: {dimensoin: 4}}}}",
            "model.dimensoin: unknown key; did you mean 'dimension'?",
        ),
        ("experiments: {eigenvalues: {verifiers: {oracle: {tolerence: 1}}}}", "did you mean 'tolerance'?"),
        ("theory: {simulations: {ridge: {penaltys: [1.0]}}}", "penaltys: unknown key; did you mean 'penalties'?"),
        ("report: {q: 1}", "report.q: unknown key; remove it; there are experiments"),
    ],
)
def test_a_misspelt_key_is_answered_by_the_nearest_one(told: Told, overlay: str, answer: str) -> None:
    assert any(answer in line for line in told(overlay)[1:]), told(overlay)


def test_every_problem_of_a_block_is_told_beside_a_misspelt_key(told: Told) -> None:
    lines = told("experiments: {eigenvalues: {decodings: {greedy: {beems: 1, beams: 0}}}}")[1:]
    assert len(lines) == 2
    assert any("beems: unknown key; did you mean 'beams'?" in line for line in lines)
    assert any("beams: input should be greater" in line for line in lines)


def test_a_value_of_the_command_line_is_not_blamed_on_a_file(told: Told) -> None:
    assert told("results: elsewhere", ["results=a b"])[1].startswith("--config: results: ")
    assert told("results: a b", ["scale=x"])[1].startswith("mine.yaml: results: ")
    assert told("results: elsewhere", ["results=a b"], option="--state")[1].startswith("--state: results: ")
    shards = "experiments={summaries: {shards: true}}"  # where the file says 1
    assert told("experiments: {summaries: {shards: 1}}", [shards])[1] == (
        "--config: experiments.summaries.shards: a number is expected, got True; change it"
    )


def test_a_key_of_the_command_line_is_not_blamed_on_a_file(told: Told) -> None:
    assert told("scale: x", ["resluts=a"])[1].startswith("--config: resluts: ")
    nested = told("scale: x", ["experiments={eigenvalues: {generator: {model: {layers: 0}}}}"])
    assert nested[1].startswith("--config: experiments.eigenvalues.generator.model.layers: ")


def test_a_missing_key_is_no_fault_of_the_command_line(told: Told) -> None:
    lines = told("experiments: {mine: {kind: sequence}}", ["scale=x"])[1:]
    assert lines
    assert all(line.startswith("mine.yaml: experiments.mine.") and "missing; add it" in line for line in lines)


def test_numbers_that_loaders_write_differently_are_equal() -> None:
    from uncollapse.config.sources import source

    assert source(["a"], {"a": 0.01}, [{"a": "1e-2"}], ["file"], "--config") == "file"


def test_a_forgotten_kind_is_told_by_the_keys_beside_it(told: Told) -> None:
    (line,) = told("experiments: {mine: {courses: {}, seeds: [0]}}")[1:]
    assert line.endswith("are those of kind rounds; add kind: rounds")
    (line,) = told("experiments: {mine: {shards: 1, seeds: [0]}}")[1:]
    kinds = ["generations", "rejection_sampling", "rounds"]
    assert f"kind {' or '.join(kinds)}; add {' or '.join(f'kind: {kind}' for kind in kinds)}" in line


def test_a_forgotten_kind_of_a_verifier_is_told_with_those_there_are(told: Told) -> None:
    (line,) = told("experiments: {eigenvalues: {verifiers: {mine: {tolerance: 0.1}}}}")[1:]
    assert "verifiers.mine: needs the key 'kind': " in line
    assert "tolerance" in line


def test_a_value_of_config_that_is_no_yaml(told: Told) -> None:
    assert told("scale: x", ["results=[a"])[0].startswith("--config results=[a: the value is no valid YAML")


def test_a_folder_without_a_config_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from uncollapse.config.load import load

    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"there is no config.yaml in .*\n.*  - scale: missing"):
        load({}, ["config.yaml"])
