// A form that leads back to the page it was sent from gives that page back where it was read, once and soon.
const KEPT = "onward-place";
const kept = JSON.parse(sessionStorage.getItem(KEPT));
sessionStorage.removeItem(KEPT);
// What answers a form by itself, or shows a secret only now, says so at its top.
if (kept?.path === location.pathname && !location.hash && Date.now() - kept.at < 15000
  && performance.getEntriesByType("navigation")[0]?.redirectCount && !document.querySelector(".note .copy")) scrollTo(0, kept.top);

// On the window, after whoever holds a form or sends it in place.
addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, top: scrollY, at: Date.now() }));
});

// A row of tabs that is wider than the window comes up where the page itself is in it.
for (const now of document.querySelectorAll(".tabs > [aria-current]")) {
  const row = now.parentElement;
  row.scrollLeft = now.offsetLeft - (row.clientWidth - now.offsetWidth) / 2;
}
