// [data-plan] > svg[data-day]: the end of a bar ([data-move], [data-due]) is dragged by whole days; dropped, a form asks for
// the reason, with that day in it, says what speaks against the day, and nothing has changed yet. Escape puts it back. By
// keys the same form is reached in the plan; a finger scrolls here.
const FAR = 5;
const SVG = "http://www.w3.org/2000/svg";
const full = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
const words = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

// A live update draws the page anew, and the form with it.
const form = () => document.querySelector("#move form");
let held = null, fixed = null;

const dayOf = (bar, days) => {
  const at = new Date(`${bar.dataset.due}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at;
};

// What has begun keeps its beginning: only its end moves.
function draw() {
  const { bar, scale, days, label, rect, spent, x, width, past, end } = held;
  if (bar.dataset.begun) {
    const wide = Math.max(width + days * scale, scale);
    rect.setAttribute("width", wide);
    rect.setAttribute("x", x + width + days * scale - wide);
    spent?.setAttribute("width", Math.min(past, wide));
  } else bar.setAttribute("transform", `translate(${days * scale} 0)`);
  label.setAttribute("x", end + (bar.dataset.begun ? days * scale : 0));
  label.textContent = `to ${words.format(dayOf(bar, days))}`;
}

function begin() {
  held.moves = true;
  held.bar.classList.add("held");
  const box = held.bar.getBBox();
  held.rect = held.bar.querySelector("rect.bar");
  held.spent = held.bar.querySelector("rect.spent");
  [held.x, held.width] = ["x", "width"].map((name) => Number(held.rect.getAttribute(name)));
  held.past = Number(held.spent?.getAttribute("width"));
  held.label = document.createElementNS(SVG, "text");
  held.label.setAttribute("class", "to");
  held.end = held.x + held.width + 8;
  held.label.setAttribute("y", box.y + box.height / 2 + 4);
  held.bar.append(held.label);
}

function putBack() {
  held.bar.removeAttribute("transform");
  held.rect?.setAttribute("x", held.x);
  held.rect?.setAttribute("width", held.width);
  held.spent?.setAttribute("width", held.past);
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

// A day on which who does it does not work, with the next on which they do; and the steps after it that are due before.
function warn() {
  const asked = form(), dialog = asked.closest("dialog"), day = asked.elements.due_at.value;
  if (!held || !day) return;
  const { bar } = held, off = JSON.parse(bar.ownerSVGElement.dataset.off);
  const sides = Object.keys(off).filter((side) => bar.dataset.side === side || bar.dataset.side === "both");
  const closed = (at) => sides.filter((side) => off[side].includes(at));
  const who = closed(day).map((side) => dialog.dataset[side]), line = dialog.querySelector("[data-off]"), next = new Date(day);
  while (closed(next.toISOString().slice(0, 10)).length) next.setUTCDate(next.getUTCDate() + 1);
  line.hidden = !who.length;
  line.firstChild.textContent = `${full.format(new Date(day))} is no working day for ${who.join(" and ")}.`;
  line.lastChild.textContent = `Take ${full.format(next)}`;
  line.lastChild.onclick = () => { asked.elements.due_at.value = next.toISOString().slice(0, 10); warn(); asked.elements.reason.focus(); };
  const earlier = JSON.parse(bar.dataset.after).filter(([, due]) => due < day).map(([title]) => title);
  const told = dialog.querySelector("[data-earlier]"), some = earlier.length === 1 ? "1 step after it is" : `${earlier.length} steps after it are`;
  told.hidden = !earlier.length;
  told.textContent = `${some} planned earlier: ${earlier.join(", ")}.`;
}

function ask({ dataset: { move, title, edition, shared } }, days) {
  const asked = form(), dialog = asked.closest("dialog");
  asked.action = `/tasks/${move}/date`;
  asked.elements.edition.value = edition;
  asked.elements.due_at.value = dayOf(held.bar, days).toISOString().slice(0, 10);
  asked.elements.reason.value = "";
  dialog.querySelector("h2").textContent = `Move “${title}”`;
  dialog.querySelector("[data-shared]").hidden = !shared;
  dialog.querySelector("[data-own]").hidden = shared;
  held.over = held.asked = true;
  warn();
  dialog.showModal();
  asked.elements.reason.focus();
}

document.addEventListener("input", ({ target }) => { if (target.matches("#move [name=due_at]")) warn(); });
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
