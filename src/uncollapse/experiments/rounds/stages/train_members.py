"""Train all models of a run on what a round gives them."""

from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.experiments.rounds.artifacts import CURVES, LABELS, QUESTIONS
from uncollapse.experiments.rounds.sources import sources_of
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.models.characters import Characters
from uncollapse.models.decoder import Decoder
from uncollapse.models.decoder_settings import DecoderSettings
from uncollapse.models.decoder_weights import load_members, save_members
from uncollapse.rounds.plugins import task_of
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.member_loop import train_members
from uncollapse.training.member_settings import MemberTrainingSettings
from uncollapse.training.member_states import load_states, save_states

_ROUNDS_AT_MOST = 1000  # tells the seeds of the orders of a model's rounds apart


def run(stage: Stage) -> None:
    """Inputs start (questions), after round 0 members, state and labels of all rounds; outputs members, state, curve.

    Spec: task, training, compute, seeds, round, difficulties (of the initial data), model in round 0.
    """
    spec = stage.spec
    device, dtype = prepared(stage)
    task, settings = task_of(spec["task"])
    alphabet = task.symbols(settings)
    seeds, number = spec["seeds"], spec["round"]
    start = read_table(stage.input("start"), QUESTIONS)
    labels = [read_table(path, LABELS) for path in stage.inputs.get("labels", [])]
    states = None
    if number:
        model = load_members([stage.input("members")], device=device)
        states = load_states(stage.input("state"))
    else:
        model = Decoder(DecoderSettings(**spec["model"]), Characters(alphabet), seeds=seeds).to(device)
    trained = train_members(
        model,
        sources_of(start, labels, seeds=seeds, difficulties=spec["difficulties"]),
        MemberTrainingSettings(**spec["training"]),
        seeds=[seed * _ROUNDS_AT_MOST + number for seed in seeds],
        checkpoint=Checkpoint(stage.checkpoint("members"), identity=stage.identity()),
        progress=stage.progress(unit="examples"),
        states=states,
        dtype=dtype,
    )
    save_members(model, stage.output("members"), about={"seeds": seeds, "round": number})
    save_states(trained.states, stage.output("state"))
    rows = [{"seed": seed} | row for seed, curve in zip(seeds, trained.curves, strict=True) for row in curve]
    used = len(seeds) * len(start) + sum(map(len, labels))
    write_rows(stage.output("curve"), rows, CURVES, rows_in=used, kept=used)
