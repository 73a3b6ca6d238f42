"""Peak memory and rows per second of the stages, for ever more candidates: memory must not grow with rows.

    python benchmarks/streaming.py [--rows 100000 1000000 10000000]

Each stage runs as the workflow runs it, a process of its own, on what the stage before has written: ten candidates for
each prompt, from a tiny model with random weights, since it is the stream that is measured. Rates are of processor
time, start-up included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parents[1] / "scripts"
BEAMS = 10
WEIGHTS = "weights.safetensors"
MOST = 1.2  # times the memory of the fewest rows
TASK = {"name": "eigenvalues", "matrix_size": 1}
ORACLE = {"kind": "tolerance", "tolerance": 0.5}


def run(stage: str, spec: dict[str, Any], inputs: dict[str, Path], outputs: dict[str, Path]) -> tuple[float, float]:
    """Run one stage; its peak memory in MB and the seconds of processor time it took."""
    call = [sys.executable, str(SCRIPTS / f"{stage}.py"), "--spec", json.dumps(spec)]
    for name, path in inputs.items():
        call += ["--input", f"{name}={path}"]
    for name, path in outputs.items():
        call += ["--output", f"{name}={path}"]
    silent = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(sys.executable, call, os.environ, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"{stage} failed: {' '.join(call)}")
    return used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


def write_weights(path: Path) -> None:
    """A model of random weights, as small as they come.

    In a process of its own: a child's peak memory is at least what its parent holds, so this one must import no torch.
    """
    import torch

    from uncollapse.models.encoder_decoder import EncoderDecoder
    from uncollapse.models.settings import ModelSettings
    from uncollapse.models.weights import save_weights
    from uncollapse.tasks import eigenvalues

    torch.manual_seed(0)
    sizes = ModelSettings(dimension=8, encoder_layers=1, decoder_layers=1, heads=1)
    save_weights(EncoderDecoder(sizes, eigenvalues.layout(eigenvalues.Settings(**TASK))), path, about={})


def stages(folder: Path, rows: int) -> dict[str, tuple[float, float]]:
    """Peak memory and seconds of every stage on so many candidates."""
    prompts = rows // BEAMS
    compute = {"device": "cpu"}
    pool, candidates, scores = (folder / f"{name}.parquet" for name in ("prompts", "candidates", "scores"))
    judged = {"prompts": pool, "candidates": candidates, "scores": scores}
    best = {"decoding": "beam", "verifier": "oracle", "select": "best"}
    found = {
        "sample": run(
            "sample", {"task": TASK, "split": "synthesize", "count": prompts, "seed": 0}, {}, {"prompts": pool}
        )
    }
    spec: dict[str, Any] = {"task": TASK, "compute": compute, "beams": BEAMS, "prompts": prompts}
    found["label"] = run(
        "label",
        spec | {"shard": 1, "shards": 1},
        {"prompts": pool, "weights": folder / WEIGHTS},
        {"candidates": candidates},
    )
    found["verify"] = run(
        "verify", {"task": TASK, "verifier": ORACLE}, {"prompts": pool, "candidates": candidates}, {"scores": scores}
    )
    spec = {"task": TASK, "dataset": best, "available": prompts}
    found["select, best"] = run("select_data", spec, judged, {"dataset": folder / "best.parquet"})
    found["compare kept"] = run("compare_kept", spec, judged, {"kept": folder / "kept.parquet"})
    spec["dataset"] = {"decoding": "beam", "select": "random", "size": prompts // 2}
    found["select, random"] = run(
        "select_data", spec, {"prompts": pool, "candidates": candidates}, {"dataset": folder / "random.parquet"}
    )
    found["estimate p*"] = run(
        "estimate_proxy",
        {"dataset": best, "available": prompts, "resamples": 100},
        judged | {"truth": scores},
        {"proxy": folder / "proxy.parquet"},
    )
    found["evaluate"] = run(
        "evaluate_model",
        {"task": TASK, "tolerances": [0.05, 0.02], "beams": BEAMS},
        {"prompts": pool, "candidates": candidates},
        {"outcomes": folder / "outcomes.parquet", "evaluation": folder / "evaluation.parquet"},
    )
    return found


def main() -> None:
    """Print peak memory by stage and rows, and rows per second at the most rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--weights", type=Path, help="only write the model")
    options = parser.parse_args()
    if options.weights:
        write_weights(options.weights)
        return
    sizes = sorted(options.rows)
    measured = []
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, __file__, "--weights", str(Path(name) / WEIGHTS)], check=True)
        for rows in sizes:
            measured.append(stages(Path(name), rows))
            print(f"{rows:,} candidates done", file=sys.stderr)
    print(f"peak memory in MB by candidates; most to fewest candidates; candidates per second at {sizes[-1]:,}")
    print(f"{'stage':16}" + "".join(f"{rows:>12,}" for rows in sizes) + f"{'ratio':>8}{'rows/s':>12}")
    grown = []
    for stage in measured[0]:
        peaks = [found[stage][0] for found in measured]
        ratio = max(peaks) / min(peaks)
        grown += [stage] * (ratio > MOST)
        rate = sizes[-1] / measured[-1][stage][1]
        print(f"{stage:16}" + "".join(f"{peak:12.0f}" for peak in peaks) + f"{ratio:8.2f}{rate:12,.0f}")
    if grown:
        sys.exit(f"memory grows by more than {MOST - 1:.0%}: {', '.join(grown)}")


if __name__ == "__main__":
    main()
