// A toast stays 10 s, and while it is pointed at or focused; one that offers to undo stays. Escape or a click sends it
// away. What was just changed is brought up from under it. `show` is for a toast that came with a fragment: it moves to the body, or where `into` says,
// and is watched like one that came with the page.
export function show(toast, into = document.body) {
  let timer = 0;
  const escape = (event) => { if (event.key === "Escape") away(); };
  const away = () => {
    clearTimeout(timer);
    removeEventListener("keydown", escape);
    // The room that it took stays: at the foot of a page what one is about to press would slide away.
    const room = toast.parentElement?.querySelector(":scope > .drawer-scroll, main");
    if (room) room.style.paddingBottom = getComputedStyle(room).paddingBottom;
    toast.remove();
  };
  const start = () => { clearTimeout(timer); if (!toast.querySelector("form")) timer = setTimeout(away, 10000); };
  const hold = () => clearTimeout(timer);
  if (toast.parentElement !== into) into.append(toast);
  requestAnimationFrame(() => {
    const changed = document.activeElement?.closest("[data-row], tr, li") ?? document.querySelector(":target");
    const box = changed?.getBoundingClientRect();
    if (box?.top < innerHeight && box.bottom > toast.getBoundingClientRect().top) changed.scrollIntoView({ block: "nearest" });
  });
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", start);
  toast.addEventListener("focusout", start);
  toast.addEventListener("click", ({ target }) => { if (!target.closest("form, a")) away(); });
  addEventListener("keydown", escape);
  start();
}

const toast = document.querySelector(".toast:not(.still)");
if (toast) show(toast);
