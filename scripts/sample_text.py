"""Make prompts and true answers of a corpus, for one split.    [sample] -> train -> label -> verify -> select -> ..."""

from uncollapse.stage import Stage, run_stage


def sample(stage: Stage) -> None:
    """Input corpus; output prompts. Spec: data, sample, split."""
    from uncollapse.artifacts import ParquetWriter
    from uncollapse.schemas_text import TEXT_PROMPTS
    from uncollapse.text_prompts.sampling import write_prompts
    from uncollapse.text_prompts.settings import TextDataSettings, TextSampleSettings

    spec = stage.spec
    data = TextDataSettings(corpus="any", **spec["data"])
    with ParquetWriter(stage.output("prompts"), TEXT_PROMPTS) as writer:
        write_prompts(writer, stage.input("corpus"), data, TextSampleSettings(**spec["sample"]), split=spec["split"])


if __name__ == "__main__":
    run_stage("sample_text", sample)
