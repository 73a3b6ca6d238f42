"""The report's section on an experiment whose answers are tokens, beside its products."""

from typing import Any

from uncollapse.analysis.dataset_words import selection_words

SETTINGS = ("task", "sample", "generator", "downstream")  # blocks set beside the paper's


def words(settings: dict[str, Any]) -> dict[str, str]:
    """Description of each data set, by its name."""
    found = {}
    for name, dataset in settings["datasets"].items():
        verifier = settings["verifiers"].get(dataset["verifier"] or "", {})
        decoding = settings["decodings"].get(dataset["decoding"] or "", {})
        told = {"verifier_kind": verifier.get("kind"), "tolerance": verifier.get("tolerance")}
        chosen = selection_words(dataset | told | {"beams": decoding.get("beams")})
        found[name] = f"{chosen}, {dataset['size']:,} examples" if dataset["size"] else chosen
    return found
