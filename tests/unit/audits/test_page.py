"""The page: texts are never markup, nothing is loaded, and a browser's clicks make a sheet that is read."""

import base64
import hashlib
import json
import re
import subprocess
from html.parser import HTMLParser
from importlib.resources import files

from system_programs import needs
from uncollapse.audits.page import page, write_page
from uncollapse.audits.sheet import read_sheet

ATTACKS = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--<script>", "]]>", "@@SCRIPT@@ @@DATA@@",
    "\u2028\u2029 & &lt;", "=cmd|' /C calc'!A0", "-2+3", "${alert(1)}", "javascript:alert(1)",
]  # fmt: skip
ROWS = [{"key": f"row{n:04d}-a", "id": f"c{n}", "prompt": text, "text": text} for n, text in enumerate(ATTACKS)]


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.scripts, self.held = [], [], None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "script":
            self.held = ""

    def handle_data(self, data):
        if self.held is not None:
            self.held += data

    def handle_endtag(self, tag):
        if tag == "script":
            self.scripts.append(self.held)
            self.held = None


def test_texts_are_never_markup():
    plain, attacked = Elements(page("draw-a", [ROWS[0] | {"prompt": "a", "text": "b"}])), Elements(page("draw-a", ROWS))
    assert attacked.tags == plain.tags
    data, script = attacked.scripts
    assert json.loads(data)["rows"] == ROWS
    assert script == (files("uncollapse.audits") / "page.js").read_text(encoding="utf-8")
    assert "innerHTML" not in script


def test_the_page_runs_its_own_script_alone_and_loads_nothing():
    html = page("draw-a", ROWS)
    found = Elements(html)
    (policy,) = [of["content"] for tag, of in found.tags if of.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(found.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not [of for _, of in found.tags if {"src", "href"} & set(of)]
    assert not re.search(r"\son\w+=", html.partition('<script id="data"')[0])


# what the script needs of a browser, and a person who presses keys
BROWSER = """
const listeners = {}, elements = {}, stored = {};
function element(id) {
  elements[id] ??= {id, textContent: "", value: "", attributes: {}, listeners: {},
    setAttribute(name, value) { this.attributes[name] = value; },
    addEventListener(name, action) { this.listeners[name] = action; }};
  return elements[id];
}
let saved = "";
globalThis.document = {getElementById: element, addEventListener: (name, action) => { listeners[name] = action; },
  createElement: () => ({click() { saved = globalThis.blob; }})};
globalThis.localStorage = {getItem: (name) => stored[name] ?? null,
  setItem: (name, value) => { stored[name] = value; }};
globalThis.Blob = class { constructor(parts) { globalThis.blob = parts.join(""); } };
globalThis.URL = {createObjectURL: () => "blob:"};
element("data").textContent = DATA;
const press = (key) => listeners.keydown({key, target: null, preventDefault() {}});
const script = SCRIPT;
(0, eval)(`(() => {${script}})()`);
press("r"); press("w");
elements.note.value = "hm, \\"well\\""; elements.note.listeners.input();
press("u"); press("ArrowLeft"); press("ArrowLeft"); press("c"); press("ArrowRight");
const shown = elements.text.textContent;
(0, eval)(`(() => {${script}})()`);  // the page opened once more
const where = elements.where.textContent;
press("n"); press("0");
elements.download.listeners.click();
console.log(JSON.stringify({saved, shown, where}));
"""


@needs("node")
def test_keys_make_a_sheet(tmp_path):
    data, script = Elements(page("draw-a", ROWS)).scripts
    given = f"const DATA = {json.dumps(data)}, SCRIPT = {json.dumps(script)};\n"
    done = subprocess.run(["node", "-e", given + BROWSER], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["shown"] == ATTACKS[2]
    assert found["where"] == "3 of 10; 2 with a label"
    sheet = tmp_path / "downloaded.csv"
    sheet.write_text(found["saved"], encoding="utf-8", newline="")
    rows = read_sheet(sheet)
    assert [row.label for row in rows.values()][:5] == ["right", None, "unsure", "wrong", None]
    assert [row.id for row in rows.values()] == [row["id"] for row in ROWS]
    assert "'=cmd" in found["saved"]
    assert "'-2+3" in found["saved"]


def test_page_is_written_whole(tmp_path):
    write_page(tmp_path / "sheet.html", "draw-a", [ROWS[0] | {"text": "half \ud83d"}])
    assert (tmp_path / "sheet.html").read_text(encoding="utf-8").startswith("<!doctype html>")
