"""Let a verifier score answers."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from uncollapse.artifacts.parquet import PromptsById, row_count
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.candidates.texts import TextCandidates, read_text_candidates
from uncollapse.jobs.stage import Stage
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.scoring import write_scores

if TYPE_CHECKING:
    from uncollapse.language.given_back import GivenBack


def run(stage: Stage) -> None:
    """Inputs prompts, candidates (one shard), model where the verifier asks one, changed where training changed that,
    member_<name> where the verifier is an ensemble (all shards of that member's scores); output scores.

    Spec: verifier, engine.
    """
    spec = stage.spec
    verifier = load_verifier(spec["verifier"]["kind"], of="texts")
    given: dict = {"engine": None}
    candidates: Iterable[TextCandidates] = read_text_candidates(stage.input("candidates"))
    given_back = None
    if "model" in stage.inputs:
        from uncollapse.language.engines.choose import load_engine
        from uncollapse.language.given_back import GivenBack
        from uncollapse.language.settings import EngineSettings

        settings, changed = EngineSettings(**spec["engine"]), stage.inputs.get("changed", [None])[0]
        given["engine"] = load_engine(stage.input("model"), settings, threads=stage.threads, changed=changed)
        given_back = GivenBack(given["engine"].tokenizer)
        candidates = compared(candidates, given_back)
    if members := {name[7:]: paths for name, paths in stage.inputs.items() if name.startswith("member_")}:
        from uncollapse.verifiers.member_scores import read_member_scores

        given["members"] = {name: read_member_scores(paths) for name, paths in members.items()}
    write_scores(
        stage.output("scores"),
        verifier,
        verifier.Settings(**spec["verifier"]),
        candidates,
        PromptsById(stage.input("prompts"), TEXT_PROMPTS),
        total=row_count(stage.input("candidates")),
        progress=stage.progress(unit="candidates"),
        **given,
    )
    if given_back is not None:
        given_back.tell("answers")


def compared(groups: Iterable[TextCandidates], given_back: "GivenBack") -> Iterator[TextCandidates]:
    """The groups as they are, each compared with what the model's tokenizer makes of its answers."""
    for group in groups:
        places = [(prompt, rank) for prompt in group.prompt_id for rank in range(group.width)]
        names = (f"answer {rank} to prompt {prompt}" for prompt, rank in places)
        given_back.read(names, [text for several in group.text for text in several])
        yield group
