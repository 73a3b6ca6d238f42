"""Common base of the settings of all simulations."""

from pydantic import BaseModel, ConfigDict

Size = tuple[int, int]


class SimulationSettings(BaseModel):
    """Unknown keys are errors. Where a paper leaves a value open, the field's description says why this one."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
