"""The image that --sdm apptainer runs jobs in: what is told before any job."""

from pathlib import Path

import pytest

from uncollapse.errors import ConfigError
from uncollapse.planning.environment import check_image


def test_an_image_that_cannot_be_taken_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "it's mine").mkdir()
    for folder in (tmp_path, tmp_path / "it's mine"):
        (folder / "jobs.sif").touch()
    check_image("jobs.sif", tmp_path)
    check_image("docker://example.org/uncollapse:1", tmp_path / "it's mine")
    with pytest.raises(ConfigError, match=r"no image whose path has blanks in it; move the checkout, or set"):
        check_image("jobs.sif", tmp_path / "it's mine")
    with pytest.raises(ConfigError, match=r"there is no .*none\.sif\. Make it with `apptainer build none\.sif"):
        check_image("none.sif", tmp_path)
