"""Is this verifier good enough to train on what it keeps? Answers from a table of candidates, before any training.

    python scripts/proxy.py candidates.parquet --prompt prompt_id           columns correct and kept
    python scripts/proxy.py candidates.csv --prompt id --score log_prob     sweeps the threshold, draws p_* to a picture
    python scripts/proxy.py plan --precision 0.7 --dropped-precision 0.4    how many labels, and where

``--help`` says more, docs/proxy.md all.
"""

from uncollapse.proxy.command import run as main

if __name__ == "__main__":
    main()
