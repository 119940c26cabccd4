// Whoever chooses another deal, playbook or day reads at once what would begin.
const form = document.querySelector("form[data-begins]");
const shown = document.getElementById("beginning");
const ASKED = ["account", "after", "deal", "version", "signed_at"];
let turn = 0;

async function draw() {
  const mine = ++turn;
  const asked = new URLSearchParams(ASKED.map((name) => [name, form.elements[name]?.value ?? ""]));
  const answer = await fetch(`?${asked}`, { headers: { "X-Fragment": "1" }, credentials: "same-origin" });
  const words = answer.ok ? await answer.text() : "";
  if (mine === turn) shown.innerHTML = words;
}

form?.addEventListener("change", ({ target }) => { if (ASKED.includes(target.name)) draw(); });
// What was typed elsewhere in the form stays.
shown?.addEventListener("click", (event) => {
  const day = event.target.closest("[data-day]")?.dataset.day;
  if (!day) return;
  event.preventDefault();
  form.elements.signed_at.value = day;
  draw();
});
