"""A pool of candidates whose truth is known, drawn from and labelled as a person would."""

import csv
import json

import numpy as np

from uncollapse.audits.command import run
from uncollapse.candidate_tables.contents import contents
from uncollapse.candidate_tables.pool import read_pool
from uncollapse.candidate_tables.roles import Roles, resolved


def write_candidates(
    path, *, prompts=80, width=5, knows=1.3, least=0.9, seed=0, ids=lambda prompt, sample: f"p{prompt}-{sample}"
):
    """Candidates whose prompts are easy or hard, judged by a noisy score; returns what is right by id."""
    rng = np.random.default_rng(seed)
    truth = {}
    with open(path, "w") as file:
        for prompt in range(prompts):
            easy = rng.beta(1.2, 1.2)
            for sample in range(width):
                right = bool(rng.random() < easy)
                score = float(rng.normal(knows * right))
                row = {
                    "id": ids(prompt, sample),
                    "prompt_id": f"p{prompt}",
                    "prompt": f"What is {prompt} + 1?" + " Please." * (prompt % 3),
                    "text": f"{prompt + (1 if right else 2)}, sample {sample}",
                    "accepted": score > least,
                    "score": score,
                    "source": ["web", "book"][prompt % 2],
                }
                truth[str(row["id"])] = right
                file.write(json.dumps(row) + "\n")
    return truth


def accepted_in(path):
    """What an audit's record says of which candidates it is of."""
    roles = resolved(path, Roles())
    pool = read_pool(path, roles)
    return {"accepted": contents(path, roles, pool.row[pool.kept])[0]}


def rows_of_sheet(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows, *, delimiter=",", columns=None):
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), delimiter=delimiter, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


class Audited:
    """A folder with candidates and a sheet of them."""

    def __init__(self, folder, rows=80, **candidates):
        self.candidates, self.sheet = folder / "candidates.jsonl", folder / "sheet.csv"
        self.truth = write_candidates(self.candidates, **candidates)
        assert run(["draw", str(self.candidates), "--rows", str(rows), "--output", str(self.sheet)]) == 0

    def label(self, *, words=("right", "wrong"), some=slice(None), flip=0.0, path=None, seed=5):
        """Fill the sheet in, with the truth or with errors; returns its rows."""
        rng = np.random.default_rng(seed)
        rows = rows_of_sheet(self.sheet)
        for row in rows[some]:
            right = self.truth[row["id"].lstrip("'")] ^ (rng.random() < flip)
            row["label"] = words[0] if right else words[1]
        write_rows(path or self.sheet, rows)
        return rows

    def read(self, *more):
        return run(["read", str(self.sheet), str(self.candidates), *map(str, more)])
