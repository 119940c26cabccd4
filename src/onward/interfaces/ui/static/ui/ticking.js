// Lines that are ticked one after another stay where a thumb is: of the answer only the list and the page's end are drawn.
const PARTS = ["steps", "finish"];
let before = Promise.resolve();

async function tick(form) {
  let page;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    // Refused, signed out or broken: the page that says so is the answer.
    if (!answer.ok) throw new Error(answer.statusText);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    form.submit();
    return;
  }
  if (!page.getElementById(form.id)) { location.reload(); return; }
  const agreed = document.querySelector("#finish [name=agreed]")?.checked;
  for (const id of PARTS) document.getElementById(id)?.replaceWith(page.getElementById(id) ?? "");
  document.querySelector("#finish [name=agreed]")?.toggleAttribute("checked", agreed);
  document.querySelector(`#${form.id} button`)?.focus({ preventScroll: true });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches(".ticking") || !navigator.onLine) return;
  event.preventDefault();
  before = before.then(() => tick(form));
});
