// While a color is typed, the preview shows what becomes of it.
const field = document.querySelector("input[name=accent]");
const shown = document.getElementById("accent-preview");
let timer = 0;

async function draw() {
  const answer = await fetch(`${shown.dataset.from}?accent=${encodeURIComponent(field.value)}`, { headers: { "X-Fragment": "1" } });
  if (answer.ok) shown.innerHTML = await answer.text();
}

if (field && shown) field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, 200); });
