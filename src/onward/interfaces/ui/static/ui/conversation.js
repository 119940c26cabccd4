// Calling people with @ from a list, sending with Ctrl+Enter, and nothing empty. Without it the names are typed, the
// button is pressed, and the server refuses.
const LONGEST = 40;
let list = null, field = null, from = 0, turn = 0;
const told = document.createElement("p");
told.className = "sr";
told.setAttribute("role", "status");
document.body.append(told);

const close = () => {
  list?.remove();
  list = null;
  field?.removeAttribute("aria-controls");
  field?.removeAttribute("aria-activedescendant");
};

// The word behind the @ that the cursor stands in, or null.
function wanted(area) {
  const text = area.value.slice(0, area.selectionStart);
  const at = text.lastIndexOf("@");
  if (at < 0 || text.length - at > LONGEST || /[\w@.]/.test(text[at - 1] ?? " ")) return null;
  const word = text.slice(at + 1);
  return /[\n,;:!?()]/.test(word) || /\s\S*\s/.test(word) ? null : { at, word };
}

const channelOf = (area) => area.dataset.channel
  ?? area.form.querySelector("[name=shown]:checked")?.value ?? "shared";

async function look(area) {
  const found = wanted(area);
  const mine = ++turn;
  if (!found) { close(); return; }
  const query = new URLSearchParams({ words: found.word, channel: channelOf(area) });
  const answer = await fetch(`${area.dataset.calls}?${query}`, { credentials: "same-origin" }).catch(() => null);
  if (mine !== turn || !answer?.ok || answer.redirected) return;
  show(area, found.at, (await answer.json()).people);
}

function show(area, at, people) {
  close();
  if (!people.length) return;
  field = area;
  from = at;
  list = document.createElement("ul");
  list.className = "calls";
  list.id = "calls";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People who can be called");
  people.forEach((person, number) => {
    const item = document.createElement("li");
    item.id = `call-${number}`;
    item.setAttribute("role", "option");
    item.dataset.call = person.call;
    item.textContent = person.name;
    const where = document.createElement("small");
    where.textContent = person.where;
    item.append(where);
    list.append(item);
  });
  area.parentElement.append(list);
  area.setAttribute("aria-controls", "calls");
  area.setAttribute("aria-autocomplete", "list");
  choose(0);
  told.textContent = `${people.length === 1 ? "1 person" : `${people.length} people`}. Arrow keys choose, Enter takes.`;
}

const chosen = () => list?.querySelector("[aria-selected=true]");

function choose(number) {
  const items = [...list.children];
  const wrapped = (number + items.length) % items.length;
  items.forEach((item, at) => item.setAttribute("aria-selected", String(at === wrapped)));
  field.setAttribute("aria-activedescendant", items[wrapped].id);
}

function take(item) {
  const area = field;
  area.setRangeText(`@${item.dataset.call} `, from, area.selectionStart, "end");
  close();
  area.focus();
}

addEventListener("input", ({ target }) => {
  if (target.matches?.("textarea[data-calls]")) look(target);
});
addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches?.(".composer textarea")) {
    const shown = [...target.form.querySelectorAll("button[name=channel]")].find((button) => button.offsetParent);
    event.preventDefault();
    target.form.requestSubmit(shown);
    return;
  }
  if (key === "Enter" && target.matches?.(".composer [type=radio]")) { event.preventDefault(); return; }
  if (!list || target !== field) return;
  const number = [...list.children].indexOf(chosen());
  if (key === "ArrowDown" || key === "ArrowUp") choose(number + (key === "ArrowDown" ? 1 : -1));
  else if (key === "Enter" || key === "Tab") take(chosen());
  else if (key === "Escape") { event.stopPropagation(); close(); }
  else return;
  event.preventDefault();
}, true);
addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.(".calls li");
  if (item) { event.preventDefault(); take(item); } else close();
});
addEventListener("focusout", ({ target }) => { if (target === field) close(); });

// Whoever opens a box for words means to write; and who came to answer finds the cursor there, after the browser has gone
// to the part that the address names, which takes the cursor away.
document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches("details.write")) target.querySelector("textarea").focus();
}, true);
if (new URLSearchParams(location.search).has("answer")) {
  addEventListener("load", () => setTimeout(() => document.querySelector(".composer textarea")?.focus({ preventScroll: true })));
}

document.addEventListener("change", ({ target }) => {
  if (target.type === "file") target.closest(".attach")?.classList.toggle("chosen", target.files.length > 0);
});
addEventListener("click", ({ target }) => {
  const files = target.closest?.(".take-out")?.previousElementSibling.querySelector("[type=file]");
  if (!files) return;
  files.value = "";
  files.dispatchEvent(new Event("change", { bubbles: true }));
  files.focus();
});
// Ahead of whoever sends forms: what is empty stays here, and its field says so.
addEventListener("submit", (event) => {
  const area = event.target.querySelector?.(":scope.composer textarea[name=text]");
  if (!area || area.value.trim() || event.target.querySelector("[type=file]")?.files.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  area.setCustomValidity("Write a sentence, or add a file, then send it.");
  area.reportValidity();
  event.target.addEventListener("input", () => area.setCustomValidity(""), { once: true });
}, true);
// What the page has begun for one ("@Ines, ") is gone on with at its end.
function goOn() {
  const area = document.querySelector("textarea[data-goes-on]");
  if (!area) return;
  area.removeAttribute("data-goes-on");
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
goOn();
addEventListener("onward:fragments", goOn);
