// A form that is sent without a network would end on the browser's own page: it is held, its words stay, and it says so.
// A machine without a network still reaches its own Onward, so the server is asked before anybody is told anything.
const KEPT = "You are offline, so nothing was sent. It stays as it is here: send it again when you are back.";
export function tellOffline(place, words = KEPT) {
  place.querySelector(":scope > .offline")?.remove();
  const note = document.createElement("div");
  note.className = "note refused offline below";
  note.setAttribute("role", "alert");
  note.textContent = words;
  place.append(note);
  note.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (navigator.onLine || event.defaultPrevented || form.method !== "post" || form.closest("[data-in-place], dialog")) return;
  if (form.dataset.reached) { delete form.dataset.reached; return; }
  event.preventDefault();
  delete form.dataset.sent;
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store" });
  } catch {
    tellOffline(form);
    return;
  }
  form.dataset.reached = "1";
  form.requestSubmit(submitter);
});
