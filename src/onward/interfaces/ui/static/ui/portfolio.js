// Rows that are chosen: how many, all that are shown with one press (Shift: from the last one), and "all that match".
function count(form) {
  const boxes = [...form.querySelectorAll("input[name=journey]")];
  const chosen = boxes.filter((box) => box.checked);
  const all = form.querySelector("input[name=all]");
  const words = form.querySelector("[data-chosen]");
  for (const box of boxes) box.closest("tr").classList.toggle("chosen", box.checked);
  if (words) words.textContent = all?.checked ? "All that match" : `${chosen.length} chosen`;
  const whole = form.querySelector("[data-whole]");
  if (whole) { whole.checked = chosen.length === boxes.length; whole.indeterminate = chosen.length > 0 && !whole.checked; }
}

let last = null;
function prepare() {
  for (const form of document.querySelectorAll("form[data-choosing]:not([data-ready])")) {
    form.dataset.ready = "1";
    const head = form.querySelector("th.pick");
    const label = document.createElement("label");
    const whole = document.createElement("input");
    label.className = "check";
    Object.assign(whole, { type: "checkbox" });
    whole.dataset.whole = "";
    whole.setAttribute("aria-label", "Choose all rows shown");
    label.append(whole);
    head.replaceChildren(label);
    form.addEventListener("click", (event) => {
      const box = event.target.closest("input[name=journey]");
      if (!box) return;
      if (event.shiftKey && last?.isConnected) {
        const boxes = [...form.querySelectorAll("input[name=journey]")];
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
      }
      last = box;
    });
    form.addEventListener("change", (event) => {
      if (event.target === whole) for (const box of form.querySelectorAll("input[name=journey]")) box.checked = whole.checked;
      count(form);
    });
    count(form);
  }
}
prepare();
addEventListener("onward:refreshed", prepare);
addEventListener("pageshow", () => document.querySelectorAll("form[data-choosing]").forEach(count));
// The file is a download: the form may be sent again afterwards.
addEventListener("submit", (event) => {
  if (event.submitter?.value === "csv") setTimeout(() => { delete event.target.dataset.sent; }, 500);
});
