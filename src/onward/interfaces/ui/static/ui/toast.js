// A toast stays 10 s, and while it is pointed at or focused; Escape or its button sends it away. `show` is for a toast
// that came with a fragment: it moves to the body and is watched like one that came with the page.
export function show(toast) {
  let timer = 0;
  const escape = (event) => { if (event.key === "Escape") away(); };
  const away = () => { clearTimeout(timer); removeEventListener("keydown", escape); toast.remove(); };
  const start = () => { clearTimeout(timer); timer = setTimeout(away, 10000); };
  const hold = () => clearTimeout(timer);
  if (toast.parentElement !== document.body) document.body.append(toast);
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", start);
  toast.addEventListener("focusout", start);
  toast.querySelector("[data-dismiss]")?.addEventListener("click", away);
  addEventListener("keydown", escape);
  start();
}

const toast = document.querySelector(".toast:not(.still)");
if (toast) show(toast);
