"""The use that a round makes of the data of the rounds before it."""

from typing import Literal

#: Fit the new rows alone; all rows so far; or as many of them as one round has, drawn at random.
Policy = Literal["replace", "accumulate", "accumulate-subsample"]
