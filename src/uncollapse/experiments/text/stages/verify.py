"""Let a verifier score answers."""

import numpy as np

from uncollapse.artifacts.parquet import ParquetWriter, PromptsById, row_count
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.artifacts.scores import SCORES
from uncollapse.jobs.stage import Stage
from uncollapse.settings.finding import load_plugin
from uncollapse.text_candidates import read_text_candidates
from uncollapse.verifiers.checks import checked_scores


def run(stage: Stage) -> None:
    """Inputs prompts, candidates (one shard), model where the verifier asks one, member_<name> where it is an ensemble
    (all shards of that member's scores); output scores.

    Spec: verifier, engine.
    """
    spec = stage.spec
    verifier = load_plugin(spec["verifier"]["kind"], package="text_verifiers")
    settings = verifier.Settings(**spec["verifier"])
    engine = None
    if "model" in stage.inputs:
        from uncollapse.language.engines import load_engine
        from uncollapse.language.settings import EngineSettings

        engine = load_engine(stage.input("model"), EngineSettings(**spec["engine"]), threads=stage.threads)
    further = {}
    if members := {name[7:]: paths for name, paths in stage.inputs.items() if name.startswith("member_")}:
        from uncollapse.verifiers.member_scores import read_member_scores

        further["members"] = {name: read_member_scores(paths) for name, paths in members.items()}
    source = PromptsById(stage.input("prompts"), TEXT_PROMPTS)
    progress = stage.progress(unit="candidates")
    candidates = row_count(stage.input("candidates"))
    progress.start(total=candidates)
    with ParquetWriter(stage.output("scores"), SCORES) as writer:
        for group in read_text_candidates(stage.input("candidates")):
            judged = source.range(int(group.prompt_id[0]), int(group.prompt_id[-1]))
            scores, accepted = checked_scores(
                verifier.score(group, judged, settings=settings, engine=engine, **further),
                shape=group.log_prob.shape,
                verifier=spec["verifier"]["kind"],
            )
            width = scores.shape[1]
            writer.write(
                {
                    "prompt_id": np.repeat(group.prompt_id, width),
                    "rank": np.tile(np.arange(width, dtype=np.int16), len(group.prompt_id)),
                    "score": scores.reshape(-1),
                    "accepted": accepted.reshape(-1) if accepted is not None else [None] * scores.size,
                }
            )
            writer.count(rows_in=scores.size, kept=scores.size)
            progress.update(writer.kept)
        assert writer.rows_in == candidates, f"{writer.rows_in} of {candidates} candidates were read"
    progress.finish()
