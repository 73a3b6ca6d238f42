"""The short form of the kill test of ``uncollapse sample``; the script has the long one."""

from pathlib import Path

from sampling_torture import torture


def test_killed_samplings_have_exactly_one_answer_each(tmp_path: Path) -> None:
    outcome = torture(tmp_path, requests=400, kills=4, concurrency=8, seed=1)
    assert outcome.kills == {"client": 2, "server": 2}
    assert (outcome.stored, outcome.rows) == (400, 400)
    assert outcome.wrong == []
    assert outcome.twice <= outcome.in_flight == 32
    assert set(outcome.statuses) == {"ok", "malformed", "other_model"}
