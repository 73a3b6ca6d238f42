"""One seed for all verifiers that draw."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ValidationError

from uncollapse.errors import ConfigError
from uncollapse.verification.named import Named


def draws(named: Named) -> bool:
    """Whether a verifier has a key ``seed``."""
    return "seed" in type(named.settings).model_fields


def seeded(verifiers: Sequence[Named], seed: int) -> list[Named]:
    """Verifiers with this seed where they draw and no seed of their own was given.

    Raises
    ------
    ConfigError
        For a seed that one of them does not take.
    """
    return [
        replace(one, settings=_with_seed(one, seed)) if draws(one) and "seed" not in one.settings.model_fields_set
        else one
        for one in verifiers
    ]  # fmt: skip


def _with_seed(named: Named, seed: int) -> BaseModel:
    given = named.settings.model_dump(exclude_unset=True, by_alias=True)
    try:
        return type(named.settings).model_validate(given | {"seed": seed})
    except ValidationError as error:
        told = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ConfigError(f"--seed {seed}: {told}, says verifier {named.name}; give it a seed of its own") from None
