// A task that is opened from a list comes as a drawer over it: the address changes, Escape and Back close it, and what
// is sent in it is sent in place. Without this module the link opens the task's page.
import "./confirm.js";
import { tellOffline } from "./offline.js";
import { show } from "./toast.js";

const TASK = /^\/tasks\/tsk_[^/]+$/;
const FIELD = "input:not([type=hidden], [type=radio]), select, textarea";
const behind = { title: document.title, path: location.pathname };
let dialog = null, path = "", turn = 0, changed = false, began = false;

const isTask = (url) => url.origin === location.origin && TASK.test(url.pathname);
const among = (links) => [...new Set([...document.querySelectorAll(links)].map((link) => new URL(link.href))
  .filter(isTask).map((url) => url.pathname))];
// The rows where it is one of them: what a sentence above names stands in another order.
const listed = () => {
  const rows = among("main [data-row] a.name");
  return rows.includes(path) ? rows : among("main a[href]");
};

function made() {
  if (dialog) return;
  dialog = document.createElement("dialog");
  dialog.className = "drawer";
  dialog.setAttribute("aria-labelledby", "drawer-title");
  const inside = document.createElement("div");
  inside.className = "drawer-scroll";
  dialog.append(inside);
  // First in the page: a label finds its field here, not one of the same name in the page behind.
  document.body.prepend(dialog);
  // A choice of files that is called off says the same word.
  dialog.addEventListener("cancel", (event) => { if (event.target === dialog) { event.preventDefault(); leave(); } });
  // The keys of another dialog close this one too. What was shut here is told of late: by then the next may be on its way.
  dialog.addEventListener("close", () => { if (!dialog.open && inside.firstChild) leave(); });
  // Whoever marks words and lets go outside does not press there.
  dialog.addEventListener("pointerdown", (event) => { began = event.target === dialog; });
  dialog.addEventListener("click", (event) => (event.target === dialog ? began && outside(event) : pressed(event)));
}

function pressed(event) {
  if (event.target.closest("[data-shut]")) leave();
  const by = Number(event.target.closest("[data-step]")?.dataset.step ?? 0);
  if (!by) return;
  const all = listed(), next = all[all.indexOf(path) + by];
  if (next) load(next, "replace");
}

