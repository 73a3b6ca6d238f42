"""Writes data_selection_1.0.3_nltk_*.json: what the package data-selection makes of a few texts.

Run it with a Python that has data-selection==1.0.3 (with nltk, numpy, tqdm, joblib), in this folder. The tests read
only its output, so they need none of these.
"""

import json
import random
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from data_selection import HashedNgramDSIR
from data_selection.hashed_ngram_dsir import get_ngram_counts, hash_buckets

WORDS = [
    *("the", "of", "and", "a", "in", "model", "data", "text", "collapse", "human", "machine", "river", "window"),
    *("Don't", "can't", "e-mail", "snake_case", "3.14", "1,000", "naïve", "Straße", "İstanbul", "Ωmega", "東京"),
    *("emoji🙂", "(sic)", "end.", "what?", '"quoted"', "x²", "ﬁne", "e\u0301tude", "हिन्दी"),
]
EDGE = ["", "   ", "one", "!!!", "A\u00a0B\u2028C\x85D\x1cE", "e\u0301 combining", "Tab\tnew\nline"]


def documents(count: int, favourites: int, seed: int) -> list[str]:
    """Pseudo-texts of 20 to 240 words; the first ``favourites`` words of the list are five times as likely."""
    draw = random.Random(seed)
    weights = [5 if place < favourites else 1 for place in range(len(WORDS))]
    return [" ".join(draw.choices(WORDS, weights, k=draw.randint(20, 240))) for _ in range(count)]


def main() -> None:
    """Run the package on the texts, and write texts and results."""
    raw, target = EDGE + documents(16, 5, 1), documents(8, 20, 2)
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, texts in (("raw", raw), ("target", target)):
            paths[name] = str(Path(folder, f"{name}.jsonl"))
            Path(paths[name]).write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        dsir = HashedNgramDSIR([paths["raw"]], [paths["target"]], cache_dir=folder, num_proc=1)
        dsir.fit_importance_estimator(num_tokens_to_fit="all")
        dsir.compute_importance_weights()
        log_weights = np.load(Path(folder, "log_importance_weights", "0.npy"))
        lengths = np.load(Path(folder, "perexample_metadata", "0.npy"))
    counts = [get_ngram_counts(text) for text in raw]
    written = {
        "package": f"data-selection {version('data-selection')}, nltk {version('nltk')}",
        "raw": raw,
        "target": target,
        "buckets": {text: hash_buckets(text) for text in ("the", "the end", "東京 🙂", "a" * 200)},
        "counts": [{str(place): int(each[place]) for place in np.flatnonzero(each)} for each in counts],
        "words": lengths.astype(int).tolist(),
        "log_weights": log_weights.tolist(),
    }
    name = f"data_selection_{version('data-selection')}_nltk_{version('nltk')}.json"
    Path(name).write_text(json.dumps(written, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
