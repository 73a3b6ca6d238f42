"""A model's card in Markdown: what it is, how to load it, and how it was made."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uncollapse

CARD = "README.md"


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """Facts of a model's file.

    sha256 : of the file
    config : of transformers
    about : what the file says of its origin
    shapes : type and shape of each tensor; tied ones are stored once
    made : the workflow's record of how it was made: stage, spec and inputs by name, with a hash each; None without one
    """

    name: str
    file: str
    sha256: str
    config: Mapping[str, Any]
    about: Mapping[str, Any]
    shapes: Sequence[tuple[str, Sequence[int]]]
    made: Mapping[str, Any] | None


def model_card(facts: ModelFacts) -> str:
    """The card."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: ModelFacts) -> Iterator[str]:
    yield "---"
    yield "library_name: transformers"
    yield "pipeline_tag: text-generation"
    yield "tags: [uncollapse]"
    if isinstance(hub := _origin(facts).get("hub"), dict):
        yield f"base_model: {json.dumps(hub['id'])}"
    yield "---"
    yield f"# {facts.name}"
    yield ""
    numbers = sum(math.prod(shape) for _, shape in facts.shapes)
    kinds = ", ".join(sorted({kind for kind, _ in facts.shapes}))
    yield f"A causal language model ({facts.config.get('model_type')}) of {numbers:,} numbers ({kinds}), written by"
    yield f"uncollapse {uncollapse.__version__} from `{facts.file}` (SHA-256 `{facts.sha256}`)."
    yield ""
    yield "    from transformers import AutoModelForCausalLM, AutoTokenizer"
    yield ""
    yield f"    model = AutoModelForCausalLM.from_pretrained({json.dumps(facts.name)})"
    yield f"    tokenizer = AutoTokenizer.from_pretrained({json.dumps(facts.name)})"
    yield ""
    yield "## How it was made"
    yield ""
    if facts.about:
        yield "What its file says:"
        yield ""
        yield from _block(facts.about)
    if facts.made is None:
        yield "The workflow left no record beside the file."
        return
    yield f"By the stage `{facts.made['stage']}`, with these settings:"
    yield ""
    yield from _block(facts.made["spec"])
    yield "from:"
    yield ""
    for name, files in facts.made["inputs"].items():
        yield from (f"- {name}: `{path}`, hash `{digest}`" for path, digest in files.items())


def _origin(facts: ModelFacts) -> Mapping[str, Any]:
    origin = facts.about.get("origin")
    return origin if isinstance(origin, dict) else {}


def _block(values: Any) -> Iterator[str]:
    yield "```json"
    yield json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False)
    yield "```"
    yield ""
