// The studio without leaving the page: what is written is sent half a second later, one request at a time and only the
// last that waits, and the answer draws every part anew but the one that somebody writes in.
import { close, complete } from "./complete.js";
import { drag } from "./dragging.js";

const desk = document.getElementById("desk");
const file = document.getElementById("file");
const region = (name) => document.querySelector(`[data-region="${name}"]`);
const saved = desk.querySelector("[data-saved]");
const refused = desk.querySelector("[data-refused]");
let timer = 0, busy = false, waiting = null, dirty = false;
// Fields that somebody wrote in and left: what they say in words may be written right.
const left = new Set();

desk.querySelector("[data-save]").hidden = true;

// `theirs` is the edition that somebody else saved meanwhile: then it is for this person to say whose text stays.
function tell(words, theirs) {
  refused.hidden = !words;
  refused.replaceChildren();
  if (words) refused.append(Object.assign(document.createElement("p"), { textContent: words }));
  if (!theirs) return;
  const button = (name, does) => {
    const one = Object.assign(document.createElement("button"), { type: "button", className: "button outline small", textContent: name });
    one.addEventListener("click", does);
    return one;
  };
  const choice = Object.assign(document.createElement("div"), { className: "cluster" });
  choice.append(
    button("Show theirs, drop mine", () => { dirty = false; location.reload(); }),
    button("Keep mine instead", () => { desk.edition.value = theirs; send(); }),
  );
  refused.append(choice);
}

// What is in the fields now, as the form itself would send it; a press is named by its button.
function said(press) {
  const body = new FormData(desk);
  body.set("do", press ?? "save");
  for (const name of left) body.append("left", name);
  left.clear();
  return body;
}

async function send(press, then) {
  clearTimeout(timer);
  if (busy) { waiting = { press: press ?? waiting?.press, then: then ?? waiting?.then }; return; }
  busy = true;
  dirty = false;
  const writing = document.activeElement === file, before = file.value, sent = said(press);
  saved.textContent = "Saving…";
  try {
    const answer = await fetch(desk.action, { method: "POST", body: sent, headers: { "X-Fragment": "1" }, credentials: "same-origin" });
    if (answer.redirected) { location.assign("/sign-in"); return; }
    const told = await answer.json();
    if (answer.ok) draw(told, { writing, before, sent, press, then });
    else { tell([told.said, told.mend].filter(Boolean).join(" "), told.edition); saved.textContent = "Not saved"; dirty = true; }
  } catch {
    tell("The server cannot be reached. What you wrote is still here; it is sent with your next change.");
    saved.textContent = "Not saved";
    dirty = true;
  }
  busy = false;
  if (waiting) { const next = waiting; waiting = null; send(next.press, next.then); }
}

function draw(told, { writing, before, sent, press, then }) {
  tell("");
  const moved = desk.at.value !== told.at;
  desk.edition.value = told.edition;
  desk.at.value = told.at;
  saved.textContent = told.edition ? "Saved" : "Nothing is changed yet";
  desk.querySelector("[data-undo]").hidden = !told.can_undo;
  // Somebody wrote on in the file while the answer was under way: what they have is newer, and is sent next.
  const newer = file.value !== before;
  if (!newer && file.value !== told.text) {
    const { selectionStart, selectionEnd } = file;
    file.value = told.text;
    file.setSelectionRange(selectionStart, selectionEnd);
  }
  const active = document.activeElement, id = active?.id;
  const inForm = region("form").contains(active) && active !== region("form");
  const open = new Set([...document.querySelectorAll("[data-region] details[open]")].map((one) => one.dataset.helper ?? one.querySelector("summary").textContent));
  for (const [name, html] of Object.entries(told.regions)) {
    const place = region(name);
    if (name === "form" && inForm && !press) { notes(html, sent); continue; }
    if (place.contains(active) && name === "below") continue;
    place.innerHTML = html;
    for (const one of place.querySelectorAll("details")) if (open.has(one.dataset.helper ?? one.querySelector("summary").textContent)) one.open = true;
  }
  if (press && (moved || inForm) && desk.querySelector("#view-parts:checked")) desk.querySelector("#view-form").checked = true;
  if (press && moved) {
    region("form").scrollTop = 0;
    region("form").querySelector("h2")?.scrollIntoView({ block: "nearest" });
  }
  if (then) then();
  else if (id && document.activeElement !== active) document.getElementById(id)?.focus({ preventScroll: true });
  if (!writing && moved) see(region("gutter").querySelector(".here"));
}

function see(line) {
  const body = line?.closest(".file-body");
  if (body) body.scrollTo({ top: line.offsetTop - 60, left: 0 });
}

// A long line that was written leaves the others out of sight.
file.addEventListener("blur", () => { file.scrollLeft = 0; file.closest(".file-body").scrollLeft = 0; });

