"""The table that is written while the rest is asked for: the same bytes as at the end, whole or not at all."""

import asyncio
import json

import pandas as pd
import pytest

from faulty_server import FaultyServer, prompt_of
from uncollapse.commands.sample import main
from uncollapse.generators.candidate_file import CandidateTable
from uncollapse.generators.front import Front
from uncollapse.generators.journal import Journal
from uncollapse.generators.missing import Missing
from uncollapse.generators.question import Asking
from uncollapse.prompts.prompt import Prompt

COUNT = 600


@pytest.fixture
def prompts(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"id": n, "prompt": f"{n} + 1?"}) + "\n" for n in range(COUNT)))
    return path


def sample(prompts, server, *given):
    options = ["--model", "tiny", "--endpoint", server.url, "--seed", 0, "--concurrency", 16, "--tries", 1, *given]
    return main(list(map(str, [prompts, *options])))


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".parquet", ".jsonl", ".csv")}


@pytest.mark.parametrize("output", ["c.parquet", "c.jsonl", "c.csv"])
def test_the_bytes_are_those_of_a_table_written_at_the_end(prompts, output):
    def fault(body):
        return "malformed" if int(prompt_of(body).split()[0]) % 7 == 1 else None

    place = ("--output", prompts.with_name(output), "--n", 2)
    with FaultyServer(fault=fault, delay=0.005).running() as server:
        sample(prompts, server, *place)
        along = files_of(prompts.parent)
        sample(prompts, server, *place)  # nothing is missing, so that all is written at the end
        assert len(server.requests) == 2 * COUNT
    assert files_of(prompts.parent) == along
    assert len(along) == 3


def test_rows_are_written_while_others_are_asked(prompts, monkeypatch):
    answered = []
    add = CandidateTable.add
    with FaultyServer(delay=0.005).running() as server:
        monkeypatch.setattr(
            CandidateTable, "add", lambda *given: (answered.append(server.answered.total()), add(*given))
        )
        sample(prompts, server)
    assert len(answered) == COUNT
    assert answered[0] < COUNT
    assert all(number < done for number, done in enumerate(answered))  # each row behind its answer


def test_a_server_that_refuses_halfway_leaves_no_table(prompts):
    def fault(body):
        return (401, {}, {"error": {"message": "no more"}}) if server.answered.total() >= 400 else None

    with FaultyServer(fault=fault).running() as server:
        with pytest.raises(SystemExit, match="401"):
            sample(prompts, server)
        assert sorted(path.suffix for path in prompts.parent.iterdir()) == [".jsonl", ".sqlite"]
        server.fault = lambda body: None
        assert sample(prompts, server) == 0
        assert set(server.answered.values()) == {1}
    assert len(pd.read_parquet(prompts.with_name("prompts.candidates.parquet"))) == COUNT


def test_a_prompt_that_another_one_has_answered_for_is_answered(prompts):
    rows = [json.loads(line) for line in prompts.read_text().splitlines()]
    rows[-1]["prompt"] = rows[0]["prompt"]
    prompts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = []

    def fault(body):
        asked.append(prompt_of(body))
        return "500" if asked.count("0 + 1?") == 1 and asked[-1] == "0 + 1?" else None

    with FaultyServer(fault=fault).running() as server:
        assert sample(prompts, server) == 0
    table = pd.read_parquet(prompts.with_name("prompts.candidates.parquet")).set_index("prompt_id")
    assert table["text"][["0", str(COUNT - 1)]].tolist() == ["0 + 1? #0"] * 2
    assert len(table) == COUNT


def test_the_front_waits_for_what_is_in_flight(tmp_path):
    asking = Asking(model="tiny")
    keys = [asking.question(Prompt(str(n), f"{n}?"), 0).key for n in range(3)]

    async def run():
        with Journal(tmp_path / "a.sqlite") as journal:
            front = Front(Missing(journal))
            questions = front.missing.questions((Prompt(str(n), f"{n}?") for n in range(3)), asking, 1)
            waiting = asyncio.create_task(front.reached(3, keys))
            with front.in_flight(next(questions).key):
                with front.in_flight(next(questions).key):
                    assert next(questions).key == keys[2]
                    assert next(questions, None) is None
                    await asyncio.sleep(0)
                await asyncio.sleep(0)
                assert not waiting.done()
            await asyncio.wait_for(waiting, 1)

    asyncio.run(run())
