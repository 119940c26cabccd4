// Names as one writes a condition or a date: the word before the cursor is looked up among the playbook's own names,
// each with what it means, by a part of the name or by a word of what it means. Arrows choose, Enter or Tab takes what is chosen, Escape closes. Nothing is chosen unasked but
// the one name that begins as the word does: whoever leaves the field keeps what they wrote.
const WORD = /[a-z_][\w.]*$/i;
const LANGUAGE = new Set(["and", "or", "not", "in", "true", "false"]);
let known = null, box = null, field = null, marked = -1, typed = false;

async function load(address) {
  const answer = await fetch(address, { headers: { "X-Fragment": "1" }, credentials: "same-origin" });
  known = answer.ok ? await answer.json() : { names: [], moments: [] };
}

// In a sentence ("used on ten da") a word is looked up by what names mean before what they are called.
function found(word, which, isSaid) {
  if (known?.[which]?.some(([name]) => name === word)) return [];
  const parts = word.split(".").filter(Boolean);
  const called = ([name]) => parts.every((part) => name.includes(part));
  const meant = ([,,,, words]) => word.length > 2 && words?.split(" ").some((one) => one.startsWith(word));
  const rank = (row) => (isSaid && meant(row) ? 0 : row[0].startsWith(word) ? 1 : called(row) ? 2 : 3);
  const rows = (known?.[which] ?? []).filter((row) => called(row) || meant(row));
  return rows.sort((one, other) => rank(one) - rank(other)).slice(0, 30);
}

export function close() {
  box?.parentElement.remove();
  box = null;
  field?.removeAttribute("aria-activedescendant");
  field?.setAttribute("aria-expanded", "false");
}

function mark(at) {
  const all = [...box.children];
  marked = at < 0 ? all.length - 1 : at % all.length;
  all.forEach((one, number) => one.setAttribute("aria-selected", String(number === marked)));
  field.setAttribute("aria-activedescendant", all[marked].id);
  all[marked].scrollIntoView({ block: "nearest" });
}

// What stands before the words that a name takes the place of: in a condition all of them, back to what belongs to the
// language or is a name already ("not is data" leaves "not").
function ahead(before, which) {
  let start = before.replace(WORD, "");
  for (let said; which === "names" && (said = start.match(/(?:^|\s)([\w.%'’-]+)\s+$/)?.[1]); ) {
    if (LANGUAGE.has(said) || /\w\.[a-z]/i.test(said) || known?.names.some(([name]) => name === said)) break;
    const rest = start.replace(/\S+\s+$/, "");
    if (/^[\d.]+%?$/.test(said) && /[<>=]\s*$/.test(rest)) break;
    start = rest;
  }
  return start;
}

function take(name) {
  const before = field.value.slice(0, field.selectionStart), after = field.value.slice(field.selectionEnd);
  const start = ahead(before, field.dataset.complete);
  field.value = start + name + after.replace(/^[\w.]*/, "");
  field.setSelectionRange(start.length + name.length, start.length + name.length);
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  typed = false;
  close();
}

function offer() {
  const before = field.value.slice(0, field.selectionStart), which = field.dataset.complete;
  const word = (before.match(WORD)?.[0] ?? "").toLowerCase();
  const isSaid = ahead(before, which) !== before.replace(WORD, "");
  const rows = word.length > 1 && !LANGUAGE.has(word) ? found(word, which, isSaid) : [];
  close();
  if (!rows.length) return;
  box = document.createElement("div");
  box.className = "completions";
  box.id = "completions";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "Names");
  rows.forEach(([name, kind, means, absent], number) => {
    const one = document.createElement("div");
    one.id = `completion-${number}`;
    one.setAttribute("role", "option");
    one.append(Object.assign(document.createElement("code"), { textContent: name }));
    const told = means ? `${means} (${kind})${absent ? `. Not known: ${absent}` : ""}` : kind;
    one.append(Object.assign(document.createElement("small"), { textContent: told }));
    one.addEventListener("pointerdown", (event) => { event.preventDefault(); take(name); });
    box.append(one);
  });
  place();
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", box.id);
  marked = -1;
  const begins = rows.filter(([name]) => name.startsWith(word));
  if (begins.length === 1 && begins[0] === rows[0]) mark(0);
}

// Below what is said of the field, which it must not hide; above the field where there is more room.
function place() {
  const whole = field.closest(".field"), pane = field.closest(".pane"), edge = pane.getBoundingClientRect();
  const offers = Object.assign(document.createElement("div"), { className: "offers" });
  offers.append(box);
  whole.querySelector("[data-note]").after(offers);
  const isCut = getComputedStyle(pane).overflowY === "auto";
  const below = (isCut ? Math.min(innerHeight, edge.bottom) : innerHeight) - offers.getBoundingClientRect().bottom;
  const above = whole.getBoundingClientRect().top - (isCut ? Math.max(0, edge.top) : 0);
  if (below >= box.offsetHeight || above <= below) return;
  box.style.maxHeight = `${Math.min(box.offsetHeight, above)}px`;
  offers.classList.add("above");
  whole.prepend(offers);
}

export function complete(desk) {
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches?.("[data-complete]")) { close(); return; }
    field = target;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    typed = false;
    // Whoever writes before the names are there is offered them when they come; what is offered already stays, and with
    // it what is chosen there.
    load(desk.dataset.names).then(() => { if (typed && !box && document.activeElement === target) offer(); });
  });
  document.addEventListener("focusout", ({ target }) => { if (target === field) close(); });
  document.addEventListener("input", ({ target }) => { if (target === field) { typed = true; offer(); } });
  document.addEventListener("keydown", (event) => {
    if (!box || event.target !== field) return;
    if (event.key === "ArrowDown") mark(marked + 1);
    else if (event.key === "ArrowUp") mark(Math.max(marked, 0) - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && marked >= 0) take(box.children[marked].querySelector("code").textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  }, true);
}
