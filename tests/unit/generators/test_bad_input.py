"""Mistakes of ``uncollapse sample`` are told before anything is asked, in one line that names the fix."""

import json
import socket

import pytest

from faulty_server import FaultyServer
from uncollapse.commands.sample import main

KEY = "sk-0123456789abcdefghij"


@pytest.fixture
def prompts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"id": 1, "prompt": "a?"}\n{"id": 2, "prompt": "b?"}\n')
    return path


def told(*given):
    with pytest.raises(SystemExit) as end:
        main(list(map(str, given)))
    return str(end.value.code)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_key_in_the_environment(prompts, monkeypatch, value):
    monkeypatch.delenv("MY_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("MY_KEY", value)
    with FaultyServer(key=KEY).running() as server:
        said = told(prompts, "--model", "tiny", "--endpoint", server.url, "--key-variable", "MY_KEY")
    assert said == "sample: the environment has no MY_KEY, which is to hold the server's key: export MY_KEY=..."
    assert not server.requests


def test_a_key_that_cannot_be_sent_is_not_shown(prompts, monkeypatch):
    monkeypatch.setenv("MY_KEY", f"{KEY}\nand more")
    said = told(prompts, "--model", "tiny", "--endpoint", "http://127.0.0.1:9/v1", "--key-variable", "MY_KEY")
    assert said.startswith("sample: MY_KEY holds white space or signs that no key has")
    assert KEY not in said


@pytest.mark.parametrize("given", [KEY, "gsk_AbCdEf0123456789", "0123456789abcdef", "A=B"])
def test_a_key_given_in_place_of_its_variable_is_not_repeated(prompts, given):
    said = told(prompts, "--model", "tiny", "--endpoint", "http://127.0.0.1:9/v1", "--key-variable", given)
    assert "give the NAME, such as API_KEY, and never the key" in said
    assert given not in said


def test_a_folder_in_place_of_prompts(prompts):
    (prompts.parent / "folder.jsonl").mkdir()
    said = told("folder.jsonl", "--model", "tiny", "--endpoint", "http://127.0.0.1:9/v1")
    assert said == "sample: folder.jsonl: is a folder; name a file in it"


@pytest.mark.parametrize("given", [("--temperature", -1), ("--top-p", 7), ("--top-p", 0)])
def test_draws_that_no_server_makes(prompts, capsys, given):
    assert told(prompts, "--model", "m", "--endpoint", "http://127.0.0.1:9/v1", *given) == "2"
    assert f"argument {given[0]}: {given[1]} is " in capsys.readouterr().err


@pytest.mark.parametrize("usual", ["OPENAI_API_KEY", "HF_TOKEN"])
def test_a_server_that_wants_a_key(prompts, monkeypatch, usual):
    """It is not sent one that lies in another variable than the one that was named."""
    monkeypatch.setenv(usual, KEY)
    with FaultyServer(key=KEY).running() as server:
        said = told(prompts, "--model", "tiny", "--endpoint", server.url)
    assert "HTTP 401" in said
    assert "--key-variable" in said


def test_an_unreachable_server(prompts):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = told(prompts, "--model", "tiny", "--endpoint", f"http://127.0.0.1:{port}/v1", "--timeout", 5)
    assert said.startswith(f"sample: http://127.0.0.1:{port}/v1: no server can be reached there")
    assert said.endswith("start it, or mend --endpoint")


def test_a_model_that_is_not_served(prompts):
    with FaultyServer(models=["one", "two"]).running() as server:
        said = told(prompts, "--model", "tiny", "--endpoint", server.url)
    assert said.startswith(f"sample: {server.url} does not serve 'tiny'; it has one, two: name one with --model")
    assert not server.requests


@pytest.mark.parametrize("listed", [["one"], [], 500, 404, b"no JSON", {"data": 3}])
def test_a_server_whose_list_says_nothing_is_asked_all_the_same(prompts, capsys, listed):
    server = FaultyServer(models=listed)
    with server.running():
        given = [prompts, "--model", "tiny", "--endpoint", server.url, *(["--unlisted"] if listed == ["one"] else [])]
        assert main(list(map(str, given))) == 0
    assert f"note: {server.url} does not list 'tiny'" in capsys.readouterr().err


def test_an_address_that_is_none_or_holds_a_key(prompts):
    for address in ("localhost:8000", "ftp://host/v1", "http://", "http://host:notaport/v1", "http://host:99999/v1"):
        assert (
            "must be an address" in (said := told(prompts, "--model", "m", "--endpoint", address))
            or "no address" in said
        )
    said = told(prompts, "--model", "m", "--endpoint", f"http://user:{KEY}@host/v1")
    assert "give the bare address" in said
    assert KEY not in said


def test_an_address_without_v1_says_so(prompts):
    with FaultyServer().running() as server:
        said = told(prompts, "--model", "tiny", "--endpoint", server.url.removesuffix("/v1"))
    assert "HTTP 404" in said
    assert "it mostly ends in /v1" in said


def test_no_candidates_at_all(prompts, capsys):
    assert told(prompts, "--model", "m", "--endpoint", "http://127.0.0.1:9/v1", "--n", 0) == "2"
    assert "argument --n: '0' is no whole number of at least 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": 1, "prompt": "a"}, {"id": "1", "prompt": "b"}], "line 1 and line 2 both have the id '1'"),
        ([{"id": 1, "prompt": "a"}, {"id": 2, "prompt": "  "}], "line 2 has no prompt in column 'prompt'"),
        ([{"id": 1, "prompt": "a"}, {"id": 2}], "line 2 has no prompt in column 'prompt'"),
        ([{"id": 1, "prompt": "a"}, {"prompt": "b"}], "line 2 has None as its id, in column 'id'"),
        ([{"id": True, "prompt": "a"}], "line 1 has True as its id"),
        ([{"question": "a"}], "no column 'prompt' or 'messages'; there are question: name one with --prompt"),
        ([{"prompt": "a", "messages": []}], "columns 'prompt' and 'messages'; there are prompt, messages"),
        ([{"messages": []}], "line 1: column 'messages' has no messages"),
        ([{"messages": [{"role": "user", "content": ""}]}], "line 1: column 'messages' message 1 is empty"),
        ([{"messages": [{"role": "robot", "content": "a"}]}], "message 1 has the role 'robot'"),
        ([{"messages": [{"role": "user", "content": [{"type": "image"}]}]}], "content is a list, not a text"),
        ([{"messages": [{"role": "user", "content": "a", "tool_calls": [1]}]}], "message 1 has 'tool_calls'"),
        (
            [{"prompt": "a"}, {"prompt": [{"role": "user", "content": "a"}]}],
            "line 2 has messages, the first one a text",
        ),
        ([{"prompt": "a", "text": "mine"}], "column 'text' has the name of a column of candidates"),
        ([{"prompt": "half \ud83d"}], "line 1 holds half a character"),
        ([{"prompt": "a", "note": ["half \ud83d"]}], "line 1 holds half a character"),
    ],
)
def test_prompts_that_cannot_be_asked(prompts, rows, message):
    prompts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with FaultyServer().running() as server:
        assert message in told(prompts, "--model", "tiny", "--endpoint", server.url)
    assert not server.requests
    assert not list(prompts.parent.glob("*.parquet"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--output", "out.docx"], "--output out.docx: must end in .parquet"),
        (["--output", "nowhere/out.parquet"], "there is no folder nowhere"),
        (["--answers", "prompts.jsonl"], "--answers prompts.jsonl: is the file of prompts itself"),
        (["--answers", "notes.txt"], "notes.txt: damaged, or not a file of answers"),
        (["--id", "number"], "no column 'number'; there are id, prompt: name one with --id"),
    ],
)
def test_options_that_do_not_fit(prompts, given, message):
    (prompts.parent / "notes.txt").write_text("What I wrote must stay as it is.\n" * 100)
    assert message in told("prompts.jsonl", "--model", "m", "--endpoint", "http://127.0.0.1:9/v1", *given)
    assert (prompts.parent / "notes.txt").read_text().startswith("What I wrote")


