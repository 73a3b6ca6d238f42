"""``uncollapse sample`` against a server on loopback, sound and faulty: what comes is kept, nothing is asked twice."""

import json
import platform
from collections import Counter

import pandas as pd
import pytest

from faulty_server import FaultyServer, reply_of
from uncollapse.commands.sample import main
from uncollapse.corpora.tables import read_rows
from uncollapse.generators import retrying

PROMPTS = [{"id": f"p{number}", "prompt": f"{number} + 1?", "answer": number + 1} for number in range(5)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(retrying, "FIRST", 0.001)


@pytest.fixture
def prompts(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in PROMPTS))
    return path


def sample(prompts, server, *given, n=2, model="tiny"):
    options = [prompts, "--model", model, "--endpoint", server.url, "--n", n, "--seed", 0, "--concurrency", 4, *given]
    code = main(list(map(str, options)))
    files = [prompts.with_name(f"prompts.candidates{part}.parquet") for part in ("", ".without_answer")]
    tables = [pd.read_parquet(path) for path in files if path.exists()]
    for table, expected in zip(tables, (True, False), strict=False):
        assert len(table) or expected
        assert table["status"].isin(["ok", "cut_off", "refused", "empty"]).eq(expected).all()
    return code, pd.concat(tables).sort_values(["prompt_id", "sample"]).reset_index(drop=True)


def test_candidates_of_every_prompt_and_sample(prompts, capsys):
    with FaultyServer(delay=0.05).running() as server:
        code, table = sample(prompts, server)
    assert code == 0
    assert table["prompt_id"].tolist() == [row["id"] for row in PROMPTS for _ in range(2)]
    assert table["sample"].tolist() == [0, 1] * 5
    assert table["text"].tolist() == [f"{row['prompt']} #{i}" for row in PROMPTS for i in range(2)]
    assert table["answer"].tolist() == [row["answer"] for row in PROMPTS for _ in range(2)]
    assert set(table["status"]) == {"ok"}
    assert set(table["finish_reason"]) == {"stop"}
    assert set(table["model"]) == {"tiny"}
    assert table[["prompt_tokens", "completion_tokens"]].drop_duplicates().values.tolist() == [[7, 3]]
    assert "10 of 10 candidates (10 ok)" in capsys.readouterr().out
    assert 1 < server.most_open <= 4


def test_a_request_says_nothing_of_the_machine(prompts):
    with FaultyServer().running() as server:
        sample(prompts, server)
    assert server.headers["content-type"] == "application/json"
    told = " ".join(server.headers.values()).lower()
    for word in (platform.system(), platform.machine(), platform.python_version(), platform.python_implementation()):
        assert word.lower() not in told


def test_candidates_as_lines_of_json_and_csv(prompts):
    with FaultyServer().running() as server:
        _, table = sample(prompts, server)
        answers = prompts.with_name("prompts.candidates.answers.sqlite")
        for name in ("c.jsonl.gz", "c.csv"):
            sample(prompts, server, "--output", prompts.with_name(name), "--answers", answers)
            rows = [row for _, row in read_rows(prompts.with_name(name), ["prompt_id", "sample", "text", "answer"])]
            for column in ("prompt_id", "sample", "text", "answer"):
                assert [str(row[column]) for row in rows] == table[column].astype(str).tolist()
        assert len(server.requests) == 10


def test_nothing_is_asked_twice_and_more_samples_ask_for_the_further_ones_alone(prompts):
    with FaultyServer().running() as server:
        sample(prompts, server)
        sample(prompts, server)
        assert len(server.requests) == 10
        _, table = sample(prompts, server, n=3)
    assert len(server.requests) == 15
    assert set(server.answered.values()) == {1}
    assert len(table) == 15


def test_prompts_with_the_same_messages_share_their_answers(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"id": number, "prompt": "same?"}) + "\n" for number in range(3000)))
    with FaultyServer().running() as server:
        _, table = sample(path, server, n=1)
    assert server.answered == {("same?", 0): 1}
    assert len(table) == 3000
    assert set(table["text"]) == {"same? #0"}


def test_another_temperature_or_model_is_another_answer(prompts):
    with FaultyServer(models=["tiny", "tiny-2"]).running() as server:
        sample(prompts, server, n=1)
        sample(prompts, server, "--temperature", 0.5, n=1)
        sample(prompts, server, "--served-as", "tiny", model="tiny-2", n=1)
    assert [body["model"] for body in server.requests].count("tiny-2") == 5
    assert Counter(body["temperature"] for body in server.requests) == {1.0: 10, 0.5: 5}


