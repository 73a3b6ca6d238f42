#!/usr/bin/env bash
# datatrove 0.10.1, InferenceRunner with checkpoints_local_dir, which goes on where an earlier run has ended: a finished chunk is
# remembered by its number alone, and as many documents as a full chunk has are passed over, whatever these are and however few
# the chunk had. So a later run over more documents succeeds, and
#   added     5 documents in a chunk of 100, then the same and 3 more: nothing is asked, the 3 are in no output
#   others    then 8 documents with other ids: nothing is asked, the output is empty
#   before    4 documents in chunks of 2, then the same behind 2 new ones: the new ones are not asked, the last two are asked
#             again and are in the output twice
# The run says "Finished" each time. The server is on loopback.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "datatrove==0.10.1" "httpx==0.28.1" "aiofiles==25.1.0" \
  "orjson==3.13.0" "aiosqlite==0.22.1" "openai==3.57.0" "xxhash==4.1.0" 2>/dev/null
cd "$folder"
"$folder/venv/bin/python" - <<'P' >"$folder/log" 2>&1 || { tail -20 "$folder/log"; exit 1; }
import http.server
import json
import threading
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
from datatrove.pipeline.writers import JsonlWriter

asked = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):  # whether the server is there
        self.answer({"object": "list", "data": [{"id": "m", "object": "model"}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked.append(body["messages"][-1]["content"])
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "answer"}}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        told = {"id": "a", "object": "chat.completion", "created": 0, "model": "m"}
        self.answer(told | {"choices": [choice], "usage": usage})

    def answer(self, told):
        data = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
config = InferenceConfig(
    server_type="endpoint", endpoint_url=f"http://127.0.0.1:{server.server_address[1]}", model_name_or_path="m",
    max_concurrent_generations=4, max_concurrent_documents=4,
)


async def ask(document, generate):
    return await generate({"messages": [{"role": "user", "content": document.text}]})


def run(texts, *, chunk, kept, out):
    """What is asked for, and the texts in the output folder afterwards."""
    writer = JsonlWriter(out, output_filename="${rank}_${chunk_index}.jsonl", compression=None)
    runner = InferenceRunner(
        rollout_fn=ask, config=config, output_writer=writer, checkpoints_local_dir=kept, records_per_chunk=chunk
    )
    before = len(asked)
    runner.run([Document(text=text, id=text) for text in texts], rank=0, world_size=1)
    files = sorted(Path(out).rglob("*.jsonl"))
    written = [json.loads(line)["text"] for file in files for line in file.read_text().splitlines()]
    return sorted(asked[before:]), sorted(written)


d = [f"d{number}" for number in range(8)]
found = {
    "once": run(d[:5], chunk=100, kept="a", out="out_a"),
    "added": run(d, chunk=100, kept="a", out="out_a"),
    "others": run([f"e{number}" for number in range(8)], chunk=100, kept="a", out="out_e"),
    "twos": run(d[:4], chunk=2, kept="b", out="out_b"),
    "before": run(["n0", "n1", *d[:4]], chunk=2, kept="b", out="out_b"),
}
lines = [f"{name:8} asked {' '.join(some) or '-':16} in the output {' '.join(all_) or '-'}\n" for name, (some, all_) in found.items()]
Path("found.txt").write_text("".join(lines))
assert found["once"] == (d[:5], d[:5]), found
assert found["added"] == ([], d[:5]), found
assert found["others"] == ([], []), found
assert found["twos"] == (d[:4], d[:4]), found
assert found["before"] == (["d2", "d3"], ["d0", "d1", "d2", "d2", "d3", "d3"]), found
P
cat "$folder/found.txt"
