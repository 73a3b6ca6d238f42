"""Learn the tokenizer of a pretraining experiment.         cut passages -> [train tokenizer] -> encode -> mix -> ..."""

from uncollapse.jobs.stage import Stage, run_stage


def train_tokenizer(stage: Stage) -> None:
    """Input passages (the training split); output tokenizer. Spec: tokenizer."""
    from uncollapse.pretraining.settings import TokenizerSettings
    from uncollapse.pretraining.tokens import learn

    settings = TokenizerSettings(**stage.spec["tokenizer"])
    tokenizer = learn(stage.input("passages"), vocabulary_size=settings.vocabulary_size, count=settings.passages)
    stage.output("tokenizer").write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")


if __name__ == "__main__":
    run_stage("train_tokenizer", train_tokenizer)
