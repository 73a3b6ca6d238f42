"""Replies that servers of other makes give: each becomes an answer, a reason, or another try, and none ends the run."""

import gzip
import json
from collections import Counter

import pandas as pd
import pytest

from faulty_server import FaultyServer, reply_of
from uncollapse.commands.sample import main
from uncollapse.generators import ask, retrying
from uncollapse.generators.secret import Secret


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(retrying, "FIRST", 0.001)


@pytest.fixture
def prompts(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"id": number, "prompt": f"{number} + 1?"}) + "\n" for number in range(4)))
    return path


def sample(prompts, server, *given):
    options = [prompts, "--model", "tiny", "--endpoint", server.url, "--seed", 0, "--concurrency", 4, *given]
    code = main(list(map(str, options)))
    files = [prompts.with_name(f"prompts.candidates{part}.parquet") for part in ("", ".without_answer")]
    return code, pd.concat([pd.read_parquet(path) for path in files if path.exists()], ignore_index=True)


def of_prompt(wanted, reply):
    """One prompt alone meets this fault."""
    return lambda body: reply if body["messages"][0]["content"] == wanted else None


def once(*faults):
    """Each request meets these faults, one after the other, before it is answered."""
    seen = Counter()

    def fault(body):
        name = json.dumps(body)
        seen[name] += 1
        return faults[seen[name] - 1] if seen[name] <= len(faults) else None

    return fault


@pytest.mark.parametrize(
    "fault",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
        b"HTTP/1.1 307 X\r\nConnection: close\r\nContent-Length: 0\r\nLocation: nowhere://a b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08 and nothing of gzip"),
        (503, {}, b"<html><h1>Service Unavailable</h1></html>"),
        (429, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, b""),
    ],
)
def test_replies_that_are_none_are_tried_again(prompts, fault):
    with FaultyServer(fault=once(fault)).running() as server:
        code, table = sample(prompts, server)
    assert code == 0
    assert table["status"].tolist() == ["ok"] * 4
    assert table["tries"].tolist() == [2] * 4


def test_a_reply_that_drips_is_given_up_in_time(prompts):
    with FaultyServer(fault=once("drip")).running() as server:
        code, table = sample(prompts, server, "--timeout", 0.6)
    assert code == 0
    assert table["tries"].tolist() == [2] * 4


def test_a_lost_connection_is_not_called_a_time_out(prompts):
    with FaultyServer(
        fault=lambda body: "close" if body["messages"][0]["content"] == "2 + 1?" else None
    ).running() as s:
        code, table = sample(prompts, s, "--tries", 2)
    assert code == 1
    (reason,) = table["reason"][table["status"] == "unanswered"]
    assert "disconnected" in reason
    assert reason.endswith("(in 2 tries)")


def test_packed_and_chunked_replies_are_read(prompts):
    def fault(body):
        whole = json.dumps(reply_of(body)).encode()
        if body["messages"][0]["content"] == "0 + 1?":
            return 200, {"Content-Encoding": "gzip"}, gzip.compress(whole)
        parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (whole[:9], whole[9:]))
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + parts + b"0\r\n\r\n"

    with FaultyServer(fault=fault).running() as server:
        _, table = sample(prompts, server)
    assert table["text"].tolist() == [f"{number} + 1? #0" for number in range(4)]


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"finish_reason": "abort"}, "cut_off", "the server broke off: finish_reason abort"),
        ({"finish_reason": "error"}, "cut_off", "the server broke off: finish_reason error"),
        ({"finish_reason": "MAX_TOKENS"}, "cut_off", "largest number of tokens"),
        ({"finish_reason": "tool_calls"}, "cut_off", "called a tool"),
        ({"finish_reason": "SAFETY"}, "refused", "SAFETY"),
        ({"finish_reason": None}, "ok", ""),
        ({"model": "Tiny"}, "ok", ""),
        ({"message": {"content": None, "reasoning_content": "hm " * 400}}, "empty", "1,200 characters of reasoning"),
        ({"message": {"content": "", "reasoning": "hm"}, "finish_reason": "length"}, "cut_off", "2 characters of reas"),
        ({"message": {"content": [{"type": "text", "text": "2 + "}, {"type": "text", "text": "1"}]}}, "ok", ""),
        ({"message": {"content": [{"type": "image_url", "image_url": {}}]}}, "malformed", "content is a list"),
    ],
)
def test_what_an_answer_is_by_its_end_and_its_form(prompts, changes, status, reason):
    bad = "2 + 1?"

    def fault(body):
        return (200, {}, reply_of(body, **changes)) if body["messages"][0]["content"] == bad else None

    with FaultyServer(fault=fault).running() as server:
        _, table = sample(prompts, server)
    (row,) = table[table["prompt"] == bad].to_dict("records")
    assert row["status"] == status
    assert reason in row["reason"]
    assert bool(reason) == bool(row["reason"])
    if isinstance(changes.get("message", {}).get("content"), list) and status == "ok":
        assert row["text"] == "2 + 1"
    assert table["status"].tolist().count("ok") == 3 + (status == "ok")


