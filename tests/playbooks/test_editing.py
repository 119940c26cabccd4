"""Splicing: nothing changes where nothing is set, comments survive, a set and a set back are the old text."""

from __future__ import annotations

from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from onward.playbooks.decisions.editing import added, changed, lines_of, moved, removed, same, value_at
from onward.playbooks.decisions.starter import starter
from onward.playbooks.decisions.tree import read

SHIPPED = {path.name: path.read_text() for path in sorted((Path(__file__).parents[2] / "playbooks").glob("*.yaml"))}
FILES = {**SHIPPED, "starter": starter("mine")}
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40),
    st.sampled_from(
        ["a: b", "a #b", "[x", "{n} people", "yes", "12:30", "012", "3", "true", "null", "~", "- a", "'a'"]
    ),
    st.lists(st.text("ab #:'\"{}[],|>&*!%@`-?", min_size=1, max_size=20), min_size=1, max_size=4).map("\n".join),
)

# Shrinking a whole playbook takes minutes and says no more than the first example.
QUICK = (Phase.explicit, Phase.generate)


def paths(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path in plain data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, one in inner for path in paths(one, (*at, key)))]


ALL = [(name, path) for name, text in FILES.items() for path in paths(read(text, "").plain()) if path]
TEXTS = [(name, path) for name, path in ALL if isinstance(value_at(FILES[name], path), str)]
LISTS = [(name, path) for name, path in ALL if isinstance(one := value_at(FILES[name], path), list) and len(one) > 1]


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip().startswith("#")]


def touched(old: str, new: str) -> int:
    """How many lines differ."""
    return sum(line[0] in "+-" for line in ndiff(old.splitlines(), new.splitlines()))


@pytest.mark.parametrize("name", FILES)
def test_what_is_set_as_it_is_changes_nothing(name: str) -> None:
    text = FILES[name]
    assert changed(text, (), value_at(text, ())) == text
    for path in paths(read(text, "").plain())[::7]:
        if path:
            assert changed(text, path, value_at(text, path)) == text


@settings(max_examples=settings.default.max_examples // 3, deadline=None, phases=QUICK)
@given(st.sampled_from(TEXTS), WORDS)
def test_a_text_is_set_and_set_back(place: tuple[str, Any], words: str) -> None:
    name, path = place
    text, old = FILES[name], value_at(FILES[name], path)
    new = changed(text, path, words)
    assert value_at(new, path) == words
    assert set(comments(text)) <= set(comments(new))
    back = changed(new, path, old)
    assert same(read(back, "").plain(), read(text, "").plain())
    start = text.split("\n")[lines_of(text, path)[0] - 1]
    if ">" not in start and "'" not in start:
        assert back == text


@settings(max_examples=settings.default.max_examples // 3, deadline=None, phases=QUICK)
@given(st.sampled_from(LISTS), st.data())
def test_entries_are_moved_and_moved_back(place: tuple[str, Any], data: st.DataObject) -> None:
    name, path = place
    text = FILES[name]
    size = len(value_at(text, path))
    at, to = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    new = moved(text, (*path, at), to)
    entries = value_at(text, path)
    entries.insert(to, entries.pop(at))
    assert value_at(new, path) == entries
    assert sorted(comments(new)) == sorted(comments(text))
    assert moved(new, (*path, to), at) == text


@settings(max_examples=settings.default.max_examples // 3, deadline=None, phases=QUICK)
@given(st.sampled_from(LISTS), st.data())
def test_an_entry_is_put_in_and_taken_out(place: tuple[str, Any], data: st.DataObject) -> None:
    name, path = place
    text = FILES[name]
    entries = value_at(text, path)
    at = data.draw(st.integers(0, len(entries)))
    entry = data.draw(st.sampled_from(entries)) if isinstance(entries[0], dict) else data.draw(WORDS)
    new = added(text, path, entry, at)
    assert value_at(new, path) == [*entries[:at], entry, *entries[at:]]
    assert set(comments(text)) <= set(comments(new))
    if at:
        assert removed(new, (*path, at)) == text or "\n" in str(entry) or "{" in text


@settings(max_examples=settings.default.max_examples // 3, deadline=None, phases=QUICK)
@given(st.sampled_from(ALL))
def test_anything_can_be_taken_away(place: tuple[str, Any]) -> None:
    name, path = place
    new = removed(FILES[name], path)
    assert value_at(new, path) != value_at(FILES[name], path) or isinstance(path[-1], int)
    assert set(comments(new)) <= set(comments(FILES[name]))


def test_a_due_date_is_one_line() -> None:
    text = FILES["starter"]
    later = changed(text, ("stages", 0, "tasks", 0, "due"), "within 5d of signed")
    assert touched(text, later) == 2
    stage = changed(text, ("stages", 1, "due"), "day 30", ("stage", "title", "due", "takes", "tasks"))
    assert touched(text, stage) == 1
    assert "  - stage: setup\n    due: day 30\n    takes: 3w\n" in stage


def test_what_is_written_is_in_block_style() -> None:
    entry = {
        "task": "train",
        "title": "Train: the team",
        "by": "csm",
        "after": ["connect"],
        "attendees": {"must": ["csm"]},
    }
    new = added(FILES["starter"], ("stages", 1, "tasks"), entry)
    assert (
        "      - task: train\n        title: 'Train: the team'\n        by: csm\n        after: [connect]\n"
        "        attendees:\n          must: [csm]\n" in new
    )
    first = added("playbook: a\n", ("check_ins",), {"check_in": "day_30", "at": "day 30"})
    assert first == "playbook: a\ncheck_ins:\n  - check_in: day_30\n    at: day 30\n"
    assert removed(first, ("check_ins", 0)) == "playbook: a\n"


def test_comments_and_odd_layouts_stay() -> None:
    text = "a:   # why\n  # first\n  - {k: x, # one\n     l: y}   # two\n\n"
    text += "  - m: |\n      long\n\n      text\n    n: 1\n# end\n"
    new = changed(changed(text, ("a", 0, "l"), "z, z"), ("a", 1, "m"), "short")
    assert new == text.replace("l: y", "l: 'z, z'").replace("|\n      long\n\n      text", "short")
    both = added(text, ("a",), {"m": "new"}, 1)
    assert comments(both) == comments(text)
    assert moved(moved(text, ("a", 0), 1), ("a", 1), 0) == text
    assert changed("a: 1", ("b",), [{"c": 1}]) == "a: 1\nb:\n  - c: 1\n"
    assert changed("a:\nb: 1\n", ("a",), "x") == "a: x\nb: 1\n"
    assert changed("a: {}\n", ("a", "b"), 1) == "a:\n  b: 1\n"
