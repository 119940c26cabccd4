// A filter sentence applies itself when a word changes; its button is for pages without JavaScript.
for (const form of document.querySelectorAll("form[data-filters]")) {
  form.querySelector("[data-apply]")?.setAttribute("hidden", "");
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
}
// Popovers close on Escape, on their own button and on a press outside; a phone tells of those by the pointer alone.
addEventListener("click", ({ target }) => {
  const open = target.closest?.("[data-close]")?.closest("details");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
addEventListener("pointerdown", ({ target }) => {
  for (const open of document.querySelectorAll("details.popover[open]:not(.keeps), .more-sheet[open]")) {
    if (!open.contains(target)) open.open = false;
  }
});
addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const open of document.querySelectorAll("details.popover[open], .more-sheet[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
// One that would be cut off at the window's foot opens upwards, where there is room; else the page comes up to show it.
addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details.popover")) return;
  target.classList.remove("up");
  if (!target.open) return;
  const box = target.lastElementChild, { top, bottom } = box.getBoundingClientRect();
  if (bottom <= innerHeight) return;
  target.classList.toggle("up", target.getBoundingClientRect().top > bottom - top + 24);
  box.scrollIntoView({ block: "nearest" });
}, true);
