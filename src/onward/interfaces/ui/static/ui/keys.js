// Single keys. The sheet in the page is the table: [data-keys] says which keys, [data-does] what they do. Never while
// somebody types, never with Ctrl, Alt or Cmd, and not at all when the person has switched them off.
import { open as openPalette } from "./palette.js";

const sheet = document.getElementById("keys");
const table = new Map([...(sheet?.querySelectorAll("[data-keys]") ?? [])].map((one) => [one.dataset.keys, one.dataset.does]));
const begins = new Set([...table.keys()].filter((keys) => /^\S \S$/.test(keys)).map((keys) => keys[0]));
let before = "", timer = 0;

// Not what is folded away: nothing there takes the focus.
const names = () => [...document.querySelectorAll("[data-list] a.name, [data-row] a.name")]
  .filter((name) => name.checkVisibility());
const rowOf = (node) => node?.closest?.("[data-row], tr, li");

function step(by) {
  const all = names();
  if (!all.length) return;
  const row = rowOf(document.activeElement);
  const at = all.findIndex((name) => name === document.activeElement || (row && row.contains(name)));
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
}

// Where a page says nothing of its own: its way to edit, its field for a comment or the tab that has one.
const usual = {
  e: 'main a[href$="/edit"]',
  c: 'main textarea[name="text"][data-calls]:not(details:not([open]) *), main .tabs a[href$="/conversation"]',
};

// What a key presses: that of the row with the focus, else the only one of the page.
function press(key) {
  const wanted = usual[key] ? `[data-key="${key}"], ${usual[key]}` : `[data-key="${key}"]`;
  const found = rowOf(document.activeElement)?.querySelector(wanted)
    ?? (/[xmr]/.test(key) ? document.querySelector(`.now ${wanted}`) : document.querySelector(wanted));
  if (!found) return false;
  if (found.matches("input:not([type=checkbox]), textarea, select")) found.focus(); else found.click();
  found.closest("details[open]")?.querySelector("input:not([type=hidden]), textarea")?.focus();
  return true;
}

const does = {
  palette: () => openPalette(),
  sheet: () => sheet.showModal(),
  next: () => step(1),
  before: () => step(-1),
  press: (key) => press(key),
  go: (path) => location.assign(path),
};

function run(what) {
  const [name, ...rest] = what.split(":");
  return does[name] ? does[name](rest.join(":")) !== false : false;
}

// A field that has just gone with its dialog keeps the focus until the next frame is drawn.
const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]")?.checkVisibility();

if (sheet) {
  sheet.addEventListener("click", (event) => { if (event.target === sheet || event.target.closest("[data-shut]")) sheet.close(); });
  for (const link of document.querySelectorAll("[data-sheet]")) link.addEventListener("click", (event) => { event.preventDefault(); sheet.showModal(); });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (sheet.dataset.on !== "1" || typing(event.target) || document.querySelector("dialog[open]")) return;
    const both = before && table.get(`${before} ${event.key}`);
    clearTimeout(timer);
    const earlier = before;
    before = "";
    if (both) { event.preventDefault(); run(both); return; }
    if (!earlier && begins.has(event.key)) { before = event.key; timer = setTimeout(() => { before = ""; }, 1500); return; }
    const alone = table.get(event.key);
    if (alone && run(alone)) event.preventDefault();
  });
}
