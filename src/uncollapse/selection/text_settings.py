"""A data set of texts in config: a decoding, a verifier and a selector, or true answers."""

from pydantic import Field

from uncollapse.selection.settings import SelectionSettings
from uncollapse.settings.plugins import TextSelector


class TextDatasetSettings(SelectionSettings):
    """Settings of one training set of prompts and answers.

    - ``all``: the first candidate of every prompt, unselected;
    - ``top``: the first candidate of the ``share`` of prompts whose candidate the verifier scores highest
      (Feng et al. 2024, section 5.3);
    - ``random``: the first candidate of a ``share`` of prompts drawn at random, the control of selection;
    - ``labels``: the true answers, of a ``share`` of prompts drawn at random where it is below 1.
    """

    OF = "texts"

    select: TextSelector
    share: float = Field(default=1.0, gt=0, le=1, description="of the prompts that are kept, rounded to whole prompts")
    seed: int = Field(default=0, ge=0, lt=2**63, description="of the draws of random and labels")
