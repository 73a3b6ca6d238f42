"""A model that FSDP has shared out over several processes, made whole again."""

from torch import nn
from torch.distributed.fsdp import FSDPModule
from torch.distributed.tensor import DTensor


def gather_shards(model: nn.Module) -> None:
    """Put whole weights, in memory of the CPU, in place of the shards; tied weights stay tied.

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