def test_why_there_is_no_reply_stands_in_the_table_and_is_asked_again(prompts):
    def fault(body):
        return (
            (502, {}, {"error": {"message": "upstream gone"}}) if body["messages"][0]["content"] == "2 + 1?" else None
        )

    with FaultyServer(fault=fault).running() as server:
        code, table = sample(prompts, server, "--tries", 2)
        assert code == 1
        assert table["reason"][table["status"] == "unanswered"].tolist() == ["HTTP 502: upstream gone (in 2 tries)"]
        server.fault = lambda body: None
        code, table = sample(prompts, server)
    assert code == 0
    assert set(table["status"]) == {"ok"}
    assert set(server.answered.values()) == {1}


def test_no_reply_takes_the_place_of_no_answer(prompts):
    """An answer that is asked for again stays while the server gives none."""
    with FaultyServer(fault=lambda body: (200, {}, reply_of(body, finish_reason="length"))).running() as server:
        sample(prompts, server)
        server.fault = lambda body: "500"
        sample(prompts, server, "--ask-again", "cut_off", "--tries", 1, "--concurrency", 5)
        _, table = sample(prompts, server)
    assert table["status"].tolist() == ["cut_off"] * 4
    assert table["text"].tolist() == [f"{number} + 1? #0" for number in range(4)]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ((200, {}, b"<html>Log in</html>"), "no reply of the server is an answer"),
        ("other_model", "every answer is another model's .*somebody-else.*--served-as.*--ask-again other_model"),
        ((400, {}, {"error": {"message": "no such parameter"}}), "rejects every request .HTTP 400: no such parameter"),
        ((402, {}, {"error": {"message": "no credits"}}), "HTTP 402: no credits; see to the account"),
    ],
)
def test_a_server_without_any_answer_of_the_model_is_asked_no_further(prompts, reply, told):
    prompts.write_text("".join(json.dumps({"prompt": f"{number}?"}) + "\n" for number in range(500)))
    with FaultyServer(fault=lambda body: reply).running() as server, pytest.raises(SystemExit, match=told):
        sample(prompts, server)
    assert len(server.requests) < 2 * ask.FIRST


@pytest.mark.parametrize("status", [403, 404])
def test_one_prompt_that_is_declined_ends_nothing_and_many_in_a_row_do(prompts, status):
    prompts.write_text("".join(json.dumps({"id": n, "prompt": f"{n}?"}) + "\n" for n in range(100)))
    flagged = {"0?" if status == 403 else "50?"}  # a filter may be the first to reply

    def fault(body):
        return (status, {}, {"error": {"message": "flagged"}}) if body["messages"][0]["content"] in flagged else None

    with FaultyServer(fault=fault).running() as server:
        code, table = sample(prompts, server)
        assert code == 0
        assert table["reason"][table["status"] == "rejected"].tolist() == [f"HTTP {status}: flagged"]
        flagged.update(f"{number}?" for number in range(100))
        with pytest.raises(SystemExit, match=f"HTTP {status}: flagged"):
            sample(prompts, server, "--temperature", 0.5)
    assert len(server.requests) < 100 + 2 * 4 + 1


@pytest.mark.parametrize("given", ["n=4", "stream=true", "model=other", "messages=[]", "seed=3"])
def test_parameters_that_are_no_parameters(prompts, given):
    with FaultyServer().running() as server, pytest.raises(SystemExit, match=f"--parameter {given.split('=')[0]}: "):
        sample(prompts, server, "--parameter", given)
    assert not server.requests


def test_a_first_page_of_models_says_nothing_of_those_on_the_next(prompts, capsys):
    with FaultyServer(models={"object": "list", "data": [{"id": "a"}], "has_more": True}).running() as server:
        assert sample(prompts, server)[0] == 0
    assert "does not list 'tiny' (the first page of its list has a)" in capsys.readouterr().err


def test_what_is_told_while_no_answer_comes(prompts, capsys, monkeypatch):
    monkeypatch.setattr(ask, "_AWAKE", 0.05)
    with FaultyServer(fault=once((503, {"Retry-After": "2"}, b"<h1>Busy</h1>"))).running() as server:
        assert sample(prompts, server)[0] == 0
    told = capsys.readouterr().err
    assert told.startswith("sample: 4 answers to ask for, 4 at a time\n")
    assert "sample: 0 of 4 answers, 0 tokens, 4 tries in vain, the last: HTTP 503: <h1>Busy</h1>" in told


KEY = "sk+/0123456789=abcdef&<tail>"


@pytest.mark.parametrize(
    "said",
    [
        KEY,
        KEY.replace("/", "\\/"),  # as PHP writes JSON
        "".join(f"\\u{ord(sign):04X}" for sign in KEY),
        KEY.replace("+", "\\u002B").replace("&", "\\u0026").replace("<", "\\u003c"),  # as .NET and Go do
        KEY.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D").replace("&", "%26"),
    ],
)
def test_a_key_is_found_however_it_is_spelled(said):
    reply = b'{"message": "your key %s\xff is wrong"}' % said.encode()
    assert Secret(KEY).hide_in_reply(reply) == b'{"message": "your key [key]\xff is wrong"}'
    assert Secret(KEY).hide(f"GET /?key={said}") == "GET /?key=[key]"
