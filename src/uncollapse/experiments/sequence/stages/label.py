"""Let a model write candidates for prompts, by greedy or beam search."""

import numpy as np
import torch

from uncollapse.artifacts.candidates import CANDIDATES
from uncollapse.artifacts.parquet import ROW_GROUP, ParquetWriter, PromptsById
from uncollapse.artifacts.prompts import prompts
from uncollapse.decoding import label as labelling
from uncollapse.jobs.device import prepared
from uncollapse.jobs.sharding import shard_of
from uncollapse.jobs.stage import Stage
from uncollapse.models.weights import load_weights
from uncollapse.tasks.finding import load_task


def run(stage: Stage) -> None:
    """Inputs prompts, weights; output candidates. Spec: task, compute, beams, prompts (limit), shard, shards."""
    spec = stage.spec
    device, _ = prepared(stage)
    task = load_task(spec["task"]["name"])
    settings = task.Settings(**spec["task"])
    model = load_weights(stage.input("weights"), device=device)
    groups = -(-spec["prompts"] // ROW_GROUP)
    mine = shard_of(groups, spec["shard"], spec["shards"])
    source = PromptsById(stage.input("prompts"), prompts(task.PROMPT_COLUMNS))
    progress = stage.progress(unit="prompts")
    progress.start(total=min(mine.stop * ROW_GROUP, spec["prompts"]) - mine.start * ROW_GROUP if mine else 0)
    with ParquetWriter(stage.output("candidates"), CANDIDATES) as writer:
        for number in mine:
            table = source.range(number * ROW_GROUP, min((number + 1) * ROW_GROUP, spec["prompts"]) - 1)
            read = torch.from_numpy(task.prompt_tokens(table, settings).astype(np.int64)).to(device)
            tokens, log_probs = [], []
            for batch_tokens, batch_log_prob in labelling.label(model, read, beams=spec["beams"]):
                tokens.append(batch_tokens.to(torch.int16).numpy())
                log_probs.append(batch_log_prob.numpy())
                progress.update(writer.kept + sum(map(len, tokens)))
            log_prob = np.concatenate(log_probs)
            width = log_prob.shape[1]
            writer.write(
                {
                    "prompt_id": np.repeat(table.column("prompt_id").to_numpy(), width),
                    "rank": np.tile(np.arange(width, dtype=np.int16), len(table)),
                    "tokens": np.concatenate(tokens).reshape(len(table) * width, -1),
                    "log_prob": log_prob.reshape(-1),
                }
            )
            writer.count(rows_in=len(table), kept=len(table))
    progress.finish()
