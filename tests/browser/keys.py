"""What a person does who has no mouse: keys alone, and each stop on the way shows where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The element with the focus by its name, and whether a person sees that it has it: an outline of its own or of what
# draws it (the label of a hidden radio button, the row), inside the window and under nothing.
HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const names = [one.getAttribute("aria-label"), ...[...(one.labels ?? [])].map((each) => each.textContent),
    one.textContent, one.getAttribute("placeholder"), one.name];
  const name = names.map((each) => (each ?? "").replace(/\\s+/g, " ").trim()).find((each) => each) ?? "";
  const drawn = [one, one.closest("label"), one.closest("li, tr")].filter((each) => each);
  const seen = drawn.some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  });
  const box = (one.closest("label") ?? one).getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {name, value: one.tagName === "BUTTON" ? one.value : "", seen, inside};
}"""


def reach(page: Page, name: str, *, key: str = "Tab", most: int = 160) -> None:
    """Press the key until what is called so has the focus. Fails on a stop that nobody sees."""
    # Without its sheets a page draws no outline.
    page.wait_for_load_state()
    met: list[str] = []
    for _ in range(most):
        page.keyboard.press(key)
        here = page.evaluate(HERE)
        if here is None:
            continue
        assert here["seen"], f"the focus on “{here['name'][:60]}” is not drawn, at {page.url}"
        assert here["inside"], f"“{here['name'][:60]}” has the focus outside the window, at {page.url}"
        met.append(here["name"][:40])
        if here["name"].startswith(name):
            return
    raise AssertionError(f"no key led to “{name}” at {page.url}; met {met}")


def press(page: Page, name: str) -> None:
    """Reach it and press Enter."""
    reach(page, name)
    page.keyboard.press("Enter")


def fill(page: Page, name: str, words: str) -> None:
    """Reach a field and write into it."""
    reach(page, name)
    page.keyboard.type(words)


def choose(page: Page, name: str, words: str) -> None:
    """Reach a list and choose by typing the beginning of the choice."""
    reach(page, name)
    page.keyboard.type(words)
