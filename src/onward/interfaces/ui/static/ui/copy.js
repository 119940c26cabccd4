// <button data-copy="#id" hidden>: copies the text or value of that element; the button says so and comes back.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const word = button.textContent;
  button.addEventListener("click", async () => {
    const from = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText((from.value ?? from.textContent).trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = word; }, 2000);
  });
}
