#!/usr/bin/env bash
# bespokelabs-curator 0.1.31 (litellm 1.83.7, openai 2.30.0, datasets 3.6.0), which keeps answers in a folder and does not ask
# again for what is there: what it knows them by is the data, the source of prompt(), the model's name, the response format and the
# generation parameters. The system prompt, the server (base_url) and attributes of the object that prompt() reads are not
# among them, so a run with another of these asks nobody and returns the answers to the first, without a word.
#   same         the same call again                    0 requests, the first answer: as intended
#   system       another system prompt                  0 requests, the answer to the first system prompt
#   server       another base_url, same model name      0 requests, the first server's answer
#   attribute    another self.style within prompt()     0 requests, the answer to the prompt without it
# A changed temperature or row is noticed. The folder is a new one and the servers are on loopback; the tokenizer's table is
# the one that litellm brings along.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "bespokelabs-curator==0.1.31" "litellm==1.83.7" \
  "openai==2.30.0" "datasets==3.6.0" "tiktoken==0.12.0" 2>/dev/null
cd "$folder"
HOME="$folder" "$folder/venv/bin/python" - <<'P' >"$folder/log" 2>&1 || { tail -20 "$folder/log"; exit 1; }
import http.server
import importlib.util
import json
import os
import threading
from pathlib import Path

os.environ |= {"TELEMETRY_ENABLED": "0", "CURATOR_VIEWER": "0", "OPENAI_API_KEY": "none", "HF_HUB_OFFLINE": "1"}
litellm = Path(importlib.util.find_spec("litellm").origin).parent
os.environ["TIKTOKEN_CACHE_DIR"] = str(litellm / "litellm_core_utils/tokenizers")
from bespokelabs import curator
from datasets import Dataset

asked = []


def serve(name):
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            said = {message["role"]: message["content"] for message in body["messages"]}
            if said:  # a first request without any message asks for the limits alone
                asked.append(said)
            answer = f"{name}: {said.get('system')} / {said.get('user')}"
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            told = {"id": "a", "object": "chat.completion", "created": 0, "model": body["model"]}
            data = json.dumps(told | {"choices": [choice], "usage": usage}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/v1"


class Ask(curator.LLM):
    style = ""

    def prompt(self, row):
        return self.style + row["prompt"]

    def parse(self, row, response):
        return [{"answer": response}]


def run(server, system="be brief", temperature=1.0, style="", prompt="one"):
    where = {"base_url": server, "api_key": "none", "max_requests_per_minute": 1000, "max_tokens_per_minute": 10**6}
    ask = Ask(
        model_name="gpt-4o-mini", backend="openai", system_prompt=system, backend_params=where,
        generation_params={"temperature": temperature},
    )
    ask.style = style
    before = len(asked)
    found = ask(Dataset.from_list([{"prompt": prompt}]), working_dir="kept")
    return len(asked) - before, getattr(found, "dataset", found)["answer"][0]


first, second = serve("first"), serve("second")
found = {
    "once": run(first),
    "same": run(first),
    "system": run(first, system="be long"),
    "server": run(second),
    "attribute": run(first, style="please, "),
    "temperature": run(first, temperature=0.5),
    "prompt": run(first, prompt="two"),
}
Path("found.txt").write_text("".join(f"{name:12} {n} requests   {text}\n" for name, (n, text) in found.items()))
kept = (0, "first: be brief / one")
assert found["once"] == (1, kept[1]), found
assert all(found[name] == kept for name in ("same", "system", "server", "attribute")), found
assert found["temperature"] == (1, kept[1]), found
assert found["prompt"] == (1, "first: be brief / two"), found
P
cat "$folder/found.txt"