@pytest.mark.parametrize("fault", ["429", "500", "half", "close"])
def test_what_passes_is_tried_again(prompts, fault):
    seen = Counter()

    def twice(body):
        name = json.dumps(body)
        seen[name] += 1
        return fault if seen[name] <= 2 else None

    with FaultyServer(fault=twice).running() as server:
        code, table = sample(prompts, server)
    assert code == 0
    assert set(table["status"]) == {"ok"}
    assert set(table["tries"]) == {3}
    assert set(server.answered.values()) == {1}


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        (lambda body: reply_of(body, finish_reason="length"), "cut_off", "largest number of tokens"),
        (lambda body: reply_of(body, finish_reason="content_filter"), "refused", "content_filter"),
        (lambda body: reply_of(body, message={"content": None, "refusal": "I won't."}), "refused", "I won't."),
        (lambda body: reply_of(body, message={"content": " \n"}), "empty", "no text"),
        (lambda body: reply_of(body, message={"content": None}, finish_reason="tool_calls"), "empty", "tool_calls"),
        (lambda body: reply_of(body, message={"content": ["a"]}), "malformed", "content is a list"),
        (lambda body: reply_of(body, model="other"), "other_model", "--served-as"),
        (lambda body: {"error": {"message": "upstream"}}, "malformed", "no choices"),
        (lambda body: {"choices": []}, "malformed", "no choice"),
        (lambda body: [], "malformed", "no choices"),
        (lambda body: b'{"choices": [{"mess', "malformed", "no JSON"),
        (lambda body: b"\xff\xfe", "malformed", "no JSON"),
        (lambda body: b"[" * 100_000, "malformed", "no JSON"),
    ],
)
def test_what_is_no_good_answer_is_kept_with_its_reason_and_asked_again_on_request_alone(
    prompts, reply, status, reason
):
    bad = [True]

    def fault(body):
        return (200, {}, reply(body)) if bad[0] and body["seed"] == 1 else None

    with FaultyServer(fault=fault).running() as server:
        code, table = sample(prompts, server)
        assert code == 0
        assert table["status"].tolist() == ["ok", status] * 5
        assert table["reason"][1].find(reason) >= 0, table["reason"][1]
        sample(prompts, server)
        assert len(server.requests) == 10
        bad[0] = False
        _, table = sample(prompts, server, "--ask-again", status)
    assert len(server.requests) == 15
    assert set(table["status"]) == {"ok"}


def test_a_request_that_the_server_rejects_is_kept_with_the_servers_words(prompts):
    def fault(body):
        return (
            (400, {}, {"error": {"message": "too long by far"}}) if body["messages"][0]["content"] == "3 + 1?" else None
        )

    with FaultyServer(fault=fault).running() as server:
        code, table = sample(prompts, server, n=1)
        sample(prompts, server, n=1)
    assert code == 0
    assert table["status"].tolist() == ["ok", "ok", "ok", "rejected", "ok"]
    assert table["reason"][3] == "HTTP 400: too long by far"
    assert len(server.requests) == 5


def test_a_server_that_rejects_everything_is_asked_no_further(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"prompt": f"{number}?"}) + "\n" for number in range(500)))
    server = FaultyServer(fault=lambda body: (400, {}, {"error": {"message": "no top_k here"}}))
    told = r"sample: the server rejects every request \(HTTP 400: no top_k here\)"
    with server.running(), pytest.raises(SystemExit, match=told):
        sample(path, server, "--parameter", "top_k=5")
    assert len(server.requests) < 40
    assert server.requests[0]["top_k"] == 5


def test_a_server_that_stops_answering_ends_the_run_and_the_next_one_goes_on(prompts):
    down = [False]

    def fault(body):
        down[0] = down[0] or len(server.requests) > 6
        return "close" if down[0] else None

    with FaultyServer(fault=fault).running() as server:
        with pytest.raises(SystemExit, match=r"stopped answering \(.*in 2 tries\).*the same command goes on"):
            sample(prompts, server, "--tries", 2, n=8)
        had = sum(server.answered.values())
        assert 0 < had <= 6
        server.fault = lambda body: None
        _, table = sample(prompts, server, n=8)
    assert set(server.answered.values()) == {1}
    assert table["status"].tolist() == ["ok"] * 40


