// A toast stays 10 s, and while it is pointed at or focused; Escape or its button sends it away.
const toast = document.querySelector(".toast");
if (toast) {
  let timer = 0;
  const away = () => toast.remove();
  const start = () => { clearTimeout(timer); timer = setTimeout(away, 10000); };
  const hold = () => clearTimeout(timer);
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", start);
  toast.addEventListener("focusout", start);
  toast.querySelector("[data-dismiss]")?.addEventListener("click", away);
  addEventListener("keydown", (event) => { if (event.key === "Escape") away(); });
  start();
}