@pytest.mark.parametrize(
    ("row", "given", "message"),
    [
        ({"messages": [{"role": "user", "content": "a"}]}, [], "prompt '0' is a conversation: give --kind chat"),
        ({"prompt": "a", "system": "Be brief."}, [], "prompt '0' has instructions, which --kind completions"),
        ({"prompt": "a"}, ["--system", "Be brief."], "prompt '0' has instructions, which --kind completions"),
    ],
)
def test_completions_go_on_with_a_text_alone(prompts, row, given, message):
    prompts.write_text(json.dumps(row) + "\n")
    with FaultyServer().running() as server:
        said = told(prompts, "--model", "tiny", "--endpoint", server.url, "--kind", "completions", *given)
    assert message in said
    assert not server.requests


def test_no_such_file(prompts):
    assert (
        told("gone.jsonl", "--model", "m", "--endpoint", "http://127.0.0.1:9/v1") == "sample: gone.jsonl: no such file"
    )


def test_two_calls_at_once_do_not_share_a_file_of_answers(prompts):
    from uncollapse.generators.journal import Journal

    with Journal(prompts.parent / "prompts.candidates.answers.sqlite"):
        said = told(prompts, "--model", "m", "--endpoint", "http://127.0.0.1:9/v1")
    assert "another process has it open" in said
