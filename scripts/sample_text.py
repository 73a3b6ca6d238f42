"""Make prompts and true answers of a corpus, for one split.    [sample] -> train -> label -> verify -> select -> ..."""

from uncollapse.jobs.stage import Stage, run_stage


def sample(stage: Stage) -> None:
    """Input corpus; output prompts. Spec: data, sample, split."""
    from uncollapse.artifacts.parquet import ParquetWriter
    from uncollapse.artifacts.prompts import TEXT_PROMPTS
    from uncollapse.experiments.text.prompt_settings import TextDataSettings, TextSampleSettings
    from uncollapse.experiments.text.prompts import write_prompts

    spec = stage.spec
    data = TextDataSettings(corpus="any", **spec["data"])
    with ParquetWriter(stage.output("prompts"), TEXT_PROMPTS) as writer:
        write_prompts(writer, stage.input("corpus"), data, TextSampleSettings(**spec["sample"]), split=spec["split"])


if __name__ == "__main__":
    run_stage("sample_text", sample)
