// [data-in-place]: forms inside it (and Undo in the toast) are sent without leaving the page; the answer is its new
// content, with a toast or with what was refused at its row. Offline nothing is lost: the words stay and one is told.
import { show } from "./toast.js";

const area = document.querySelector("[data-in-place]");

const rowOf = (form) => form.closest("[data-row]");
const names = () => [...area.querySelectorAll("[data-row] .name")];

function tell(form, words) {
  const row = rowOf(form) ?? area;
  row.querySelector(".offline")?.remove();
  const note = document.createElement("div");
  note.className = "below offline";
  note.innerHTML = '<div class="note refused" role="alert"><p></p></div>';
  note.querySelector("p").textContent = words;
  row.append(note);
}

async function send(form, submitter) {
  const row = rowOf(form);
  const at = row ? names().indexOf(row.querySelector(".name")) : -1;
  row?.setAttribute("aria-busy", "true");
  let answer, html;
  try {
    answer = await fetch(form.action, {
      method: "POST", body: new FormData(form, submitter), headers: { "X-Fragment": "1", "X-Said": "1" }, credentials: "same-origin",
    });
    html = await answer.text();
  } catch {
    row?.removeAttribute("aria-busy");
    delete form.dataset.sent;
    tell(form, "You are offline, so nothing was changed. Do it again when you are back.");
    return;
  }
  if (new URL(answer.url).pathname === "/sign-in") { location.assign("/sign-in?next=/"); return; }
  if (!html.includes("lede")) {
    row?.removeAttribute("aria-busy");
    delete form.dataset.sent;
    tell(form, answer.status === 404 ? "It is not there any more: reload the page." : "That did not work; nothing was changed. Reload the page and do it again.");
    return;
  }
  document.querySelector(".toast")?.remove();
  const folds = new Map([...area.querySelectorAll("details.branch[id]")].map((fold) => [fold.id, fold.open]));
  area.offered?.remove();
  area.innerHTML = html;
  folds.forEach((open, id) => document.getElementById(id)?.toggleAttribute("open", open));
  delete area.seen;
  const toast = area.querySelector(".toast");
  if (toast) show(toast);
  const refused = area.querySelector("[data-row] .note.refused")?.closest("[data-row]");
  const next = refused?.querySelector(".name") ?? names()[Math.min(Math.max(at, 0), names().length - 1)];
  if (row) next?.focus({ preventScroll: !refused });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!area || event.defaultPrevented || form.method !== "post" || !(area.contains(form) || form.closest(".toast"))) return;
  event.preventDefault();
  send(form, event.submitter);
});
