"""Trained weights of a model: all, some layers, or low-rank adapters beside them."""

from typing import Any

from torch import nn
from transformers import PreTrainedModel

from uncollapse.errors import ConfigError
from uncollapse.language.settings import FineTuningSettings, LoraSettings


def choose_trainable(model: PreTrainedModel, settings: FineTuningSettings) -> nn.Module:
    """Mark what is trained; the module to train: the model, or the model with adapters."""
    model.requires_grad_(True)
    if settings.lora is not None:
        return _with_adapters(model, settings.lora)
    if settings.trainable_layers is not None:
        layers = decoder_layers(model)
        count = settings.trainable_layers
        if abs(count) > len(layers):
            raise ConfigError(f"training.trainable_layers is {count}, but the model has {len(layers)} layers; lower it")
        model.requires_grad_(False)
        for layer in layers[:count] if count > 0 else layers[count:]:
            layer.requires_grad_(True)
    return model


def merge_adapters(trained: nn.Module) -> None:
    """Add adapters to the weights they stand beside, in place, and take them out."""
    if hasattr(trained, "merge_and_unload"):
        trained.merge_and_unload()


def decoder_layers(model: PreTrainedModel) -> nn.ModuleList:
    """The stack of layers, whatever an architecture calls it."""
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == model.config.num_hidden_layers:
            return module
    raise ConfigError("training.trainable_layers: no stack of layers was found in this architecture; set it to null")


def _with_adapters(model: PreTrainedModel, settings: LoraSettings) -> Any:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=settings.targets,
    )
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise ConfigError(f"training.lora.targets {settings.targets}: {error}") from error
