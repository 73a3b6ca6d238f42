"""vLLM and transformers agree on one small model.

vLLM lives in an environment of its own (envs/vllm.yaml): UNCOLLAPSE_VLLM_PYTHON names its interpreter.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from uncollapse.language.artifact import save_language_model
from uncollapse.language.base import from_random
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.settings import EngineSettings, RandomModel, SamplingSettings

INTERPRETER = os.environ.get("UNCOLLAPSE_VLLM_PYTHON") or (sys.executable if importlib.util.find_spec("vllm") else None)

pytestmark = pytest.mark.skipif(
    INTERPRETER is None, reason="no vLLM here: set UNCOLLAPSE_VLLM_PYTHON, see envs/vllm.yaml"
)

PROMPTS = [np.random.default_rng(n).integers(1, 257, n).tolist() for n in (3, 17, 9, 1, 30)]
GREEDY = SamplingSettings(max_new_tokens=20)
SAMPLED = SamplingSettings(max_new_tokens=20, temperature=1.0, candidates=3, top_k=40, top_p=0.9)

PROGRAM = """
import json, sys
from pathlib import Path
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.settings import EngineSettings, SamplingSettings

def main():
    asked = json.load(sys.stdin)
    engine = load_engine(Path(asked["model"]), EngineSettings(name="vllm", dtype="float32"), threads=1)
    def generate(prompts, keys, sampling):
        answers = engine.generate(prompts, SamplingSettings(**sampling), keys=keys)
        return [[(a.tokens.tolist(), a.text, a.log_prob, a.finished) for a in several] for several in answers]
    prompts, keys = asked["prompts"], list(range(len(asked["prompts"])))
    found = {
        "greedy": generate(prompts, keys, asked["greedy"]),
        "sampled": generate(prompts, keys, asked["sampled"]),
        "alone": [generate([prompt], [key], asked["sampled"])[0] for prompt, key in zip(prompts, keys)],
        "scores": [values.tolist() for values in engine.score(prompts, asked["continuations"])],
    }
    print("FOUND" + json.dumps(found))

if __name__ == "__main__":
    main()
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = from_random(RandomModel(architecture="llama", hidden_size=128, layers=2, heads=4, context=128))
    with torch.no_grad():
        for parameter in made.model.parameters():
            if parameter.ndim == 2:
                parameter.mul_(4)
    path = tmp_path_factory.mktemp("vllm") / "model.safetensors"
    save_language_model(made, path, about={})
    return path


@pytest.fixture(scope="module")
def found(model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What vLLM answers, in a process of its own: it changes transformers' classes where it is loaded."""
    program = tmp_path_factory.mktemp("program") / "ask.py"
    program.write_text(PROGRAM)
    asked = {
        "model": str(model),
        "prompts": PROMPTS,
        "continuations": PROMPTS[::-1],
        "greedy": GREEDY.model_dump(),
        "sampled": SAMPLED.model_dump(),
    }
    source = Path(__file__).parents[3] / "src"
    result = subprocess.run(
        [INTERPRETER, str(program)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=500,
        env=os.environ | {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"},
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("FOUND")]
    assert lines, result.stderr[-3000:]
    return json.loads(lines[0].removeprefix("FOUND"))


def test_log_probabilities_agree(model: Path, found: dict[str, Any]) -> None:
    engine = load_engine(model, EngineSettings(name="transformers", device="cpu", dtype="float32"), threads=1)
    expected = engine.score(PROMPTS, PROMPTS[::-1])
    np.testing.assert_allclose(np.concatenate(found["scores"]), np.concatenate(expected), atol=1e-4)
    for kind in ("greedy", "sampled"):
        for prompt, answers in zip(PROMPTS, found[kind], strict=True):
            for tokens, _, log_prob, finished in answers:
                (values,) = engine.score([prompt], [tokens])
                assert values.sum() == pytest.approx(log_prob, abs=1e-3)
                assert finished == (tokens[-1] == 0)
                assert finished or len(tokens) == 20


def test_greedy_answers_agree_but_for_near_ties(model: Path, found: dict[str, Any]) -> None:
    engine = load_engine(model, EngineSettings(name="transformers", device="cpu", dtype="float32"), threads=1)
    ours = engine.generate(PROMPTS, GREEDY, keys=range(5))
    pairs = [(answer.tokens.tolist(), other) for (answer,), ((other, *_),) in zip(ours, found["greedy"], strict=True)]
    assert sum(one == other for one, other in pairs) >= 4
    assert all(one[0] == other[0] for one, other in pairs)


def test_draws_of_vllm_are_their_keys(found: dict[str, Any]) -> None:
    assert found["sampled"] == found["alone"]
    assert len({str(answer[0]) for several in found["sampled"] for answer in several}) == 15
