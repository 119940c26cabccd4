// Live pages. One stream a browser: the tab that holds the lock listens on /live and tells the others; each tab
// re-fetches its own [data-live] fragments. The stream carries names, never data.
// Colleagues and customers are known by different cookies, so each door has a stream of its own.
const door = location.pathname.startsWith("/portal") ? "/portal" : "";
const channel = "BroadcastChannel" in window ? new BroadcastChannel("onward-live" + door) : null;
const due = new Map();
let announced = "";

const fragments = (name) => [...document.querySelectorAll("[data-live]")].filter(
  (node) => !name || node.dataset.live.split(" ").includes(name));

const words = (text) => text.replace(/\s+/g, " ").trim();

// Somebody is in the middle of something here: an open popover or a field with the cursor waits a little; words that
// are typed and not sent, or were sent and refused, are never drawn over.
const firstChosen = (field) => Math.max(0, [...field.options].findIndex((item) => item.defaultSelected));
const changedField = (field) => (field.options ? field.selectedIndex !== firstChosen(field) : /checkbox|radio/.test(field.type)
  ? field.checked !== field.defaultChecked : field.type !== "hidden" && field.value !== field.defaultValue);
const resting = (node) => node.querySelector("details.popover[open]")
  || node.contains(document.activeElement?.closest("input, textarea, select") ?? null);
const fields = (node) => [...node.querySelectorAll("form input:not([type=hidden]), form textarea, form select")];
const refused = (node) => document.querySelector(".note.refused, .composer [aria-invalid]") && fields(node).length > 0;
const dirty = (node) => fields(node).some(changedField);

// What changed stays unseen where it would cost somebody their words: a line says so and offers it.
function offer(node) {
  if (node.offered?.isConnected) return;
  const [line, link] = [document.createElement("p"), document.createElement("a")];
  line.className = "note";
  line.setAttribute("role", "status");
  link.href = node.dataset.from;
  link.textContent = "reload the page";
  line.append("Something changed here. Nothing is redrawn while you write: send it, or ", link, ".");
  node.before(line);
  node.offered = line;
}

const drawn = (html) => words(new DOMParser().parseFromString(html, "text/html").body.textContent);

const later = (node) => { clearTimeout(node.later); node.later = setTimeout(refetch, 2000, node); };

async function refetch(node) {
  const url = node.dataset.from;
  if (!url || !node.isConnected) return;
  clearTimeout(node.later);
  if (refused(node)) { offer(node); return; }
  if (dirty(node) ? node.offered?.isConnected : resting(node)) { later(node); return; }
  const answer = await fetch(url, { headers: { "X-Fragment": "1" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const html = await answer.text();
  if (html === node.seen) return;
  // Whoever began something while the answer was on its way keeps it.
  if (dirty(node)) {
    if (drawn(html) !== words(node.textContent)) { offer(node); later(node); }
    return;
  }
  if (resting(node)) { later(node); return; }
  const open = [...node.querySelectorAll("details[open][id]")].map((item) => item.id);
  const places = [...node.querySelectorAll("[data-keeps-place]")].map(({ id, scrollLeft: left, scrollTop: top }) => ({ id, left, top }));
  node.offered?.remove();
  const before = node.textContent;
  const held = node.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  node.seen = html;
  node.innerHTML = html;
  // The keys go on from the same link.
  if (held) node.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  places.forEach(({ id, ...at }) => document.getElementById(id)?.scrollTo(at));
  if (words(node.textContent) === words(before)) return;
  node.classList.remove("live-new");
  void node.offsetWidth;
  node.classList.add("live-new");
  node.dispatchEvent(new CustomEvent("onward:refreshed", { bubbles: true }));
}

// The first change shows at once; those within the next 200 ms share one more fetch.
function changed(name) {
  for (const node of fragments(name)) {
    const state = due.get(node);
    if (state) { state.again = true; continue; }
    const turn = { again: false };
    due.set(node, turn);
    refetch(node);
    setTimeout(() => { due.delete(node); if (turn.again && node.isConnected) changed(name); }, 200);
  }
}

const told = (message) => (message.name === "*" ? fragments().forEach((node) => refetch(node)) : changed(message.name));
const tell = (message) => { told(message); channel?.postMessage(message); };

const wanted = () => [...new Set(fragments().flatMap((node) => node.dataset.live.split(" ")))];
const everyones = new Map();
const me = Math.random().toString(36).slice(2);

function lead() {
  return new Promise((resign) => {
    let stream = null, broken = false, wait = 1000, pollTimer = 0;
    const connect = () => {
      const names = [...new Set([...wanted(), ...[...everyones.values()].flat()])].sort().join(",");
      if (stream && names === announced) return;
      announced = names;
      stream?.close();
      if (!names) { stream = null; return; }
      stream = new EventSource(door + "/live?names=" + encodeURIComponent(names));
      stream.onopen = () => { wait = 1000; clearInterval(pollTimer); if (broken) tell({ name: "*" }); broken = false; };
      stream.onmessage = (event) => tell({ name: event.data });
      stream.addEventListener("bye", () => stream.onerror());
      stream.onerror = () => {
        stream.close(); stream = null; announced = "";
        if (!broken) pollTimer = setInterval(() => tell({ name: "*" }), 15000);
        broken = true;
        setTimeout(connect, (wait = Math.min(wait * 2, 30000)) * (0.5 + Math.random() / 2));
      };
    };
    heard = (message) => {
      if (message.gone) everyones.delete(message.me); else everyones.set(message.me, message.wanted);
      connect();
    };
    addEventListener("pagehide", () => { stream?.close(); resign(); }, { once: true });
    channel?.postMessage({ who: true });
    connect();
  });
}

let heard = null;
const announce = () => channel?.postMessage({ me, wanted: wanted() });
channel?.addEventListener("message", ({ data }) => {
  if (data.name) told(data);
  else if (data.who) announce();
  else heard?.(data);
});
addEventListener("pagehide", () => channel?.postMessage({ me, gone: true }));
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

let begun = false;
function begin() {
  if (!fragments().length) return;
  announce();
  heard?.({ me, wanted: wanted() });
  if (begun) return;
  begun = true;
  if (navigator.locks && channel) navigator.locks.request("onward-live" + door, lead);
  else lead();
}
begin();
// A part of a page that came later has names of its own; and what a part has changed shows in the others.
addEventListener("onward:fragments", begin);
addEventListener("onward:changed", () => fragments().forEach((node) => refetch(node)));
