"""The engine that runs a model: the one that config names, or what is there."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from uncollapse.errors import ConfigError
from uncollapse.language.engines.interface import Engine
from uncollapse.language.settings import EngineSettings


def load_engine(path: Path, settings: EngineSettings, *, threads: int, changed: Path | None = None) -> Engine:
    """The engine that ``settings`` choose, with the model of a file; auto is vLLM where it and a GPU are there.

    With ``changed`` it is the model that training made of that file's (:mod:`uncollapse.language.changed_weights`).

    Raises
    ------
    ConfigError
        Where vLLM is asked for and not installed.
    """
    name = settings.name
    if name == "auto":
        name = "vllm" if _has_vllm_and_gpu(settings) else "transformers"
    if name == "vllm" and find_spec("vllm") is None:
        raise ConfigError("engine.name is vllm, which is not installed here: see envs/vllm.yaml, or set it to auto")
    # each is imported only where it is used: vLLM needs an environment of its own
    module = import_module(f"uncollapse.language.engines.{name}_engine")
    return module.load(path, settings, threads=threads, changed=changed)


def _has_vllm_and_gpu(settings: EngineSettings) -> bool:
    if settings.device == "cpu" or find_spec("vllm") is None:
        return False
    import torch

    return torch.cuda.is_available()
