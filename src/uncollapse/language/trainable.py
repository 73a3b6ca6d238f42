"""Trained weights of a model: all, some layers, or low-rank adapters beside them; made whole again after training."""

from typing import Any

from torch import nn
from torch.distributed.fsdp import FSDPModule
from torch.distributed.tensor import DTensor
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


def gather_shards(model: nn.Module) -> None:
    """Put whole weights, in memory of the CPU, in place of the shards that FSDP has made; tied weights stay tied.

    Every process takes part, and holds all weights afterwards. The model can be saved then, but not run: FSDP's hooks
    around its layers stay. A model without shards is left as it is.
    """
    for module in model.modules():
        if isinstance(module, FSDPModule):
            module.reshard()  # a forward pass may have left some layers whole, in FSDP's own keeping
    whole: dict[int, nn.Parameter] = {}
    for module in model.modules():
        for name, parameter in list(module.named_parameters(recurse=False)):
            if isinstance(parameter, DTensor):
                if id(parameter) not in whole:
                    whole[id(parameter)] = nn.Parameter(parameter.full_tensor().detach().cpu())
                setattr(module, name, whole[id(parameter)])


def decoder_layers(model: PreTrainedModel) -> nn.ModuleList:
    """The stack of layers, whatever an architecture calls it."""
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == model.config.num_hidden_layers:
            return module
    raise ConfigError("training.trainable_layers: no stack of layers was found in this architecture; set it to null")


def _with_adapters(model: PreTrainedModel, settings: LoraSettings) -> Any:
    from peft import LoraConfig, get_peft_model
    from peft.tuners.tuners_utils import BaseTunerLayer

    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=settings.targets,
    )
    owners = _owners(model)
    try:
        wrapped = get_peft_model(model, config)
    except ValueError as error:
        raise ConfigError(f"training.lora.targets {settings.targets}: {error}") from error
    for name, module in wrapped.named_modules():
        if isinstance(module, BaseTunerLayer) and len(several := owners[id(module.get_base_layer().weight)]) > 1:
            raise ConfigError(
                f"training.lora.targets {settings.targets}: {name.removeprefix('base_model.model.')} cannot have an"
                f" adapter of its own, since {' and '.join(several)} are one matrix in this model (tied): merged, it"
                " would change both; name other layers"
            )
    return wrapped


def _owners(model: nn.Module) -> dict[int, list[str]]:
    """Names of the modules that hold each weight, by the weight's identity; several where it is tied."""
    found: dict[int, list[str]] = {}
    for name, module in model.named_modules():
        for parameter in module.parameters(recurse=False):
            found.setdefault(id(parameter), []).append(name)
    return found
