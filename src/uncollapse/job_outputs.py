"""What each stage's command writes, by the names that workflow/rules/ gives its outputs."""

import os

# of stages that write one file
_ONE = {
    "sample": "prompts",
    "label": "candidates",
    "verify": "scores",
    "select_data": "dataset",
    "estimate_proxy": "proxy",
    "compare_kept": "kept",
    "fetch_package": "package",
    "import_model": "model",
    "sample_text": "prompts",
    "label_text": "candidates",
    "verify_text": "scores",
    "select_text": "dataset",
    "estimate_proxy_text": "proxy",
    "evaluate_baselines_text": "baselines",
    "pick_examples_text": "examples",
}


def outputs(stage: str, path: str) -> dict[str, str]:
    """All outputs of the job that makes ``path``, by the names that its command gives them.

    >>> outputs("train", "results/e/models/clean-seed0.curve.parquet")["weights"]
    'results/e/models/clean-seed0.safetensors'

    Raises
    ------
    LookupError
        For a stage that only Snakemake runs.
    """
    if stage in _ONE:
        return {_ONE[stage]: path}
    folder, name = os.path.split(path)
    if stage in ("train", "train_text"):
        stem = os.path.join(folder, name.removesuffix(".safetensors").removesuffix(".curve.parquet"))
        return {"weights": f"{stem}.safetensors", "curve": f"{stem}.curve.parquet"}
    if stage in ("evaluate_model", "evaluate_text"):
        above = os.path.dirname(folder)
        return {"outcomes": f"{above}/outcomes/{name}", "evaluation": f"{above}/evaluations/{name}"}
    if stage == "prepare_corpus":
        stem = os.path.join(folder, name.removesuffix(".parquet").removesuffix(".card"))
        return {"corpus": f"{stem}.parquet", "card": f"{stem}.card.parquet"}
    raise LookupError(f"{path}: made by {stage}, which is Snakemake's part")
