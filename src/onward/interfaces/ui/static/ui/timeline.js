// [data-plan] > svg[data-day]: a bar ([data-move], [data-due]) is dragged by whole days; dropped, a form asks for the
// reason, with that day in it, and nothing has changed yet. Escape puts it back. By keys the same form is reached in the
// plan; a finger scrolls here.
const FAR = 5;
const SVG = "http://www.w3.org/2000/svg";
const words = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

// A live update draws the page anew, and the form with it.
const form = () => document.querySelector("#move form");
let held = null, fixed = null;

const dayOf = (bar, days) => {
  const at = new Date(`${bar.dataset.due}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at;
};

function draw() {
  const { bar, scale, days, label } = held;
  bar.setAttribute("transform", `translate(${days * scale} 0)`);
  label.textContent = `to ${words.format(dayOf(bar, days))}`;
}

function begin() {
  held.moves = true;
  held.bar.classList.add("held");
  const box = held.bar.getBBox();
  held.label = document.createElementNS(SVG, "text");
  held.label.setAttribute("class", "to");
  held.label.setAttribute("x", box.x);
  held.label.setAttribute("y", box.y - 3);
  held.bar.append(held.label);
}

function putBack() {
  held.bar.removeAttribute("transform");
  held.bar.classList.remove("held");
  held.label?.remove();
}

function leave() {
  if (held) putBack();
  held = null;
}

// The bar is a link, and letting go of it is a click.
function swallowClick() {
  const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}

document.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest?.("[data-move]");
  if (event.button !== 0 || event.pointerType === "touch") return;
  if (!bar) { fixed = event.target.closest?.("[data-plan] a") ? event.clientX : null; return; }
  const drawing = bar.ownerSVGElement;
  const size = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
  held = { bar, from: event.clientX, scale: Number(drawing.dataset.day), size, days: 0, moves: false, over: false };
});

document.addEventListener("pointermove", (event) => {
  if (!held || held.over) return;
  const gone = event.clientX - held.from;
  if (!held.moves && Math.abs(gone) < FAR) return;
  if (!held.moves) begin();
  held.days = Math.round(gone / held.size / held.scale);
  draw();
});

document.addEventListener("pointerup", (event) => {
  // What is promised or over is no handle: a drag of it opens nothing.
  if (fixed !== null && Math.abs(event.clientX - fixed) >= FAR) swallowClick();
  fixed = null;
  if (!held || held.asked) return;
  const { bar, days, moves, over } = held;
  if (moves) swallowClick();
  if (!moves || over || !days) { leave(); return; }
  ask(bar, days);
});

function ask({ dataset: { move, title, edition, shared } }, days) {
  const asked = form(), dialog = asked.closest("dialog");
  asked.action = `/tasks/${move}/date`;
  asked.elements.edition.value = edition;
  asked.elements.due_at.value = dayOf(held.bar, days).toISOString().slice(0, 10);
  asked.elements.reason.value = "";
  dialog.querySelector("h2").textContent = `Move “${title}”`;
  dialog.querySelector("[data-shared]").hidden = !shared;
  held.over = held.asked = true;
  dialog.showModal();
  asked.elements.reason.focus();
}

document.addEventListener("close", ({ target }) => { if (target.id === "move") leave(); }, true);
document.addEventListener("click", ({ target }) => { if (target.closest("#move [data-shut]")) target.closest("dialog").close(); });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !held || held.over) return;
  held.over = true;
  putBack();
});
document.addEventListener("pointercancel", leave);
// A link's own dragging would take the pointer away.
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-plan] svg")) event.preventDefault(); });
addEventListener("pageshow", leave);
