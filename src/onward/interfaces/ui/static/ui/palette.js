// Find or do: Ctrl K (Cmd K) or its button opens the dialog; what is typed is asked of the server, and the arrows walk
// its answers while the cursor stays in the field. What was seen lately is known to this browser alone, by id.
const dialog = document.getElementById("palette");
const field = dialog?.querySelector("input");
const place = dialog?.querySelector(".found");
const said = dialog?.querySelector(".said");
const KEPT = "onward-seen";
let asked = null, timer = 0, marked = -1, entered = null;

const seen = () => { try { return JSON.parse(localStorage.getItem(KEPT) ?? "[]"); } catch { return []; } };
const here = location.pathname.match(/^\/(?:accounts|contacts|journeys|tasks)\/((?:acc|con|jny|tsk)_[0-9a-z]+)/)?.[1];
if (here) localStorage.setItem(KEPT, JSON.stringify([here, ...seen().filter((ref) => ref !== here)].slice(0, 12)));
for (const form of document.querySelectorAll('form[action="/sign-out"]')) form.addEventListener("submit", () => localStorage.removeItem(KEPT));

const options = () => [...place.querySelectorAll('[role="option"]')];

function mark(at) {
  const all = options();
  marked = all.length ? (at + all.length) % all.length : -1;
  all.forEach((option, number) => option.setAttribute("aria-selected", String(number === marked)));
  const one = all[marked];
  if (one) { field.setAttribute("aria-activedescendant", one.id); one.scrollIntoView({ block: "nearest" }); }
  else field.removeAttribute("aria-activedescendant");
}

// Whoever types on and presses Enter means the answer to what they typed, not the one before.
function wait() {
  place.setAttribute("aria-busy", "true");
  entered = null;
}

function answered() {
  place.removeAttribute("aria-busy");
  if (entered) go(options()[marked], entered.elsewhere);
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const query = new URLSearchParams({ q: field.value, seen: seen().join(",") });
  try {
    const answer = await fetch(`/search?${query}`, { headers: { "X-Fragment": "1" }, credentials: "same-origin", signal: asked.signal });
    if (answer.redirected) { location.assign("/sign-in"); return; }
    if (!answer.ok) throw new Error(answer.status);
    place.innerHTML = await answer.text();
    mark(0);
    const count = options().length;
    said.textContent = count === 1 ? "1 answer" : `${count} answers`;
    answered();
  } catch (error) {
    if (error.name === "AbortError") return;
    place.innerHTML = '<ul role="listbox" id="palette-options" aria-label="Answers"></ul><p class="none"></p>';
    place.querySelector("p").textContent = said.textContent = "The server cannot be reached. Try again in a moment.";
    mark(-1);
    answered();
  }
}

export function open() {
  if (!dialog || dialog.open) return;
  field.value = "";
  // Not as a modal: that would restyle the whole page behind it, which at a slow machine is felt at each opening.
  dialog.show();
  field.focus();
  wait();
  ask();
}

function go(option, elsewhere) {
  if (!option) return;
  if (elsewhere) window.open(option.dataset.href, "_blank", "noopener");
  else { dialog.close(); location.assign(option.dataset.href); }
}

if (dialog) {
  for (const button of document.querySelectorAll("[data-palette]")) {
    button.setAttribute("role", "button");
    button.addEventListener("click", (event) => { event.preventDefault(); open(); });
  }
  if (/Mac|iPhone|iPad/.test(navigator.platform)) for (const hint of document.querySelectorAll(".find kbd")) hint.textContent = "⌘ K";
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dialog.open) { event.preventDefault(); dialog.close(); }
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close(); else { document.querySelector("dialog[open]")?.close(); open(); }
  });
  field.addEventListener("input", () => { wait(); clearTimeout(timer); timer = setTimeout(ask, 60); });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") { event.preventDefault(); (event.target === field ? dialog.querySelector("[data-shut]") : field).focus(); }
    else if (step) { event.preventDefault(); mark(marked + step); }
    else if (event.key === "Enter" && event.target === field) {
      event.preventDefault();
      entered = { elsewhere: event.ctrlKey || event.metaKey };
      if (!place.hasAttribute("aria-busy")) answered();
    }
  });
  place.addEventListener("click", (event) => go(event.target.closest('[role="option"]'), event.ctrlKey || event.metaKey));
  place.addEventListener("mousemove", (event) => {
    const at = options().indexOf(event.target.closest('[role="option"]'));
    if (at >= 0 && at !== marked) mark(at);
  });
  dialog.addEventListener("close", () => { entered = null; });
  dialog.addEventListener("click", (event) => { if (event.target.closest("[data-shut]")) dialog.close(); });
  addEventListener("pointerdown", (event) => {
    if (!dialog.open || dialog.contains(event.target)) return;
    event.preventDefault();
    dialog.close();
  });
}
