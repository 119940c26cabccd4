// [data-plan] > svg[data-day]: a bar ([data-move], [data-due]) is dragged by whole days; dropped, the plan opens at its
// row with that day in the form, where the reason is asked and nothing has changed yet. Escape puts it back. By keys the
// same form is reached in the plan itself; a finger scrolls here.
const FAR = 5;
const SVG = "http://www.w3.org/2000/svg";
const words = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

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
  const plan = bar.closest("[data-plan]").dataset.plan;
  held = { bar, from: event.clientX, scale: Number(drawing.dataset.day), size, days: 0, moves: false, over: false, plan };
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
  if (!held) return;
  const { bar, days, moves, over, plan } = held;
  if (moves) swallowClick();
  if (!moves || over || !days) { leave(); return; }
  const to = dayOf(bar, days).toISOString().slice(0, 10);
  // Without a fragment: with one, browsers give the focus to nothing.
  location.assign(`${plan}?move=${encodeURIComponent(bar.dataset.move)}&to=${to}`);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !held) return;
  held.over = true;
  putBack();
});
document.addEventListener("pointercancel", leave);
// A link's own dragging would take the pointer away.
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-plan] svg")) event.preventDefault(); });
addEventListener("pageshow", leave);