// While somebody writes in a field, only what is said of the fields is drawn anew, which of them is wrong, and what the
// server wrote in another one for what was sent.
function notes(html, sent) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const note of fresh.content.querySelectorAll("[data-note]")) {
    const old = region("form").querySelector(`[data-note="${CSS.escape(note.dataset.note)}"]`);
    if (!old || old.innerHTML === note.innerHTML) continue;
    old.innerHTML = note.innerHTML;
    if (old.closest(".field")?.contains(document.activeElement)) old.scrollIntoView({ block: "nearest" });
    // The list of names would lie over what a click mends; while somebody writes on, the answer is to older words.
    const active = document.activeElement;
    if (note.querySelector("button") && (active.name !== note.dataset.note || active.value === sent.get(active.name))) close();
  }
  for (const field of fresh.content.querySelectorAll(".input[id]")) {
    const shown = document.getElementById(field.id);
    if (field.hasAttribute("aria-invalid")) shown?.setAttribute("aria-invalid", "true");
    else shown?.removeAttribute("aria-invalid");
    const isFree = shown?.matches("textarea, input:not([type=checkbox])") && shown !== document.activeElement;
    if (isFree && shown.value === sent.get(shown.name) && shown.value !== field.value) shown.value = field.value;
  }
  const title = fresh.content.querySelector("h2"), shown = region("form").querySelector("h2");
  if (title && shown) shown.textContent = title.textContent;
}

const title = () => { const field = region("form").querySelector("[data-title]"); field?.focus(); field?.select(); };
const current = () => region("tree").querySelector("[aria-current]")?.focus();

document.addEventListener("input", ({ target }) => {
  if (target.form !== desk || target.name === "view") return;
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(() => send(), target === file ? 700 : 500);
});
document.addEventListener("change", ({ target }) => {
  if (target.form !== desk || target.name === "view") return;
  // Another kind of task, another doer of a meeting or another journey: the form itself has other fields then. Whoever
  // has turned the wheel meanwhile stays where they are.
  if (target.matches('[name="f-kind"], [name="f-by"], [name="f-type"], [name="against"], [data-redraw]')) send("save", () => document.getElementById(target.id || target.name)?.focus({ preventScroll: true }));
  else if (target !== file && target.matches("select, input[type=checkbox]")) send();
  else if (target !== file && target.matches(".input:not([data-title])")) { left.add(target.name); send(); }
});

desk.addEventListener("submit", (event) => {
  const button = event.submitter;
  event.preventDefault();
  // Whoever presses what is offered below a field goes on in that field.
  const fresh = button?.hasAttribute("data-new"), field = button?.dataset.field ?? button?.closest("[data-note]")?.dataset.note, inTree = region("tree").contains(button);
  send(button?.value ?? "save", fresh ? title : field ? () => document.getElementById(field)?.focus() : inTree ? current : undefined);
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.isComposing || event.defaultPrevented) return;
  if (key === "Enter" && target.matches?.("[data-title]") && target.form === desk) {
    event.preventDefault();
    send(desk.at.value && desk.at.value !== "playbook" ? "add:sibling" : "add:stage", title);
  }
  if (event.altKey && (key === "ArrowUp" || key === "ArrowDown") && target.form === desk && target !== file) {
    event.preventDefault();
    send(key === "ArrowUp" ? "up" : "down");
  }
  if (!event.altKey && (key === "ArrowUp" || key === "ArrowDown") && target.matches?.(".tree .item")) {
    event.preventDefault();
    const all = [...region("tree").querySelectorAll(".item")];
    all[all.indexOf(target) + (key === "ArrowDown" ? 1 : -1)]?.focus();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  if (!link) return;
  event.preventDefault();
  if (desk.querySelector("#view-form:checked, #view-parts:checked") || getComputedStyle(file.closest(".pane")).display === "none") desk.querySelector("#view-file").checked = true;
  const lines = file.value.split("\n").slice(0, Number(link.dataset.line));
  const until = lines.join("\n").length;
  file.focus();
  file.setSelectionRange(until - lines.at(-1).length, until);
  see(region("gutter").children[lines.length - 1]);
});

// The small helper of a date writes into its field.
document.addEventListener("input", ({ target }) => {
  const helper = target.closest?.("[data-helper]");
  if (!helper) return;
  const part = (name) => helper.querySelector(`[name$=":${name}"]`).value.trim();
  if (!/^\d+$/.test(part("n"))) return;
  const [amount, unit, word, of] = [part("n"), part("unit"), part("word"), part("of") || "signed"];
  const field = document.getElementById(helper.dataset.helper);
  field.value = word === "day" ? `${unit === "w" ? "week" : "day"} ${amount}` : word === "within" ? `within ${amount}${unit} of ${of}` : `${amount}${unit} ${word} ${of}`;
});

addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
complete(desk);
drag(region("tree"), (what, onto) => send(`move:${what}>${onto}`, current));
see(region("gutter").querySelector(".here"));
