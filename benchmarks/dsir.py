"""Words per second of processor time of DSIR: ours against the package data-selection, on one thread.

    python benchmarks/dsir.py [corpus.parquet] [--documents 3000] [--reference PYTHON]

The corpus is a Parquet file with a column ``text``, by default one of the default scale; half of it is the raw corpus
and half the target. ``--reference`` is a Python that has data-selection (here, if this one has it). Both sides hash
every document once for the first row, and go from texts to log-weights for the second; the package hashes the raw
corpus twice for that.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REFERENCE = """
import json, sys, time
from data_selection import HashedNgramDSIR
from data_selection.hashed_ngram_dsir import get_ngram_counts
raw, target, folder = sys.argv[1:]
texts = [json.loads(line)["text"] for line in open(raw)]
begun = time.process_time()
words = sum((get_ngram_counts(text).sum() + 1) // 2 for text in texts)
hashing = time.process_time() - begun
begun = time.process_time()
dsir = HashedNgramDSIR([raw], [target], cache_dir=folder, num_proc=1)
dsir.fit_importance_estimator(num_tokens_to_fit="all")
dsir.compute_importance_weights()
print(json.dumps([int(words), hashing, time.process_time() - begun]))
"""


def ours(raw: list[str], target: list[str], folder: Path) -> tuple[int, float, float]:
    """Words of the raw corpus, and seconds for hashing it and for the whole."""
    from uncollapse.passage_selection.dsir import chunks, importance
    from uncollapse.passage_selection.hashed_ngrams import HashedNgrams

    hasher, begun = HashedNgrams(), time.process_time()
    words = sum(int(hasher.features(chunk).words.sum()) for chunk in chunks(raw))
    hashing, begun = time.process_time() - begun, time.process_time()
    importance(chunks(raw), chunks(target), folder=folder)
    return words, hashing, time.process_time() - begun


def main() -> None:
    """Print both rates and their ratio."""
    import pyarrow.parquet as pq

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?", default=Path("results/corpora/reviews.parquet"))
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--reference", default=sys.executable)
    options = parser.parse_args()
    texts = pq.read_table(options.corpus, columns=["text"])["text"].to_pylist()[: 2 * options.documents]
    halves = texts[::2], texts[1::2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = ours(*halves, folder / "ours")
        files = [folder / "raw.jsonl", folder / "target.jsonl"]
        for file, half in zip(files, halves, strict=True):
            file.write_text("".join(json.dumps({"text": text}) + "\n" for text in half))
        call = [options.reference, "-c", REFERENCE, *map(str, files), str(folder / "package")]
        done = subprocess.run(call, capture_output=True, text=True)
    words, package = found[0], None
    if done.returncode:
        print(f"data-selection does not run in {options.reference}: {done.stderr.strip().splitlines()[-1]}")
    else:
        package = json.loads(done.stdout.splitlines()[-1])
        assert package[0] == words, f"{words} words here, {package[0]} there"
    print(f"{words:,} words in {len(halves[0]):,} documents")
    for name, place in (("hashing", 1), ("texts to log-weights", 2)):
        line = f"{name:22} {words / found[place]:12,.0f} words/s"
        if package:
            line += f"   package {words / package[place]:10,.0f} words/s   {package[place] / found[place]:.1f} x"
        print(line)


if __name__ == "__main__":
    main()
