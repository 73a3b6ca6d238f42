"""How much text one part holds on a CPU: what a model of any size reads within about half a minute."""

from pathlib import Path

import pytest

from uncollapse.editing.corpus import SLOW_PART
from uncollapse.editing.options import slow_part

READ = 102 * 135e6  # tokens a second times parameters, of SmolLM2-135M on one core (docs/toedit.md)
CHARACTERS = 3.6  # of a token of English


@pytest.mark.parametrize(
    ("name", "parameters", "bytes_of_one"),
    [
        ("model.safetensors", 1e6, 4),
        ("model.safetensors", 135e6, 4),
        ("model.safetensors", 1e9, 2),
        ("a.gguf", 7e9, 0.6),
        ("b.whl", 135e6, 0.6),
    ],
)
def test_a_part_takes_less_than_a_minute_whatever_the_model(
    name: str, parameters: float, bytes_of_one: float, tmp_path: Path
) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(int(parameters * bytes_of_one))  # sparse: it takes no disk
    for place in (tmp_path / name, tmp_path):
        found = slow_part(place)
        assert 0 < found <= SLOW_PART
        assert found / CHARACTERS * parameters / READ < 60
    assert (slow_part(tmp_path) == SLOW_PART) == (parameters < 3e8)


def test_shards_of_a_model_count_together_and_a_hub_id_is_taken_for_small(tmp_path: Path) -> None:
    for number in range(4):
        with (tmp_path / f"model-{number}.safetensors").open("wb") as file:
            file.truncate(600_000_000)
    assert slow_part(tmp_path) == SLOW_PART // 4
    assert slow_part(Path("owner/name")) == SLOW_PART
