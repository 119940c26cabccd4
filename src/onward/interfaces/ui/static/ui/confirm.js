// <form data-confirm="Sentence."> asks once before it is sent; a second press on any form sends nothing twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
// <form data-at-once> sends itself when the page opens; its button is for pages without JavaScript.
document.querySelector("form[data-at-once]")?.requestSubmit();
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
