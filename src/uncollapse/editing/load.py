"""A prior from wherever a model is, on one of two engines."""

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import torch
from transformers import PreTrainedTokenizerFast

from uncollapse.compute.settings import ComputeSettings
from uncollapse.editing.prior import Prior
from uncollapse.editing.transformers_prior import TransformersPrior
from uncollapse.editing.vllm_prior import VllmPrior
from uncollapse.errors import ConfigError
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.language.any_model import load_any
from uncollapse.language.artifact import inference_dtype


def load_prior(
    name: str,
    *,
    engine: str = "transformers",
    device: torch.device | None = None,
    dtype: torch.dtype = torch.float32,
    context: int | None = None,
    batch_tokens: int | None = None,
    beginning: str | None = None,
) -> Prior:
    """Load a causal language model with a fast tokenizer.

    Parameters
    ----------
    name : as for :func:`~uncollapse.language.any_model.load_any`.
    engine : transformers or vllm.
    context : tokens read at once; by default what the model allows.

    Raises
    ------
    ConfigError, ArtifactError
        Where there is no such model, or it cannot serve.
    """
    if engine == "vllm":
        return VllmPrior.load(name, dtype=dtype, context=context, beginning=beginning)
    model, tokenizer = _load(name, device=device or torch.device("cpu"), dtype=dtype)
    return TransformersPrior(model, tokenizer, context=context, batch_tokens=batch_tokens, beginning=beginning)


def load_job_prior(stage: Stage, name: str) -> Prior:
    """The prior that a job asks, its input of that name, on config's device and in numbers that fit its size.

    Raises
    ------
    ConfigError, ArtifactError
        As for :func:`load_prior`, and where config asks for a GPU and there is none.
    """
    device, _ = prepared(stage)
    path, dtype = stage.input(name), ComputeSettings(**stage.spec["compute"]).dtype
    return load_prior(str(path), device=device, dtype=inference_dtype(path, dtype, device=device))


def _load(name: str, *, device: torch.device, dtype: torch.dtype) -> tuple[torch.nn.Module, PreTrainedTokenizerFast]:
    model, tokenizer = load_any(name, where=f"model {name}", dtype=dtype, error_type=ConfigError)
    if not tokenizer.is_fast:
        raise ConfigError(f"model {name}: its tokenizer has no fast version; use another model")
    return model.to(device), tokenizer
