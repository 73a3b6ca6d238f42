"""Learn the tokenizer of a pretraining experiment."""

from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.settings import TokenizerSettings
from uncollapse.pretraining.tokens import learn


def run(stage: Stage) -> None:
    """Input passages (the training split); output tokenizer. Spec: tokenizer."""
    settings = TokenizerSettings(**stage.spec["tokenizer"])
    tokenizer = learn(stage.input("passages"), vocabulary_size=settings.vocabulary_size, count=settings.passages)
    stage.output("tokenizer").write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