def test_a_prompt_without_an_answer_in_all_tries_is_a_row_and_asked_by_the_next_call(prompts, capsys):
    def fault(body):
        return "500" if body["messages"][0]["content"] == "2 + 1?" and body["seed"] == 0 else None

    with FaultyServer(fault=fault).running() as server:
        code, table = sample(prompts, server, "--tries", 2)
        assert code == 1
        assert "1 is without an answer; the same command asks for them again" in capsys.readouterr().out
        assert table["status"].tolist().count("unanswered") == 1
        assert table["text"][4] == ""
        server.fault = lambda body: None
        code, table = sample(prompts, server)
    assert code == 0
    assert set(server.answered.values()) == {1}


def test_messages_of_several_turns_and_instructions(tmp_path):
    path = tmp_path / "prompts.parquet"
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    pd.DataFrame({"id": [7], "messages": [turns]}).to_parquet(path)
    with FaultyServer().running() as server:
        _, table = sample(path, server, "--system", "Be brief.", n=1)
    assert server.requests[0]["messages"] == [{"role": "system", "content": "Be brief."}, *turns]
    assert table["prompt_id"].tolist() == ["7"]
    assert list(table["prompt"][0]) == turns
    assert table["system"].tolist() == ["Be brief."]


def test_completions_and_log_probabilities(prompts):
    def fault(body):
        return 200, {}, reply_of(body, logprobs={"tokens": ["a", "b"], "token_logprobs": [-0.5, -0.25]})

    with FaultyServer(fault=fault).running() as server:
        _, table = sample(prompts, server, "--kind", "completions", "--logprobs", n=1)
    assert server.requests[0]["prompt"] in {row["prompt"] for row in PROMPTS}
    assert server.requests[0]["logprobs"] == 0
    assert table["log_prob"].tolist() == [-0.75] * 5
    assert table["token_log_probs"][0].tolist() == [-0.5, -0.25]


def test_half_a_character_at_the_end_of_an_answer_is_marked(prompts):
    def fault(body):
        return 200, {}, reply_of(body, message={"content": "so \ud83d"}, finish_reason="length")

    with FaultyServer(fault=fault).running() as server:
        _, table = sample(prompts, server, n=1)
    assert set(table["text"]) == {"so \ufffd"}


def test_candidates_that_are_all_alike_are_told(prompts, capsys):
    with FaultyServer(fault=lambda body: (200, {}, reply_of(body, message={"content": "4"}))).running() as server:
        sample(prompts, server)
        assert "all candidates of each of 5 prompts are the same text" in capsys.readouterr().out
        sample(prompts, server, n=1)
        assert "the same text" not in capsys.readouterr().out


@pytest.mark.parametrize("how", ["replaced", "appended to", "cut", "removed"])
def test_prompts_that_change_while_they_are_asked_make_no_table(prompts, how):
    more = prompts.read_text() + "".join(
        json.dumps({"id": f"q{number}", "prompt": f"{number} + 2?", "answer": number + 2}) + "\n"
        for number in range(600)
    )
    asked = []

    def fault(body):
        if not asked:
            asked.append(body)
            if how == "replaced":
                (prompts.parent / "new").write_text(more)
                (prompts.parent / "new").replace(prompts)
            elif how == "removed":
                prompts.unlink()
            else:
                prompts.write_text(more if how == "appended to" else more[:60])
        return None

    whole = prompts.read_text()
    with FaultyServer(fault=fault).running() as server:
        with pytest.raises(SystemExit, match=r"prompts\.jsonl: (was changed while|line \d is no JSON|no such file)"):
            sample(prompts, server)
        assert not prompts.with_name("prompts.candidates.parquet").exists()
        prompts.write_text(whole)
        code, table = sample(prompts, server)
    assert code == 0
    # what was under way when it ended is asked for again, what was on disk is not
    assert max(server.answered.values()) <= 2
    assert min(server.answered.values()) == 1
    assert table["text"].tolist() == [f"{row['prompt']} #{i}" for row in PROMPTS for i in range(2)]


def test_the_table_is_no_place_for_answers(prompts):
    with pytest.raises(SystemExit, match=r"--answers c\.parquet: is the table of --output itself"):
        main([str(prompts), "--model", "tiny", "--output", "c.parquet", "--answers", "c.parquet"])
