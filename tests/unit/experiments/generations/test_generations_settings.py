"""Blocks of config over generations: what is checked before any job, and which files runs share."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from uncollapse.experiments.generations.artifacts import LEARNED_FILES, STATE_FILES, WRITTEN_FILES
from uncollapse.experiments.generations.kind import KIND
from uncollapse.experiments.generations.settings import GenerationsSettings

VAE: dict[str, Any] = {"name": "vae", "classes": 10, "training": {"steps": 2}}
BLOCK: dict[str, Any] = {
    "kind": "generations",
    "seeds": [3, 5],
    "learners": {
        "points": {
            "data": {"name": "normal", "dimension": 2},
            "model": {"name": "gaussian"},
            "rows": 10,
            "real": 30,
            "held_out": 8,
        },
        "digits": {
            "data": {"name": "digits"},
            "model": VAE,
            "rows": 40,
            "held_out": 20,
        },
    },
    "verifiers": {"good": {"kind": "neighbours"}, "few": {"kind": "neighbours", "labels": [0, 1]}},
    "runs": {
        "replace": {"learner": "points", "regime": {"kind": "replace"}, "generations": 3},
        "accumulate": {"learner": "points", "regime": {"kind": "accumulate"}, "generations": 3},
        "fresh": {
            "learner": "points",
            "regime": {"kind": "mixed", "real": 7, "synthetic": 5, "fresh": True, "weight": "golden"},
            "generations": 3,
        },
        "many": {"learner": "points", "regime": {"kind": "replace_multiple"}, "generations": 2},
        "verified": {
            "learner": "digits",
            "regime": {"kind": "replace"},
            "generations": 2,
            "verification": {"verifier": "few", "truth": "good", "candidates": 2.0},
        },
    },
    "grids": {"worth": {"learner": "points", "real": [0, 5], "synthetic": [0, 20]}},
}


def block(**changes: Any) -> GenerationsSettings:
    """The block with values at paths whose parts are joined by two underscores."""
    changed = copy.deepcopy(BLOCK)
    for path, value in changes.items():
        *parts, last = path.split("__")
        place = changed
        for part in parts:
            place = place[part]
        place[last] = value
    return GenerationsSettings.model_validate(changed)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("runs__replace__learner", "faces", "'faces' is not defined; known: points, digits"),
        ("learners__points__model", {"name": "vae", "training": {"steps": 1}}, "learns from pixels, label, but the"),
        ("learners__points__real", 9, "9, fewer than rows, 10; raise it"),
        ("runs__fresh__generations", 4, "generation 4 of 'fresh' takes 35 real rows of 30"),
        ("runs__fresh__regime", {"kind": "mixed", "real": 0, "synthetic": 0}, "nothing to learn from"),
        (
            "runs__fresh__regime",
            {"kind": "mixed", "real": 0, "synthetic": 5, "weight": 0.5},
            "of which one are 0; remove",
        ),
        ("runs__fresh__regime", {"kind": "mixed", "real": 5, "synthetic": 0, "weight": "golden"}, "of which one are 0"),
        ("grids__worth", {"learner": "points", "real": [0], "synthetic": [0]}, "are all that it has; add others"),
        ("learners__points__held_out", 5, "5, but what tells collapse takes more than 5 rows; raise it"),
        ("learners__digits__rows", 3, "3, but what tells collapse takes more than 5 rows; raise it"),
        ("runs__points", BLOCK["runs"]["replace"], "a learner has this name; choose another"),
        ("runs__verified__learner", "points", "'few' judges pixels, label, not values; choose a verifier of such rows"),
        ("runs__replace__regime", {"kind": "forget"}, "does not match any of the expected tags"),
        ("grids__worth__real", [31], "takes 31 real rows of 30; lower what it takes, or raise learners.points.real"),
        ("shards", 3, "3 jobs for 2 seeds; lower it"),
        ("learners__points__data", {"name": "molecule_files", "folder": "nowhere"}, "there is no such folder"),
        ("learners__points__data", {"name": "images", "folder": "nowhere"}, "folder 'nowhere': there is no such"),
        ("learners__points__data", {"name": "images", "folder": "~/faces"}, "~ is read by shells alone: write /"),
        ("learners__points__data", {"name": "images", "archive": "https://a.b/c.zip"}, "is an address (https), and"),
        ("learners__digits__model", VAE | {"channels": 3}, "3, but the data's images have 1; set one to the other's"),
        ("learners__digits__model", VAE | {"convolutional": True}, "of 8 x 8 pixels, and convolutions take a power of"),
        ("learners__digits__model", VAE | {"classes": 9}, "9, but the data have 10; raise it, or set it to 0"),
        ("verifiers__good", {"kind": "neighbours", "channels": 3}, "3, but the images that it judges have 1; set it"),
        ("verifiers__few", {"kind": "neighbours", "labels": [0, 10]}, "there is no class 10 of 10, counted from 0"),
        ("runs__replace__generations", 0, "greater than or equal to 1"),
        ("runs__replace__generations", 1000, "less than or equal to 999"),
        ("runs__verified__verification__candidates", 0.5, "greater than or equal to 1"),
        ("learners__points__data", {"name": "cats"}, "none of the sources of generative models"),
    ],
)
def test_what_cannot_be_run_is_told_before_any_job(path: str, value: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        block(**{path: value})


def test_images_without_labels_take_no_classes_and_no_verifier_by_them(tmp_path: Path) -> None:
    Image.new("L", (16, 16)).save(tmp_path / "a.png")
    grey = {"name": "images", "folder": str(tmp_path), "pixels": 16, "colours": False}
    with pytest.raises(ValidationError, match="10, but the data's images have none; set it to 0"):
        block(learners__digits__data=grey)
    model = VAE | {"classes": 0, "convolutional": True}
    with pytest.raises(ValidationError, match="judges images by their classes, and these have none"):
        block(learners__digits__data=grey, learners__digits__model=model)
    with pytest.raises(ValidationError, match="1, but the data's images have 3"):
        block(learners__digits__data=grey | {"colours": True}, learners__digits__model=model)
    runs = {name: run for name, run in BLOCK["runs"].items() if name != "verified"}
    block(learners__digits__data=grey, learners__digits__model=model, runs=runs)


MOLECULES = {"data": {"name": "qm9"}, "model": {"name": "molecules"}, "rows": 10, "held_out": 8}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"data": {"name": "qm9", "hydrogens": True}},
            "implied, but the data's hydrogens are true; set it to explicit",
        ),
        ({"model": {"name": "molecules", "hydrogens": "explicit"}}, "explicit, but the data's hydrogens are false"),
        ({"model": {"name": "molecules", "network": {"reach": 5e-324}}}, "greater than or equal to 0.01"),
        ({"model": {"name": "molecules", "network": {"reach": 1.7e308}}}, "less than or equal to 1000"),
        ({"verifier": {"hydrogens": "explicit"}}, "explicit, but the model's are implied: no molecule would do"),
        ({"verifier": {"heavy_atoms": 7}}, "at least 7, but the data's molecules have at most 6; lower it"),
        ({"verifier": {"heavy_atoms": 6}}, None),
    ],
)
def test_molecules_and_their_verifier_have_hydrogens_alike(keys: dict[str, Any], message: str | None) -> None:
    pytest.importorskip("rdkit")
    pytest.importorskip("diffusers")
    valid = {"kind": "valid_molecules", **keys.pop("verifier", {})}
    run = {"learner": "molecules", "regime": {"kind": "replace"}, "generations": 1}
    changes = {
        "learners__molecules": MOLECULES | keys,
        "verifiers__valid": valid,
        "runs__molecules_checked": run | {"verification": {"verifier": "valid", "truth": "valid"}},
    }
    if message is None:
        block(**changes)
        return
    with pytest.raises(ValidationError, match=message):
        block(**changes)


TEXTS = {
    "data": {"name": "texts", "corpus": "news", "words": 5},
    "model": {
        "name": "language_model",
        "architecture": {"architecture": "gpt2", "hidden_size": 8, "layers": 1, "heads": 1, "context": 24},
        "training": {"steps": 2},
    },
    "rows": 10,
    "real": 20,
    "held_out": 8,
}
JUDGED = {"learner": "texts", "regime": {"kind": "replace"}, "generations": 2}


def texts(**verifiers: Any) -> GenerationsSettings:
    """A learner of texts, each generation judged by the first of these verifiers, with the last as the truth."""
    judges = {name: {"kind": "perplexity", "model": TEXTS["model"], **keys} for name, keys in verifiers.items()}
    run = JUDGED | {"verification": {"verifier": next(iter(judges)), "truth": list(judges)[-1], "candidates": 2.0}}
    return block(learners__texts=TEXTS, verifiers=BLOCK["verifiers"] | judges, runs__judged=run)


def test_a_verifier_of_texts_reads_the_learners_rows_or_another_corpus() -> None:
    settings = texts(other={"skip": 10}, narrow={"data": {"name": "texts", "corpus": "speeches", "words": 5}})
    real = inputs(settings, "learn_verifier", verifier="other", learner="texts")
    assert real == {"real": ["real/texts.parquet"]}
    job = KIND.stages["learn_verifier"].job(settings, verifier="narrow", learner="texts")
    assert list(job.reads) == ["corpus"]
    assert "speeches" in job.reads["corpus"].path
    assert "uncollapse.generations.data.texts" in job.plugins


EDITED = {"learner": "texts", "regime": {"kind": "replace"}, "generations": 3, "editing": {"base": "small"}}


def edited(**changes: Any) -> GenerationsSettings:
    """A run of texts that are edited, with changed keys; keys of the editing stand under ``editing__``."""
    run = copy.deepcopy(EDITED)
    for key, value in changes.items():
        part, _, name = key.partition("__")
        if name:
            run[part][name] = value
        else:
            run[part] = value
    return block(learners__texts=TEXTS, runs__edited=run)


def test_edits_go_on_from_those_before_and_a_frozen_set_from_the_first() -> None:
    names = {"run": "edited", "shard": 1, "shards": 1}
    fresh = inputs(edited(), "edit_generation", generation=2, **names)
    assert fresh == {
        "rows": ["edited/edited.generation1.1of1.parquet"],
        "before": ["edited/edited.generation1.1of1.positions.parquet"],
        "prior": ["base_models/small.safetensors"],
    }
    frozen = inputs(edited(editing__frozen=True), "edit_generation", generation=2, **names)
    assert frozen == fresh | {"first": ["edited/edited.generation0.1of1.positions.parquet"]}
    first = inputs(edited(editing__written=4), "edit_generation", generation=0, **names)
    assert first["written"] == ["written/texts-10rows.generation0.1of1.parquet"]
    fitted = inputs(edited(), "fit_generation", generation=3, **names)
    assert fitted["written"] == ["edited/edited.generation2.1of1.parquet"]
    with pytest.raises(KeyError):
        KIND.stages["edit_generation"].job(edited(), generation=3, **names)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learner": "points"}, "points learns from no texts, and texts alone are edited"),
        ({"regime": {"kind": "accumulate"}}, "set regime replace, remove verification"),
        ({"editing__written": 11}, "11 of 10 rows; lower it"),
        ({"editing": {"verifier": "good"}}, "'good' is no language model; name one of kind perplexity"),
        ({"editing__verifier": "good"}, "exactly one of base and verifier"),
        ({"editing": {"base": "small", "share": 0.1, "editing": {"threshold": 0.5}}}, "remove editing.threshold"),
        ({"editing__frozen": True, "editing__editing": {"action": "delete"}}, "deletion leaves no positions"),
    ],
)
def test_edits_that_cannot_be_made_are_told_before_any_job(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        edited(**changes)


def test_a_verifier_that_skips_every_real_row_is_told_before_any_job() -> None:
    with pytest.raises(
        ValidationError, match=r"20 real rows are skipped, and texts has 20; raise learners\.texts\.real"
    ):
        texts(other={"skip": 20})


def inputs(settings: GenerationsSettings, stage: str, **names: Any) -> dict[str, list[str]]:
    reads = KIND.stages[stage].job(settings, **names).reads
    return {
        name: [one.path for one in (found if isinstance(found, list) else [found])] for name, found in reads.items()
    }


def test_all_runs_of_a_learner_begin_with_its_generation_0() -> None:
    settings = block()
    for run in ("replace", "accumulate"):
        found = inputs(settings, "fit_generation", run=run, generation=1, shard=1, shards=1)
        assert found["first"] == ["models/points.generation0.1of1.safetensors"]
        assert found["written"] == ["written/points-10rows.generation0.1of1.parquet"]
    found = inputs(settings, "fit_generation", run="many", generation=1, shard=1, shards=1)
    assert found["written"] == ["written/points-20rows.generation0.1of1.parquet"]


def test_accumulate_reads_each_generations_rows_from_where_they_are_stored_once() -> None:
    settings = block(runs__accumulate__generations=20)
    found = inputs(settings, "fit_generation", run="accumulate", generation=20, shard=1, shards=1)
    own = [f"written/accumulate.generation{k}.1of1.parquet" for k in range(1, 20)]
    assert found["written"] == ["written/points-10rows.generation0.1of1.parquet", *own]
    assert found["real"] == ["real/points.parquet"]
    stored = {name for name, artifact in KIND.stages["fit_generation"].makes.items()}
    assert stored == {"model", "learned"}  # no rows among what a fit makes
    assert set(LEARNED_FILES.schema.names) == {"seed", "origin", "row_id", "weight"}


def test_replace_reads_the_generation_before_alone() -> None:
    found = inputs(block(), "fit_generation", run="replace", generation=3, shard=1, shards=1)
    assert found["written"] == ["written/replace.generation2.1of1.parquet"]
    assert "real" not in found


def test_more_generations_leave_the_earlier_ones_as_they_are() -> None:
    before, after = block(), block(runs__accumulate__generations=9, runs__many__generations=5)
    for stage in ("fit_generation", "measure_generation"):
        for run, generation in (("points", 0), ("accumulate", 3), ("many", 2)):
            names = {"run": run, "generation": generation, "shard": 1, "shards": 1}
            assert KIND.stages[stage].job(before, **names) == KIND.stages[stage].job(after, **names)
    for writer, generation in (("points-10rows", 0), ("points-20rows", 0), ("accumulate", 3), ("many", 1)):
        names = {"writer": writer, "generation": generation, "shard": 1, "shards": 1}
        job = KIND.stages["write_generation"].job
        assert job(before, **names) == job(after, **names)


def test_verified_runs_write_more_and_read_what_was_judged() -> None:
    settings = block()
    found = inputs(settings, "fit_generation", run="verified", generation=2, shard=1, shards=1)
    assert found["judged"] == ["judged/verified.generation1.1of1.parquet"]
    job = KIND.stages["write_generation"].job(settings, writer="digits-80rows", generation=0, shard=1, shards=1)
    assert job.values["rows"] == 80
    judged = KIND.stages["verify_generation"].job(settings, run="verified", generation=0, shard=1, shards=1)
    assert judged.values["most"] == 40


def test_shards_share_the_seeds() -> None:
    settings = block(shards=2)
    jobs = [KIND.stages["fit_generation"].job(settings, run="replace", generation=1, shard=k, shards=2) for k in (1, 2)]
    assert [job.values["seeds"] for job in jobs] == [[3], [5]]
    with pytest.raises(KeyError):
        KIND.stages["fit_generation"].job(settings, run="replace", generation=1, shard=1, shards=1)


@pytest.mark.parametrize(
    ("stage", "names"),
    [
        ("fit_generation", {"run": "replace", "generation": 4}),
        ("fit_generation", {"run": "replace", "generation": 0}),
        ("write_generation", {"writer": "points-11rows", "generation": 0}),
        ("verify_generation", {"run": "verified", "generation": 2}),
        ("verify_generation", {"run": "replace", "generation": 1}),
        ("measure_generation", {"run": "nobody", "generation": 1}),
    ],
)
def test_files_that_config_does_not_have_are_no_jobs(stage: str, names: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        KIND.stages[stage].job(block(), **names, shard=1, shards=1)


def test_names_of_files_are_told_apart() -> None:
    path = "e/models/worth-5x20.generation1.2of3.safetensors"
    names = {"experiment": "e", "run": "worth-5x20", "generation": 1, "shard": 2, "shards": 3}
    assert STATE_FILES.names_in(path) == names
    written = WRITTEN_FILES.names_in("e/written/points-20rows.generation0.1of1.parquet")
    assert written["writer"] == "points-20rows"
    assert [run.name for run in block().every_run() if run.grid] == ["worth-0x20", "worth-5x0", "worth-5x20"]
