"""Programs and servers as verifiers: crashes, half lines, wrong counts, time-outs, retries."""

import contextlib
import http.server
import json
import sys
import threading
import time

import pytest
from pydantic import ValidationError

from uncollapse.errors import ConfigError
from uncollapse.verifiers.answers import command
from uncollapse.verifiers.answers import http as server
from uncollapse.verifiers.candidate import Candidate

LOOP = """import json, sys, os, time
for line in sys.stdin:
    row = json.loads(line)
    bad = row["text"] == "bad"
    {body}
    print(json.dumps({{"id": row["id"], "score": len(row["text"])}}))
"""


def by_program(tmp_path, body, texts, **settings):
    path = tmp_path / "program.py"
    path.write_text(LOOP.format(body=body))
    with command.open_verifier(
        command.Settings(command=[sys.executable, str(path)], lowest=2, **settings), threads=2
    ) as it:
        return it.judge([Candidate(text) for text in texts])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("if bad: sys.exit(3)", "status 3"),
        ("if bad: sys.stderr.write('no such thing'); sys.exit(1)", "no such thing"),
        ("if bad: os.kill(os.getpid(), 9)", "signal 9"),
        ("if bad: continue", "no line for the candidate"),
        ('if bad: print(\'{"id": 1, "sco\'); continue', "no verdict"),
        ("if bad: print(json.dumps({'id': row['id'], 'score': 1}))", "2 lines for one candidate"),
        ("if bad: print(json.dumps({'id': row['id'], 'score': 'high'})); continue", "no finite number"),
        ("if bad: print('{\"id\": %d, \"score\": NaN}' % row['id']); continue", "no finite number"),
        ("if bad: print(json.dumps({'id': row['id'], 'error': 'cannot'})); continue", "cannot"),
        ("if bad: time.sleep(60)", "not done within 2 s"),
        ("if bad:\n        while True: sys.stdout.write('x' * 1000000)", "more than 1 MiB"),
        ("print('noise'); print(json.dumps({'id': 99, 'score': 1}))\n    if bad: 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_program_may_fail_on_one_candidate(tmp_path, body, reason):
    texts = ["good", "a", "bad", "", "fine\0 \ud800", "x" * 200_000]
    found = by_program(tmp_path, body, texts, seconds=2, output_megabytes=1)
    assert [one.failed for one in found] == [False, False, True, False, False, False]
    assert reason in found[2].reason
    assert [one.accepted for one in found] == [True, False, None, False, True, True]
    assert found[5].score == 200_000


def test_batches_and_order(tmp_path):
    found = by_program(tmp_path, "", ["x" * number for number in range(20)], batch=3)
    assert [one.score for one in found] == list(range(20))


def test_a_program_that_is_not_there():
    with pytest.raises(ValidationError, match="no such program"):
        command.Settings(command="no-such-program --x")


class Handler(http.server.BaseHTTPRequestHandler):
    """Scores are lengths; what else happens is up to ``script``, of the texts and the number of the request."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = [one["text"] for one in body["candidates"]]
        with self.server.lock:
            self.server.seen.append(texts)
            self.server.keys.append(self.headers.get("Authorization"))
            number = len(self.server.seen)
        verdicts = [{"id": one["id"], "score": len(one["text"])} for one in body["candidates"]]
        status, reply, headers = self.server.script(texts, number, verdicts)
        if reply is None:
            self.connection.close()
            return
        data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # nobody waited
            self.wfile.write(data)

    def log_message(self, *words):
        pass


@pytest.fixture
def serving():
    servers = []

    def start(script):
        one = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        one.script, one.seen, one.keys, one.lock = script, [], [], threading.Lock()
        threading.Thread(target=one.serve_forever, daemon=True).start()
        servers.append(one)
        return one, f"http://127.0.0.1:{one.server_port}/verify"

    yield start
    for one in servers:
        one.shutdown()
        one.server_close()


def by_server(url, texts, **settings):
    with server.open_verifier(server.Settings(url=url, lowest=2, **settings), threads=1) as it:
        return it.judge([Candidate(text) for text in texts])


@pytest.mark.parametrize("shape", [lambda found: found, lambda found: {"verdicts": found[::-1]}])
def test_replies_in_order_or_with_ids(serving, shape):
    _, url = serving(lambda texts, number, found: (200, shape(found), {}))
    found = by_server(url, ["x" * number for number in range(10)], batch=4)
    assert [one.score for one in found] == list(range(10))


def test_it_asks_again_where_that_may_help(serving, monkeypatch):
    monkeypatch.setattr(server, "backoff", lambda tries, rng: 0.0)
    faults = {1: (429, {}, {"Retry-After": "0"}), 2: (500, {}, {}), 3: (200, b"{", {}), 4: (200, None, {})}
    one, url = serving(lambda texts, number, found: faults.get(number, (200, found, {})))
    assert by_server(url, ["abc"])[0].accepted
    assert len(one.seen) == 5


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ((400, {"error": "too odd"}, {}), "too odd"),
        ((500, {}, {}), "HTTP 500"),
        ((200, [], {}), "one verdict for each"),
        ((200, {"verdicts": "x"}, {}), "one verdict for each"),
    ],
)
def test_one_candidate_that_it_fails_on_is_told_apart(serving, monkeypatch, fault, reason):
    monkeypatch.setattr(server, "backoff", lambda tries, rng: 0.0)
    _, url = serving(lambda texts, number, found: fault if "bad" in texts else (200, found, {}))
    found = by_server(url, ["good", "abc", "bad", "fine", "x"], tries=2)
    assert [one.failed for one in found] == [False, False, True, False, False]
    assert reason in found[2].reason
    assert [one.score for one in found] == [4, 3, None, 4, 1]


def test_a_slow_server_and_none(serving, monkeypatch):
    monkeypatch.setattr(server, "backoff", lambda tries, rng: 0.0)
    _, url = serving(lambda texts, number, found: (time.sleep(1.5), (200, found, {}))[1])
    (found,) = by_server(url, ["abc"], seconds=0.3, tries=2)
    assert found.reason == "no reply: ReadTimeout (in 2 tries)"
    (found,) = by_server("http://127.0.0.1:9/verify", ["abc"], tries=2)
    assert found.reason == "no reply: ConnectionError (in 2 tries)"


def test_a_key_is_sent_and_never_told(serving, monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-0123456789abcdef")
    one, url = serving(lambda texts, number, found: (403, {"error": "sk-0123456789abcdef is wrong"}, {}))
    with pytest.raises(ConfigError, match=r"\[key\] is wrong") as told:
        by_server(url, ["abc"], key_variable="MY_KEY")
    assert "sk-0123" not in str(told.value)
    assert one.keys == ["Bearer sk-0123456789abcdef"]


def test_a_key_that_is_not_there(monkeypatch):
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(ConfigError, match="MY_KEY"):
        by_server("http://127.0.0.1:9/", ["abc"], key_variable="MY_KEY")
    with pytest.raises(ValidationError, match="a user or a password"):
        server.Settings(url="http://me:secret@localhost/")
