"""Settings of an editing, as config and the command name them, without importing torch."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.values import Strict

Span = Literal["digits", "code", "urls"]


class EditSettings(Strict):
    """The paper's ToEdit by default (Zhu et al. 2024, eq. 2, Sec. 4.4 and App. D.3).

    The paper prints no temperature; its released code draws at 1.5, and so do we: at 1, a token of probability p
    changes with probability at most 1 - p, that is, hardly any eligible token does.
    """

    threshold: float = Field(default=0.99, ge=0, le=1, description="of p(token | context); Sec. 4.1 and App. D.3")
    direction: Literal[">=", "<="] = Field(
        default=">=", description="edit tokens at least (eq. 2) or at most (Table 7) that probable"
    )
    sampling: Literal["top_k", "top_p", "full"] = Field(
        default="top_k",
        description="what new tokens are drawn from (Table 5); full is the whole distribution, which the paper reaches"
        " by rejection",
    )
    top_k: int = Field(default=8, ge=1, description="Table 6 has 8 and 64")
    top_p: float = Field(default=0.99, gt=0, le=1, description="mass kept, at the temperature; Sec. 4.4")
    temperature: float = Field(default=1.5, gt=0, description="of the draw alone, never of p")
    exclude_original: bool = Field(default=False, description="draw another token than the one that stood there")
    protect: tuple[Span, ...] = Field(default=(), description="spans whose tokens are never edited")
    positions: Literal["threshold", "random"] = Field(
        default="threshold", description="random is a control: as many positions of each document, but any"
    )
    action: Literal["resample", "delete"] = Field(
        default="resample", description="delete is a control, and what Tables 5 and 7 ran in the authors' logs"
    )
    overlap: float = Field(
        default=0.5, ge=0, lt=1, description="share of a window that is context only, for documents beyond one window"
    )
    seed: int = Field(default=0, ge=0, lt=2**63)

    @model_validator(mode="after")
    def _protect_once(self) -> "EditSettings":
        if len(set(self.protect)) < len(self.protect):
            raise ValueError("protect names a kind of span twice")
        return self

    @property
    def candidates(self) -> int:
        """Number of most probable tokens that top-k needs: one more where the original is left out."""
        return self.top_k + self.exclude_original
