"""Whether a learner's data, its model and the verifiers of its rows fit together, as far as their settings say it.

All of it would else come to light in a job, some of it after long training. Data, models and verifiers of users' own
are held to what their settings have of these names.
"""

from typing import Any

from uncollapse.settings.misfit import Misfit

_SMALLEST = 16  # side of images that convolutions take


def check_learner(name: str, data: Any, model: Any) -> None:
    """Hold a learner's model against its data.

    Raises
    ------
    Misfit
        Where images have other channels, another side or other classes than the model takes, and where hydrogens are
        among the atoms for one of them alone.
    """
    key = f"learners.{name}.model"
    channels, side, classes = (getattr(data, quantity, None) for quantity in ("channels", "side", "classes"))
    if None not in (channels, taken := getattr(model, "channels", None)) and channels != taken:
        raise Misfit(f"{key}.channels", f"{taken}, but the data's images have {channels}; set one to the other's")
    if side is not None and getattr(model, "convolutional", False) and (side < _SMALLEST or side & (side - 1)):
        text = f"the data's images are of {side} x {side} pixels, and convolutions take a power of two from {_SMALLEST}"
        raise Misfit(f"{key}.convolutional", f"{text}; resize them (data.pixels), or set it to false")
    told = getattr(model, "classes", 0)
    if classes is not None and told and told < max(classes, 1):
        raise Misfit(f"{key}.classes", f"{told}, but the data have {classes}; raise it, or set it to 0")
    if classes == 0 and told:
        raise Misfit(f"{key}.classes", f"{told}, but the data's images have none; set it to 0")
    kept, hydrogens = getattr(data, "hydrogens", None), getattr(model, "hydrogens", None)
    if kept is not None and hydrogens is not None and kept != (hydrogens == "explicit"):
        text = f"{hydrogens}, but the data's hydrogens are {str(kept).lower()}"
        raise Misfit(f"{key}.hydrogens", f"{text}; set it to {'explicit' if kept else 'implied'}, or change the data's")


def check_verifier(name: str, verifier: Any, data: Any, model: Any) -> None:
    """Hold a verifier against the learner whose rows it judges.

    Raises
    ------
    Misfit
        Where images have other channels than it takes, or no classes for it to judge by, or not those that it knows,
        and where it would take no molecule that the model writes.
    """
    key = f"verifiers.{name}"
    channels, classes = getattr(data, "channels", None), getattr(data, "classes", None)
    if None not in (channels, taken := getattr(verifier, "channels", None)) and channels != taken:
        raise Misfit(f"{key}.channels", f"{taken}, but the images that it judges have {channels}; set it to {channels}")
    if classes == 0 and taken is not None:
        raise Misfit(f"{key}.kind", "judges images by their classes, and these have none; choose another")
    known = getattr(verifier, "labels", None) or ()
    if classes is not None and known and max(known) >= classes:
        raise Misfit(f"{key}.labels", f"there is no class {max(known)} of {classes}, counted from 0; remove it")
    own, taken = getattr(model, "hydrogens", None), getattr(verifier, "hydrogens", None)
    if None not in (own, taken) and own != taken:
        raise Misfit(f"{key}.hydrogens", f"{taken}, but the model's are {own}: no molecule would do; set it to {own}")
    most, least = (getattr(each, "heavy_atoms", None) for each in (data, verifier))
    if None not in (most, least) and least > most:
        raise Misfit(f"{key}.heavy_atoms", f"at least {least}, but the data's molecules have at most {most}; lower it")
