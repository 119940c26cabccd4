// A task that is opened from a list comes as a drawer over it: the address changes, Escape and Back close it, and what
// is sent in it is sent in place. Without this module the link opens the task's page.
import "./confirm.js";
import { tellOffline } from "./offline.js";
import { show } from "./toast.js";

const TASK = /^\/tasks\/tsk_[^/]+$/;
const behind = { title: document.title, path: location.pathname };
let dialog = null, path = "", turn = 0, changed = false;

const isTask = (url) => url.origin === location.origin && TASK.test(url.pathname);
const listed = () => [...new Set([...document.querySelectorAll("main a[href]")].map((link) => new URL(link.href))
  .filter(isTask).map((url) => url.pathname))];

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
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  dialog.addEventListener("pointerdown", (event) => { if (event.target === dialog) leave(); });
  dialog.addEventListener("click", pressed);
}

function pressed(event) {
  if (event.target.closest("[data-shut]")) leave();
  const by = Number(event.target.closest("[data-step]")?.dataset.step ?? 0);
  if (!by) return;
  const all = listed(), next = all[all.indexOf(path) + by];
  if (next) load(next, "replace");
}

const leave = () => (history.state?.drawer ? history.back() : shut());

function shut() {
  if (!dialog?.open) return;
  dialog.close();
  dialog.firstChild.replaceChildren();
  document.title = behind.title;
  if (changed) dispatchEvent(new Event("onward:changed"));
  changed = false;
  if (!document.activeElement || document.activeElement === document.body) {
    document.querySelector(`main a[href="${CSS.escape(path).replaceAll("\\", "")}"]`)?.focus({ preventScroll: true });
  }
}

function fill(html, hash) {
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
  const refused = inside.querySelector(".note.refused");
  if (refused) refused.scrollIntoView({ block: "nearest" });
  else if (hash && same !== path) inside.querySelector(`#${CSS.escape(hash.slice(1))}`)?.scrollIntoView();
  inside.querySelector("#drawer-title").focus({ preventScroll: true });
  dispatchEvent(new Event("onward:fragments"));
}

async function load(href, how) {
  const url = new URL(href, location.href), mine = ++turn;
  const answer = await fetch(url, { headers: { "X-Drawer": "1" }, credentials: "same-origin" }).catch(() => null);
  const html = answer?.ok ? await answer.text() : "";
  if (mine !== turn) return;
  if (!html.includes("data-drawer")) { location.assign(url); return; }
  const state = { drawer: url.href };
  if (how === "push") history.pushState(state, "", url);
  if (how === "replace") history.replaceState(state, "", url);
  fill(html, url.hash);
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
  fill(html, new URL(answer.url).hash);
  if (spoke) dialog.querySelector(".composer textarea")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (link.target || link.closest("[data-whole]") || !isTask(url) || TASK.test(behind.path)) return;
  if (dialog?.open && url.pathname === path && url.search === location.search && url.hash) return;
  event.preventDefault();
  load(url, dialog?.open && url.pathname === path ? "replace" : "push");
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !dialog?.open || !dialog.contains(form)) return;
  event.preventDefault();
  send(form, event.submitter);
});
addEventListener("popstate", (event) => {
  if (event.state?.drawer) load(event.state.drawer, "");
  else shut();
});
// A link inside one part to another part of the task: #for-them opens what it names.
addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  const fold = link && (dialog?.open ? dialog : document).querySelector(`details${link.hash}`);
  if (!fold) return;
  event.preventDefault();
  fold.open = true;
  fold.scrollIntoView({ block: "nearest" });
  fold.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});
