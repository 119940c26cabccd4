// Order by dragging: what is dropped on another part goes to its place. The buttons do the same without a pointer.
export function drag(tree, drop) {
  let held = null;
  const over = (event) => event.target.closest?.(".item[draggable]");
  tree.addEventListener("dragstart", (event) => { held = over(event)?.dataset.address ?? null; event.dataTransfer.effectAllowed = "move"; });
  tree.addEventListener("dragover", (event) => {
    const onto = over(event);
    tree.querySelector(".onto")?.classList.remove("onto");
    if (!held || !onto || onto.dataset.address === held) return;
    event.preventDefault();
    onto.classList.add("onto");
  });
  tree.addEventListener("drop", (event) => {
    const onto = over(event);
    if (held && onto) { event.preventDefault(); drop(held, onto.dataset.address); }
    held = null;
  });
  tree.addEventListener("dragend", () => { held = null; tree.querySelector(".onto")?.classList.remove("onto"); });
}
