"""The key of a server is in no file, log or message, after a run that failed and after one that did not."""

import json
import subprocess
import sys

import pytest

from faulty_server import FaultyServer, reply_of
from uncollapse.generators.secret import Secret

KEY = "sk-very-secret-0123456789"
RUN = "import sys; from uncollapse.commands.entry import run; sys.exit(run(sys.argv[1:]))"


def everything(folder):
    """Every byte of every file below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("fails", ["no", "wrong key", "echoed in errors", "dies", "bug"])
def test_the_key_is_nowhere(tmp_path, monkeypatch, fails):
    """Servers that say the key back, in an error or even in an answer, are the worst case."""
    (tmp_path / "prompts.jsonl").write_text(
        "".join(json.dumps({"prompt": f"{number}?"}) + "\n" for number in range(30))
    )

    def fault(body):
        if fails == "no":
            return 200, {}, reply_of(body, message={"content": f"your key is {KEY}"})
        if fails == "echoed in errors":
            return 400, {}, {"error": {"message": f"bad request by {KEY}"}}
        return "close"

    command = [sys.executable, "-X", "dev", "-c", RUN, "sample", "prompts.jsonl", "--model", "tiny", "--tries", "2",
               "--key-variable", "THE_KEY", "--concurrency", "4", "--output", "out.parquet"]  # fmt: skip
    if fails == "bug":
        broken = (
            "import uncollapse.generators.reply as r; r.answer_of = None; import uncollapse.generators.endpoint as e;"
        )
        command[4] = f"{broken} e.answer_of = None; {RUN}"
    expected = "another" if fails == "wrong key" else KEY
    with FaultyServer(key=expected, fault=(lambda body: None) if fails == "bug" else fault).running() as server:
        import os

        done = subprocess.run(
            [*command, "--endpoint", server.url], capture_output=True, cwd=tmp_path,
            env={**os.environ, "THE_KEY": KEY, "OPENAI_LOG": "debug"},
        )  # fmt: skip
    assert (done.returncode == 0) == (fails == "no"), done.stderr.decode()
    written = everything(tmp_path) | {"stdout": done.stdout, "stderr": done.stderr}
    assert [name for name, content in written.items() if KEY.encode() in content] == []
    if fails == "no":
        assert b"your key is [key]" in written[str(tmp_path / "out.answers.sqlite")]
    if fails == "echoed in errors":
        assert b"bad request by [key]" in done.stderr


def test_a_short_key_changes_no_answer():
    assert Secret("EMPTY").hide_in_reply(b"an EMPTY answer") == b"an EMPTY answer"
