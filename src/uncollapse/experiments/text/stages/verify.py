"""Let a verifier score answers."""

from uncollapse.artifacts.parquet import PromptsById, row_count
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.candidates.texts import read_text_candidates
from uncollapse.jobs.stage import Stage
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.scoring import write_scores


def run(stage: Stage) -> None:
    """Inputs prompts, candidates (one shard), model where the verifier asks one, member_<name> where it is an ensemble
    (all shards of that member's scores); output scores.

    Spec: verifier, engine.
    """
    spec = stage.spec
    verifier = load_verifier(spec["verifier"]["kind"], of="texts")
    given: dict = {"engine": None}
    if "model" in stage.inputs:
        from uncollapse.language.engines.choose import load_engine
        from uncollapse.language.settings import EngineSettings

        given["engine"] = load_engine(stage.input("model"), EngineSettings(**spec["engine"]), threads=stage.threads)
    if members := {name[7:]: paths for name, paths in stage.inputs.items() if name.startswith("member_")}:
        from uncollapse.verifiers.member_scores import read_member_scores

        given["members"] = {name: read_member_scores(paths) for name, paths in members.items()}
    write_scores(
        stage.output("scores"),
        verifier,
        verifier.Settings(**spec["verifier"]),
        read_text_candidates(stage.input("candidates")),
        PromptsById(stage.input("prompts"), TEXT_PROMPTS),
        total=row_count(stage.input("candidates")),
        progress=stage.progress(unit="candidates"),
        **given,
    )
