"""Files of folders that config names."""

from pathlib import Path

import pytest

from uncollapse.settings.folder import files_in


def test_links_are_followed_and_what_is_hidden_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = ("data/.git/b.txt", "data/deep/.cache/c.txt", "data/.e")
    for name in ("data/a.txt", "data/deep/d.txt", "away/f/g.txt", *hidden):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "data/linked").symlink_to(tmp_path / "away")
    (tmp_path / "data/one.txt").symlink_to(tmp_path / "away/f/g.txt")
    (tmp_path / "data/gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "data/deep/back").symlink_to(tmp_path / "data")
    (tmp_path / "away/round").symlink_to(tmp_path / "away")
    monkeypatch.chdir(tmp_path)
    expected = ["data/a.txt", "data/deep/d.txt", "data/linked/f/g.txt", "data/one.txt"]
    assert files_in("data") == files_in(Path("data")) == expected
    assert files_in(tmp_path / "data") == [str(tmp_path / name) for name in expected]
    (tmp_path / "link").symlink_to("data")
    assert files_in("link") == [name.replace("data/", "link/", 1) for name in expected]
    assert files_in("no/such") == []
