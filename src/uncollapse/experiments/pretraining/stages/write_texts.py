"""Let a base model write texts for a data set, its own or rephrased."""

import shutil

from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.compute.bfloat16 import kind_of
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.stage import Stage
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.settings import EngineSettings
from uncollapse.pretraining.tokens import read_tokenizer
from uncollapse.pretraining.writing_settings import WritingSettings
from uncollapse.pretraining.written import passages_of, write_parts


def run(stage: Stage) -> None:
    """Inputs passages, model, tokenizer (of the experiment); output texts.

    Spec: corpus, how, tokens, writing, engine.
    """
    spec = stage.spec
    engine = load_engine(stage.input("model"), EngineSettings(**spec["engine"]), threads=stage.threads)
    device = getattr(engine, "device", None)  # that of vLLM does not say
    stage.computed_on = None if device is None else kind_of(device)
    parts = Parts(stage.checkpoint("texts"), {"stage": stage.identity()}, PASSAGE_TOKENS)
    if not (parts.output.exists() and parts.are_mine()):
        write_parts(
            engine,
            read_tokenizer(stage.input("tokenizer")),
            passages_of(stage.input("passages"), spec["corpus"]),
            tokens=spec["tokens"],
            how=spec["how"],
            settings=WritingSettings(**spec["writing"]),
            parts=parts,
            progress=stage.progress(unit="tokens"),
        )
    shutil.copyfile(parts.output, stage.output("texts"))
    parts.clear()
