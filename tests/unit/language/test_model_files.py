"""A folder has one model: the one that is nearest to its top, among what is not hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.errors import ArtifactError
from uncollapse.language.model_files import located


def _model(folder: Path, content: str = '{"model_type": "llama"}') -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(content)
    (folder / "model.safetensors").touch()
    return folder


def test_the_one_at_the_top_is_the_folders_whatever_checkpoints_lie_in_it(tmp_path: Path) -> None:
    for name in ("", "checkpoint-500", "checkpoint-1000"):
        _model(tmp_path / name)
    with located(str(tmp_path)) as found:
        assert found.place == str(tmp_path)


def test_of_several_checkpoints_none_is_taken(tmp_path: Path) -> None:
    for name in ("checkpoint-500", "checkpoint-1000"):
        _model(tmp_path / name)
    with (
        pytest.raises(ArtifactError, match=r"holds 2 models \(checkpoint-1000, checkpoint-500\); give the path of one"),
        located(str(tmp_path)),
    ):
        pass


def test_of_several_gguf_files_none_is_taken(tmp_path: Path) -> None:
    for name in ("it.Q4_K_M.gguf", "it.Q8_0.gguf"):
        (tmp_path / name).touch()
    told = r"holds 2 models \(it\.Q4_K_M\.gguf, it\.Q8_0\.gguf\)"
    with pytest.raises(ArtifactError, match=told), located(str(tmp_path)):
        pass
    with located(str(tmp_path / "it.Q8_0.gguf")) as found:
        assert found.gguf == "it.Q8_0.gguf"


def test_what_is_hidden_or_a_layer_of_an_encoder_is_no_model(tmp_path: Path) -> None:
    _model(tmp_path / ".cache" / "huggingface")
    _model(tmp_path / "1_Dense", '{"in_features": 8}')
    with pytest.raises(ArtifactError, match="holds no model"), located(str(tmp_path)):
        pass
    kept = _model(tmp_path / "0_Transformer")
    with located(str(tmp_path)) as found:
        assert found.place == str(kept)
