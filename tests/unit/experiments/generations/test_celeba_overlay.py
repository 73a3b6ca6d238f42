"""The overlay for CelebA, over the paper's scale, with a made-up archive in its place."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from uncollapse.config.files import read
from uncollapse.errors import ConfigError
from uncollapse.experiments.generations.stages import read_rows
from uncollapse.jobs.stage import Stage
from uncollapse.planning.plan import Plan
from uncollapse.settings.checkout import PROJECT

OVERLAYS = [PROJECT / "scales/paper.yaml", PROJECT / "scales/own_files/celeba.yaml"]


def archive(folder: Path, *sizes: tuple[int, int]) -> None:
    """Images of these sizes, as 0.jpg and so on, under the name that the overlay has."""
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as file:
        for number, size in enumerate(sizes):
            content = BytesIO()
            Image.new("RGB", size, (number, 0, 0)).save(content, format="jpeg")
            file.writestr(f"img_align_celeba/{number}.jpg", content.getvalue())


def settings() -> Plan:
    return Plan(read(PROJECT / "config.yaml", OVERLAYS))


def test_faces_are_read_from_the_archive_in_the_folder_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"archive 'img_align_celeba\.zip': there is no such file"):
        settings()
    archive(tmp_path, (178, 218), (178, 218), (178, 140))
    plan = settings()
    recipe = plan.recipe_of(f"{plan.root}/generations/real/faces.parquet")
    assert recipe is not None
    assert recipe.inputs == {"files": ["img_align_celeba.zip"]}
    spec = recipe.spec | {"train": 2, "held_out": 1}
    inputs = {"files": [tmp_path / "img_align_celeba.zip"]}
    stage = Stage(body=recipe.body, spec=spec, code=[], inputs=inputs, outputs={"real": tmp_path / "real.parquet"})
    with pytest.raises(Exception, match=r"2\.jpg: 178 x 140 pixels, from which no square of 148 can be cut"):
        read_rows.run(stage)
