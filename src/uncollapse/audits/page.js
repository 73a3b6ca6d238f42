"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const rows = data.rows;
const store = "uncollapse-audit-" + data.draw;
const names = ["right", "wrong", "unsure"];
const element = (id) => document.getElementById(id);

// labels and notes by key; what the browser remembers of this draw
let state = { at: 0, labels: {}, notes: {} };
let remembers = true;
try {
  const held = JSON.parse(localStorage.getItem(store) || "null");
  if (held && typeof held === "object" && held.labels && held.notes) state = held;
} catch (error) {
  remembers = false;
}
if (!(state.at >= 0 && state.at < rows.length)) state.at = 0;

function remember() {
  try {
    localStorage.setItem(store, JSON.stringify(state));
  } catch (error) {
    remembers = false;
  }
}

function show() {
  const row = rows[state.at];
  const done = rows.filter((one) => state.labels[one.key]).length;
  element("prompt").textContent = row.prompt;
  element("text").textContent = row.text;
  element("note").value = state.notes[row.key] || "";
  element("where").textContent = `${state.at + 1} of ${rows.length}; ${done} with a label`;
  element("progress").value = done / rows.length;
  for (const name of names) {
    element(name).setAttribute("aria-pressed", String(state.labels[row.key] === name));
  }
  element("kept-here").textContent = remembers
    ? "Labels are kept in this browser until you download them."
    : "This browser keeps nothing for this page: download the sheet before you close it.";
}

function go(place) {
  state.at = Math.min(Math.max(place, 0), rows.length - 1);
  remember();
  show();
}

function nextOpen() {
  for (let step = 1; step <= rows.length; step += 1) {
    const place = (state.at + step) % rows.length;
    if (!state.labels[rows[place].key]) return go(place);
  }
  return go(state.at);
}

function label(name) {
  const key = rows[state.at].key;
  if (name) state.labels[key] = name;
  else delete state.labels[key];
  if (name && state.at < rows.length - 1) state.at += 1;
  remember();
  show();
}

// a cell that no spreadsheet runs as a formula, as the sheet beside this page has them
function cell(value) {
  let text = String(value).replace(/\0/g, "\u2400");
  if (text.length > data.longest) {
    text = `${text.slice(0, data.longest)} ... (cut: ${text.length} characters; the page has all)`;
  }
  if (/^[ \n]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) || text.startsWith("'")) text = "'" + text;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function sheet() {
  const lines = [["key", "label", "note", "prompt", "text", "id", "draw"].join(",")];
  for (const row of rows) {
    const values = [row.key, state.labels[row.key] || "", state.notes[row.key] || "", row.prompt, row.text, row.id, data.draw];
    lines.push(values.map(cell).join(","));
  }
  return "\ufeff" + lines.join("\r\n") + "\r\n";
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([sheet()], { type: "text/csv" }));
  link.download = `${data.draw}.labelled.csv`;
  link.click();
}

element("note").addEventListener("input", () => {
  state.notes[rows[state.at].key] = element("note").value;
  remember();
});
for (const name of names) element(name).addEventListener("click", () => label(name));
element("clear").addEventListener("click", () => label(""));
element("before").addEventListener("click", () => go(state.at - 1));
element("after").addEventListener("click", () => go(state.at + 1));
element("open").addEventListener("click", nextOpen);
element("download").addEventListener("click", download);
document.addEventListener("keydown", (event) => {
  if (event.target === element("note") || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    r: () => label("right"), w: () => label("wrong"), u: () => label("unsure"), c: () => label(""),
    1: () => label("right"), 0: () => label("wrong"), "?": () => label("unsure"), n: nextOpen,
    ArrowLeft: () => go(state.at - 1), ArrowRight: () => go(state.at + 1),
  };
  if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
});
show();
