"""An experiment's block of config, validated by the settings of its kind; without ``kind``, as a sequence experiment.

Where its keys are those of another kind, that is taken for a slip.
"""

import functools
import operator
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SerializeAsAny

from uncollapse.experiments.found import kinds_of_experiments
from uncollapse.settings.misfit import Misfit

KINDS: dict[str, type[BaseModel]] = {
    name: kind.settings for name, kind in kinds_of_experiments().items() if kind.settings is not None
}
DEFAULT = "sequence"


def _settings_of_kind(block: Any) -> Any:
    """Validate an experiment with its kind's settings, so that errors speak of that kind's keys alone."""
    if isinstance(block, BaseModel):
        return block
    if not isinstance(block, dict):
        raise ValueError("an experiment is a mapping of keys; give task, sample, generator and so on")
    kind = block.get("kind", DEFAULT)
    if "kind" not in block:
        fitting = {name: sum(key in settings.model_fields for key in block) for name, settings in KINDS.items()}
        best = [name for name, number in fitting.items() if number == max(fitting.values())]
        if DEFAULT not in best:
            told = f"missing, and the keys beside it are those of kind {' or '.join(best)}"
            raise Misfit("kind", f"{told}; add {' or '.join(f'kind: {name}' for name in best)}")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Misfit("kind", f"{kind!r} is none of the kinds of experiments ({', '.join(KINDS)}); change it")
    return KINDS[kind].model_validate(block)


def named_blocks(block: Any) -> list[str]:
    """Keys of an experiment's block below which entries have names, with dots for those of a block within it.

    >>> named_blocks({"kind": "sequence"})
    ['decodings', 'verifiers', 'datasets', 'groups']
    """
    kind = block.get("kind", DEFAULT) if isinstance(block, dict) else None
    return list(_dictionaries(KINDS[kind])) if isinstance(kind, str) and kind in KINDS else []


def _dictionaries(settings: type[BaseModel], within: str = "") -> Iterator[str]:
    for name, field in settings.model_fields.items():
        for kind in get_args(field.annotation) if get_origin(field.annotation) is UnionType else [field.annotation]:
            if get_origin(kind) is dict:
                yield within + name
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _dictionaries(kind, f"{within}{name}.")


AnyExperiment = Annotated[
    SerializeAsAny[functools.reduce(operator.or_, KINDS.values())], BeforeValidator(_settings_of_kind)
]
