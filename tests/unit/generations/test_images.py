"""Image files of a folder and of an archive; digits; a convolutional autoencoder of them."""

import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from uncollapse.artifacts.parquet import as_table
from uncollapse.errors import DataError
from uncollapse.generations.data import digits, images
from uncollapse.generations.images import as_features, neighbours_of_label
from uncollapse.generations.models import vae
from uncollapse.generations.rows import IMAGES
from uncollapse.generations.work import Work
from uncollapse.jobs.progress import Progress

RNG = np.random.default_rng(0)


def picture(width: int, height: int, *, seed: int = 0) -> Image.Image:
    numbers = np.random.default_rng(seed).integers(0, 256, size=(height, width, 3), dtype=np.uint8)
    return Image.fromarray(numbers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    for number, name in enumerate(("b.png", "a.png", "more/c.png")):
        picture(16, 16, seed=number).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    return tmp_path


def read(settings: images.Settings, numbers: list[int]) -> np.ndarray:
    inputs = {"files": [Path(name) for name in settings.files]}
    parts = list(images.read(settings, inputs, numbers=np.array(numbers), seed=0))
    assert images.size(settings, inputs) >= len(numbers)
    return np.concatenate([part["pixels"] for part in parts])


def test_images_of_a_folder_come_in_the_order_of_their_names(folder: Path) -> None:
    settings = images.Settings(name="images", folder=str(folder), pixels=16)
    found = read(settings, [0, 2])
    for row, seed in zip(found, (1, 2), strict=True):
        np.testing.assert_array_equal(row.reshape(16, 16, 3), np.asarray(picture(16, 16, seed=seed)))


def test_an_archive_has_the_same_images(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("b.png", "a.png", "more/c.png"):
            archive.write(folder / name, name)
    whole = images.Settings(name="images", folder=str(folder), pixels=16)
    packed = images.Settings(name="images", archive=str(path), pixels=16)
    np.testing.assert_array_equal(read(packed, [0, 1, 2]), read(whole, [0, 1, 2]))


def test_the_middle_is_cut_out_and_resized(tmp_path: Path) -> None:
    numbers = np.zeros((12, 10, 3), dtype=np.uint8)
    numbers[2:10, 1:9] = 100  # a square of 8 in the middle
    Image.fromarray(numbers).save(tmp_path / "a.png")
    settings = images.Settings(name="images", folder=str(tmp_path), pixels=4, crop=8, colours=False)
    np.testing.assert_array_equal(read(settings, [0]), np.full((1, 16), 100))


@pytest.mark.parametrize(
    ("name", "content", "crop", "message"),
    [
        ("big.png", (20, 16), None, r"big\.png: 20 x 16 pixels, not 16 x 16; set the data's pixels"),
        ("small.png", (20, 9), 16, r"small\.png: 20 x 9 pixels, from which no square of 16 can be cut"),
        ("text.png", b"no image at all", None, r"text\.png: not a whole image"),
        ("cut.png", "cut", None, r"cut\.png: not a whole image"),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path: Path, name: str, content, crop, message: str) -> None:
    buffer = BytesIO()
    picture(*(content if isinstance(content, tuple) else (16, 16))).save(buffer, format="png")
    raw = content if isinstance(content, bytes) else buffer.getvalue()
    (tmp_path / name).write_bytes(raw[:300] if content == "cut" else raw)
    settings = images.Settings(name="images", folder=str(tmp_path), pixels=16, crop=crop)
    with pytest.raises(DataError, match=message):
        read(settings, [0])


def test_places_without_images_are_told_before_any_job(tmp_path: Path) -> None:
    for keys, message in (
        ({"folder": str(tmp_path)}, "has no image"),
        ({"archive": str(tmp_path / "no.zip")}, "no such file"),
        ({}, "exactly one of folder and archive"),
    ):
        with pytest.raises(ValidationError, match=message):
            images.Settings(name="images", **keys)
    (tmp_path / "half.zip").write_bytes(b"PK half")
    settings = images.Settings(name="images", archive=str(tmp_path / "half.zip"))
    with pytest.raises(DataError, match=r"half\.zip: no whole \.zip archive"):
        read(settings, [0])


GREY = np.random.default_rng(1).integers(0, 256, size=(16, 16), dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "image", "keys", "message"),
    [
        ("deep.png", Image.fromarray(GREY.astype(np.uint16) * 200), {}, r"deep\.png: pixels of mode I;16, not 8 bits"),
        ("print.jpg", picture(16, 16).convert("CMYK"), {}, r"print\.jpg: pixels of mode CMYK.*; convert it"),
        ("seen.png", picture(16, 16).convert("RGBA"), {}, None),
        ("unseen.png", Image.fromarray(np.dstack([GREY] * 4)), {}, r"unseen\.png: has transparent pixels.*background"),
        (
            "unseen.png",
            Image.fromarray(GREY),
            {"transparency": int(GREY[0, 0])},
            r"unseen\.png: has transparent pixels",
        ),
        (
            "film.webp",
            picture(16, 16),
            {"save_all": True, "append_images": [picture(16, 16, seed=1)]},
            r"film\.webp: an animation of 2 images; keep one",
        ),
        ("vast.png", Image.new("1", (9000, 9000)), {}, r"vast\.png: 9000 x 9000 pixels, more than the 64,000,000"),
    ],
)
def test_pixels_that_would_change_unseen_are_refused(
    tmp_path: Path, name: str, image: Image.Image, keys: dict, message: str | None
) -> None:
    image.save(tmp_path / name, **keys)
    settings = images.Settings(name="images", folder=str(tmp_path), pixels=16, crop=16)
    if message is None:
        np.testing.assert_array_equal(read(settings, [0])[0].reshape(16, 16, 3), np.asarray(image)[..., :3])
        return
    with pytest.raises(DataError, match=rf"^[^:]*{message}"):
        read(settings, [0])


def test_grey_images_among_colours_have_three_channels_that_are_alike(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "a.png")
    picture(16, 16).save(tmp_path / "b.png")
    found = read(images.Settings(name="images", folder=str(tmp_path), pixels=16), [0, 1]).reshape(2, 16, 16, 3)
    np.testing.assert_array_equal(found[0], np.dstack([GREY] * 3))
    np.testing.assert_array_equal(found[1], np.asarray(picture(16, 16)))


def test_an_image_is_turned_as_its_camera_was(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn to the right
    Image.fromarray(GREY).save(tmp_path / "a.png", exif=exif)
    found = read(images.Settings(name="images", folder=str(tmp_path), pixels=16, colours=False), [0])
    np.testing.assert_array_equal(found.reshape(16, 16), np.rot90(GREY, -1))


def test_files_that_systems_hide_beside_images_are_none(folder: Path, tmp_path: Path) -> None:
    for name in ("._a.png", ".cache/a.png", "__MACOSX/a.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"a fork of a file")
    assert len(images.Settings(name="images", folder=str(folder), pixels=16).files) == 3
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(folder / "a.png", "a.png")
        archive.writestr("__MACOSX/._a.png", b"a fork of a file")
    packed = images.Settings(name="images", archive=str(tmp_path / "all.zip"), pixels=16)
    assert images.size(packed, {"files": [tmp_path / "all.zip"]}) == 1


def test_bombs_are_refused_by_their_size_before_they_are_unpacked(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(images, "_LARGEST", 1 << 20)
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(3 << 20))
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(DataError, match=r"all\.zip: a\.png: 3 MiB, more than the 1 of an image; remove the file"):
        read(images.Settings(name="images", archive=str(tmp_path / "all.zip"), pixels=16), [0])
    (tmp_path / "b.png").write_bytes(bytes(2 << 20))
    with pytest.raises(DataError, match=r"b\.png: 2 MiB"):
        read(images.Settings(name="images", folder=str(tmp_path), pixels=16), [0])


def test_a_file_that_is_gone_or_may_not_be_read_is_named(folder: Path) -> None:
    settings = images.Settings(name="images", folder=str(folder), pixels=16)
    inputs = {"files": [Path(name) for name in settings.files]}
    (folder / "a.png").unlink()
    with pytest.raises(DataError, match=r"a\.png: cannot be read \(No such file"):
        list(images.read(settings, inputs, numbers=np.array([0]), seed=0))


@pytest.mark.parametrize("kind", ["png", "jpeg", "bmp", "webp"])
def test_damaged_files_are_read_or_named(tmp_path: Path, kind: str) -> None:
    rng, content = np.random.default_rng(3), BytesIO()
    picture(16, 16).save(content, format=kind)
    named = []
    for trial in range(60):
        damaged = bytearray(content.getvalue())
        if trial % 2:
            del damaged[rng.integers(len(damaged)) :]
        for place in rng.integers(len(damaged), size=3) if damaged else ():
            damaged[place] = rng.integers(256)
        (tmp_path / f"a.{kind}").write_bytes(damaged)
        try:
            read(images.Settings(name="images", folder=str(tmp_path), pixels=16), [0])
        except DataError as error:
            named.append(str(error))
    assert len(named) > 20
    assert all(str(tmp_path / f"a.{kind}") in message for message in named)


@pytest.mark.parametrize(
    ("name", "place", "message"),
    [
        ("notes.txt", None, r"all\.zip: has no image"),
        ("a.png", 100, r"all\.zip: a\.png: cannot be read \(Bad CRC-32"),
        ("a.png", -1, r"all\.zip: a\.png: cannot be unpacked \(.*encrypted.*; unpack it, and set the data's folder"),
    ],
)
def test_archives_that_cannot_be_used_are_named(tmp_path: Path, name: str, place: int | None, message: str) -> None:
    content, path = BytesIO(), tmp_path / "all.zip"
    picture(16, 16).save(content, format="png")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content.getvalue())
    raw = bytearray(path.read_bytes())
    if place == -1:  # the flag of encryption, beside the content and in the list of files
        raw[6] |= 1
        raw[raw.index(b"PK\x01\x02") + 8] |= 1
    elif place is not None:
        raw[place] ^= 255
    path.write_bytes(raw)
    with pytest.raises(DataError, match=message):
        read(images.Settings(name="images", archive=str(path), pixels=16), [0])


def test_digits_are_those_of_scikit_learn() -> None:
    (part,) = digits.read(digits.Settings(name="digits"), {}, numbers=np.array([0, 5, 1796]), seed=0)
    assert part["label"].tolist() == [0, 5, 8]
    assert part["pixels"].max() == 255
    assert part["pixels"].shape == (3, 64)


def test_large_images_are_compared_by_means_over_squares() -> None:
    rows = as_table({"pixels": np.repeat([[0], [255]], 32 * 32 * 3, axis=1), "label": [0, 1]}, IMAGES)
    found = as_features(rows, channels=3)
    assert found.shape == (2, 16 * 16 * 3)
    assert found.mean(1).tolist() == [0, 1]


def test_labels_are_held_against_the_nearest_real_image() -> None:
    real = as_table({"pixels": [[0] * 4, [200] * 4], "label": [3, 7]}, IMAGES)
    rows = as_table({"pixels": [[10] * 4, [190] * 4, [180] * 4, [5] * 4], "label": [3, 7, 3, 3]}, IMAGES)
    found = neighbours_of_label(rows, real, channels=1)
    assert found["label_kept"] == 0.75
    assert found["label_entropy"] == pytest.approx(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)))


SETTINGS = vae.Settings.model_validate(
    {
        "name": "vae",
        "channels": 3,
        "latent": 2,
        "hidden": 16,
        "convolutional": True,
        "sigma": 0.1,
        "training": {
            "steps": 40,
            "batch_size": 16,
            "log_every": 5,
            "checkpoint_every": 10,
            "optimizer": {"name": "adam", "learning_rate": 3e-3},
        },
    }
)


def bright(number: int, seed: int) -> dict:
    """Images of 16 x 16 pixels and three colours, each of one brightness."""
    level = np.random.default_rng(seed).integers(60, 190, size=(number, 1))
    return {"pixels": np.repeat(level, 16 * 16 * 3, axis=1), "label": np.zeros(number, dtype=np.int16)}


def work(folder: Path) -> Work:
    folder.mkdir(exist_ok=True)
    return Work(progress=Progress("t", unit="images", stream=StringIO()), checkpoint=folder / "c", identity="x")


def test_an_autoencoder_learns_and_writes_images_like_its_own(tmp_path: Path) -> None:
    rows, asked = as_table(bright(64, 0), IMAGES), as_table(bright(16, 1), IMAGES)
    few = SETTINGS.model_copy(update={"training": SETTINGS.training.model_copy(update={"steps": 1})})
    start = vae.fit(rows, few, weights=None, first=None, seed=0, work=work(tmp_path / "a"))
    state = vae.fit(rows, SETTINGS, weights=None, first=None, seed=0, work=work(tmp_path / "b"))
    before, after = (vae.losses(s, SETTINGS, asked, work=work(tmp_path / "c")).mean() for s in (start, state))
    assert after < before - 50
    parts = list(vae.sample(state, SETTINGS, rows=5, seed=0, work=work(tmp_path / "d")))
    assert np.concatenate([part["pixels"] for part in parts]).shape == (5, 768)
    again = list(vae.sample(state, SETTINGS, rows=5, seed=0, work=work(tmp_path / "d")))
    np.testing.assert_array_equal(parts[0]["pixels"], again[0]["pixels"])


def test_a_killed_fit_ends_in_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = as_table(bright(64, 0), IMAGES)
    whole = vae.fit(rows, SETTINGS, weights=None, first=None, seed=0, work=work(tmp_path / "a"))
    from uncollapse.training import checkpoint

    real = checkpoint.Checkpoint.save

    def killed(self, *args, step, **kwargs):
        real(self, *args, step=step, **kwargs)
        if step >= 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.Checkpoint, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        vae.fit(rows, SETTINGS, weights=None, first=None, seed=0, work=work(tmp_path / "b"))
    monkeypatch.setattr(checkpoint.Checkpoint, "save", real)
    resumed = vae.fit(rows, SETTINGS, weights=None, first=None, seed=0, work=work(tmp_path / "b"))
    assert all(resumed.tensors[name].equal(tensor) for name, tensor in whole.tensors.items())


def test_sizes_that_a_model_cannot_take_are_named(tmp_path: Path) -> None:
    rows = as_table({"pixels": np.zeros((2, 300), dtype=np.uint8), "label": [0, 0]}, IMAGES)
    with pytest.raises(DataError, match="10 x 10 pixels: convolutions take a power of two"):
        vae.fit(rows, SETTINGS, weights=None, first=None, seed=0, work=work(tmp_path))
    grey = SETTINGS.model_copy(update={"channels": 1, "convolutional": False})
    with pytest.raises(DataError, match="images of 300 numbers are no squares of 1 channels"):
        vae.fit(rows, grey, weights=None, first=None, seed=0, work=work(tmp_path))
    few = grey.model_copy(update={"channels": 3, "classes": 2})
    labelled = as_table({"pixels": np.zeros((2, 300), dtype=np.uint8), "label": [0, 5]}, IMAGES)
    with pytest.raises(DataError, match="row 1 has label 5, but the model has 2 classes"):
        vae.fit(labelled, few, weights=None, first=None, seed=0, work=work(tmp_path))
