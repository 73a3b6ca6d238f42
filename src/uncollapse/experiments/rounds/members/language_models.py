"""Pretrained language models that are trained on, a file each."""

from collections.abc import Sequence

import numpy as np

from uncollapse.experiments.rounds.answers import Answered
from uncollapse.jobs.stage import Stage
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.given_back import GivenBack
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.language.text import encode_prompt
from uncollapse.rounds.spelling import apart, joined

_AT_ONCE = 512  # questions between two lines of progress


def answers(stage: Stage, questions: Sequence[str], most: int) -> list[Answered]:
    """Answers of one member after the other. Spec: engine, apart."""
    spelled = stage.spec["apart"]
    asked = [apart(text) if spelled else text for text in questions]
    # no tokenizer needs more tokens than there are bytes; one for the space before an answer, one for its end
    sampling = SamplingSettings(max_new_tokens=most * (2 if spelled else 1) + 2)
    progress = stage.progress(unit="questions")
    progress.start(total=len(asked) * len(stage.inputs["members"]))
    found = []
    for number, path in enumerate(stage.inputs["members"]):
        engine = load_engine(path, EngineSettings(**stage.spec["engine"]), threads=stage.threads)
        longest = engine.context  # what is too long for it and an answer is an error of the engine's
        texts, finished = [], []
        given_back = GivenBack(engine.tokenizer)
        given_back.read((f"question {place}" for place in range(1, len(asked) + 1)), asked)
        given_back.tell("questions")
        for begin in range(0, len(asked), _AT_ONCE):
            prompts = [
                encode_prompt(engine.tokenizer, text, longest=longest)[0] for text in asked[begin : begin + _AT_ONCE]
            ]
            written = [only for (only,) in engine.generate(prompts, sampling, keys=[0] * len(prompts))]
            texts += [joined(answer.text) if spelled else answer.text for answer in written]
            finished += [answer.finished for answer in written]
            progress.update(number * len(asked) + len(texts))
        found.append((texts, np.array(finished, dtype=bool)))
    progress.finish()
    return found
