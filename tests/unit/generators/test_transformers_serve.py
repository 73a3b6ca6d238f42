"""``uncollapse sample`` against a real server: transformers' own, with a model of a few kilobytes."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pandas as pd
import pytest
import tiny_models

from uncollapse.commands.sample import main

for needed in ("fastapi", "uvicorn"):
    pytest.importorskip(needed, reason="transformers serve needs transformers[serving]")

PATIENCE = 120.0  # seconds for the server to start
TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The model's folder and the server's address."""
    folder = tmp_path_factory.mktemp("served")
    tokenizer = tiny_models.tokenizer()
    tokenizer.chat_template = TEMPLATE
    tiny_models.model(vocabulary=len(tokenizer), context=128, spread=0.3).save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    (folder / "hub").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = "import sys; from transformers.cli.transformers import main; sys.exit(main())"
    command = [sys.executable, "-c", run, "serve", folder / "model", "--host", "127.0.0.1", "--port", port]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(folder / "hub")}
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            [*map(str, command), "--device", "cpu"], stdout=log, stderr=log, env=environment, cwd=folder
        )
    try:
        begun = time.monotonic()
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, (folder / "log").read_text()[-2000:]
                assert time.monotonic() - begun < PATIENCE, "the server does not start"
                time.sleep(0.2)
        yield str(folder / "model"), f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


@pytest.mark.parametrize("kind", ["chat", "completions"])
def test_candidates_of_transformers_serve(served, tmp_path, capsys, kind):
    model, url = served
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"id": n, "prompt": f"say {n}", "answer": n}) + "\n" for n in range(4)))
    given = [path, "--model", model, "--endpoint", url, "--kind", kind, "--n", "2", "--max-tokens", "6", "--seed", "1"]
    if kind == "chat":  # a temperature alone does not make this server draw
        given += ["--parameter", "generation_config=" + json.dumps(json.dumps({"do_sample": True}))]
    assert main(list(map(str, given))) == 0
    table = pd.read_parquet(tmp_path / "prompts.candidates.parquet")
    assert len(table) == 8
    assert set(table["status"]) <= {"ok", "cut_off", "empty"}
    assert table["completion_tokens"].between(1, 6).all()
    text = "user: say 0\nassistant:" if kind == "chat" else "say 0"
    assert table["prompt_tokens"][0] == len(tiny_models.tokenizer()(text, add_special_tokens=False)["input_ids"])
    assert (table["text"].nunique() > 4) == (kind == "chat")
    assert ("are the same text" in capsys.readouterr().out) == (kind == "completions")
