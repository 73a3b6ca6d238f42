"""Human texts beside their continuation by GPT-3.5 and GPT-4, from raid-bench (of Fast-DetectGPT, Bao et al. 2024).

Each continuation begins with the human text's first words, which the model was given. They are left out on both sides.
"""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from uncollapse.corpora.archives import members
from uncollapse.corpora.document import RawDocument

FOLDER = "detectors/models/fast_detectgpt/fastdetectgpt/local_infer_ref/"


def texts(archive: Path, side: Literal["original", "sampled"]) -> Iterator[RawDocument]:
    """One side of all pairs; the source names the domain, and for ``sampled`` the model."""
    for name, content in members(archive, prefix=FOLDER, suffix=".json"):
        domain, model = PurePosixPath(name).name.split("_")[:2]
        model = model.partition(".gpt-j")[0]
        for pair in json.loads(content)["raw_results"]:
            human, machine = pair["original"].split(" "), pair["sampled"].split(" ")
            given = 0
            while given < min(len(human), len(machine)) and human[given] == machine[given]:
                given += 1
            yield RawDocument(
                source=domain if side == "original" else f"{domain} {model}",
                title=" ".join(human[:given]),
                text=" ".join((human if side == "original" else machine)[given:]),
            )
