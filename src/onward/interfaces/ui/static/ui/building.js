// A page that waits for something long: it asks for itself anew each second, and goes on by itself when that is done.
async function lookAgain() {
  const waiting = document.querySelector("[data-building]");
  if (!waiting) return;
  try {
    const answer = await fetch(waiting.dataset.building, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".ask");
    if (fresh) document.querySelector(".ask").replaceWith(fresh);
  } catch {
    // The server is busy or restarting: the next second asks again.
  }
  const form = document.querySelector("form[data-enter]");
  if (form) form.submit();
  else setTimeout(lookAgain, 1000);
}

setTimeout(lookAgain, 1000);