// A press outside closes; on the page's own navigation it leads where that does, in the drawer's place: Back is the list.
function outside(event) {
  dialog.close();
  const link = document.elementFromPoint(event.clientX, event.clientY)?.closest(".rail a[href], nav a[href]");
  if (link && !link.matches("[data-palette]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    shut();
    location.replace(link.href);
    return;
  }
  leave();
  link?.dispatchEvent(new MouseEvent("click", event));
}

function leave() {
  if (shut() && history.state?.drawer) history.back();
}

// False when it was shut before. Where the page was read, the history gives back.
function shut() {
  turn += 1;
  if (!dialog?.firstChild.firstChild) return false;
  dialog.close();
  dialog.firstChild.replaceChildren();
  document.title = behind.title;
  if (changed) dispatchEvent(new Event("onward:changed"));
  changed = false;
  if (!document.activeElement || document.activeElement === document.body) {
    [...document.querySelectorAll("main a[href]")].find((link) => link.pathname === path && link.checkVisibility())?.focus({ preventScroll: true });
  }
  return true;
}

// A part of the task: what folds it away opens, and its field has the cursor.
function reveal(part) {
  for (let fold = part.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  part.scrollIntoView({ block: "nearest" });
  const field = part.matches(FIELD) ? part : part.matches("details, form") && (part.querySelector(FIELD) ?? part.querySelector("summary"));
  if (!field) part.tabIndex = -1;
  (field || part).focus({ preventScroll: true });
}
const partOf = (root, hash) => (hash.length > 1 ? root.querySelector(`#${CSS.escape(hash.slice(1))}`) : null);

function fill(html) {
  made();
  const inside = dialog.firstChild, at = inside.scrollTop, same = dialog.open && inside.querySelector("[data-drawer]")?.dataset.drawer;
  const open = [...inside.querySelectorAll("details[open][id]")].map((item) => item.id);
  dialog.querySelectorAll(".toast").forEach((toast) => toast.remove());
  inside.innerHTML = html;
  const top = inside.querySelector("[data-drawer]");
  path = top.dataset.drawer;
  document.title = top.dataset.title;
  const toast = inside.querySelector(".toast");
  if (!dialog.open) dialog.showModal();
  if (toast) show(toast, dialog);
  const all = listed(), number = all.indexOf(path);
  inside.querySelector("[data-step='-1']").disabled = number < 1;
  inside.querySelector("[data-step='1']").disabled = number < 0 || number === all.length - 1;
  if (same === path) {
    open.forEach((id) => inside.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", ""));
    inside.scrollTop = at;
  } else {
    inside.scrollTop = 0;
  }
  inside.querySelector(".note.refused")?.scrollIntoView({ block: "nearest" });
  inside.querySelector("#drawer-title").focus({ preventScroll: true });
  dispatchEvent(new Event("onward:fragments"));
}

const here = () => (dialog?.open ? dialog.firstChild : document.querySelector("main"));

// `place` is where it was pressed: what cannot be fetched is said there, for the task's own page could not be either.
async function load(href, how, place = here()) {
  const url = new URL(href, location.href), mine = ++turn;
  const answer = await fetch(url, { headers: { "X-Drawer": "1" }, credentials: "same-origin" }).catch(() => null);
  if (!answer) {
    if (mine === turn) tellOffline(place, "You are offline, so this was not opened. Open it again when you are back.");
    return;
  }
  const html = answer.ok ? await answer.text() : "";
  if (mine !== turn) return;
  document.querySelectorAll(".offline").forEach((note) => note.remove());
  if (!html.includes("data-drawer")) { location.assign(url); return; }
  const state = { drawer: url.href };
  if (how === "push") history.pushState(state, "", url);
  if (how === "replace") history.replaceState(state, "", url);
  fill(html);
  const part = partOf(dialog.firstChild, url.hash);
  if (part) reveal(part);
}

async function send(form, submitter) {
  let answer, html;
  form.setAttribute("aria-busy", "true");
  try {
    answer = await fetch(form.action, {
      method: "POST", body: new FormData(form, submitter), headers: { "X-Drawer": "1" }, credentials: "same-origin",
    });
    html = await answer.text();
  } catch {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    tellOffline(form);
    return;
  }
  changed = true;
  if (!html.includes("data-drawer")) { location.assign(answer.redirected ? answer.url : path); return; }
  const spoke = form.matches(".composer");
  // What was sent is over; drawn open again it would seem to wait. After a refusal the server opens it.
  form.closest("details.popover, #starts_at")?.removeAttribute("open");
  fill(html);
  if (spoke) dialog.querySelector(".composer textarea")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (link.target || link.closest("[data-whole]") || !isTask(url) || TASK.test(behind.path)) return;
  event.preventDefault();
  const same = dialog?.open && url.pathname === path;
  if (!same) { load(url, "push", link.closest("[data-row], li, td, p") ?? here()); return; }
  const part = !url.search || url.search === location.search ? partOf(dialog.firstChild, url.hash) : null;
  if (part) reveal(part);
  else load(url, "replace");
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !dialog?.open || !dialog.contains(form)) return;
  event.preventDefault();
  send(form, event.submitter);
});
addEventListener("popstate", ({ state }) => {
  if (location.pathname === behind.path) shut();
  else if (state?.drawer && !TASK.test(behind.path)) load(state.drawer, "");
  // Opened anew at the task's address, the page is the task's own: nothing of another is behind it.
  else location.reload();
});
// A link inside a page to what it folds away or to a field: #for-them opens what it names.
addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  const part = link && !event.defaultPrevented ? partOf(document, link.hash) : null;
  if (!part?.matches(`details, ${FIELD}`)) return;
  event.preventDefault();
  reveal(part);
});
