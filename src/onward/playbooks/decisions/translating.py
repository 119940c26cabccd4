"""Translations beside a playbook: `b2b_seven_stages.de.yaml` says `task.uat.title: …`, address by address.

A word may name what it translates, `{of: Try it, is: Ausprobieren}`; it is stale once the playbook says otherwise.
"""

import json
import re
from collections.abc import Iterator, Mapping

from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Translation
from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.tree import Piece, Refused, read
from onward.playbooks.decisions.wording import words

_NAME = re.compile(r"([a-z][a-z0-9_]*)\.([a-z]{2,3}(?:-[A-Z]{2})?)\.ya?ml")
_FILLED = re.compile(r"\{[^{}]*\}")


def translates(file: str) -> tuple[str, str] | None:
    """The playbook and the language that a file's name says, or None for a file of another kind."""
    found = _NAME.fullmatch(file)
    return (found[1], found[2]) if found else None


def translated(
    book: Playbook, texts: Mapping[str, str], parent: Playbook | None
) -> tuple[tuple[Translation, ...], list[Problem], list[str]]:
    """The translations of a playbook, what is wrong with them, and the files that they come from. A variant has its
    parent's wherever it says the same."""
    own = words(book)
    problems: list[Problem] = []
    files = [name for name in sorted(texts) if (translates(name) or ("",))[0] == book.id]
    found = _inherited(own, parent)
    for name in files:
        language = (translates(name) or ("", ""))[1]
        said, wrong = _read(texts[name], name, own, found.get(language, {}))
        problems += wrong
        found[language] = {**found.get(language, {}), **said}
    made = (Translation(language, tuple(sorted(said.items()))) for language, said in sorted(found.items()))
    return tuple(made), problems, files


def template(book: Playbook, language: str) -> str:
    """A file of translations: what there is, and an empty text for every word that is missing."""
    known = next((dict(one.words) for one in book.translations if one.language == language), {})
    lines = [f"# {book.title}: fill in each `is`."]
    for address, said in words(book).items():
        of, text = (json.dumps(one, ensure_ascii=False) for one in (said, known.get(address, "")))
        lines.append(f"{address}: {{of: {of}, is: {text}}}")
    return "\n".join(lines) + "\n"


def _inherited(own: Mapping[str, str], parent: Playbook | None) -> dict[str, dict[str, str]]:
    theirs = words(parent) if parent else {}
    kept = {address for address, said in own.items() if theirs.get(address) == said}
    return {
        one.language: {address: said for address, said in one.words if address in kept}
        for one in (parent.translations if parent else ())
    }


def _read(
    text: str, file: str, own: Mapping[str, str], known: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    try:
        tree = read(text, file)
    except Refused as refused:
        return {}, [refused.problem]
    if not isinstance(tree.value, dict):
        return {}, [tree.place.problem("yaml", "a translation is a set of addresses", "such as `task.call.title: …`")]
    said: dict[str, str] = {}
    problems: list[Problem] = []
    for address, piece in tree.value.items():
        if address not in own:
            mend = nearest_mend(address, own, "remove it")
            problems.append(tree.keys[address].problem("unknown_address", f"nothing is said at `{address}`", mend))
            continue
        word = piece.get(("is",)) if isinstance(piece.value, dict) else piece
        problems += _wrong(piece, word, own[address])
        if isinstance(word.value, str) and word.value:
            said[address] = word.value
    problems += _missing(tree, [address for address in own if address not in {**known, **said}], len(own))
    return said, problems


def _wrong(piece: Piece, word: Piece, own: str) -> Iterator[Problem]:
    if not isinstance(word.value, str):
        mend = "write it, in quotes where it is a number, or `{of: …, is: …}`"
        yield word.place.problem("type", "a text is needed here", mend)
        return
    if word.value and sorted(_FILLED.findall(word.value)) != sorted(_FILLED.findall(own)):
        yield word.place.problem("placeholder", f"the placeholders are not those of “{own}”", "keep what stands in { }")
    of = piece.get(("of",))
    if of.value is not None and of.value != own:
        message = f"this translates “{of.value}”, and the playbook says “{own}” now"
        yield piece.place.problem("stale", message, "look at it again, then change `of:`", warning=True)


def _missing(tree: Piece, missing: list[str], count: int) -> Iterator[Problem]:
    if missing:
        some = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        message = f"{len(missing)} of {count} words are not translated: {some}"
        mend = "`onward playbook words` writes them all into a file"
        yield tree.place.problem("untranslated", message, mend, warning=True)
