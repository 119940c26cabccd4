"""Who does what in a process told in lines, by brackets at their ends: (customer), (customer: IT contact)."""

import re
from typing import Any

from onward.playbooks.decisions.editing.naming import id_for

CHAMPION = "champion"
MOST_WORDS = 4
_CUSTOMER = r"(?:customer|client|them|theirs|their team|their side)"
_US = r"(?:us|our|ours|our team|our side)"
_BRACKETS = re.compile(r"\s*\(([^()]+)\)\s*$")
_SIDED = {
    side: re.compile(rf"(?:the )?{who}(?:\s*:\s*|\s+[–-]\s+)(.+)|(.+?)\s*,\s*(?:the )?{who}", re.I)
    for side, who in (("theirs", _CUSTOMER), ("ours", _US))
}
#: Words in brackets that are nobody: several things, a way, a condition.
_NOBODY = re.compile(
    r".*(?:\d|[,;:/&?]|\band\b|\bor\b).*|(?:if|when|where|via|with|without|for|see|in|on|at|e\.?g|incl)\b.*"
    r"|(?:optional|online|remote|onsite|internal|tbd|tbc|draft|mail|e-?mail|phone|video)",
    re.I,
)
#: Whoever sold it is found with the deal.
_SALES = frozenset({"sales", "account executive", "ae", "seller", "sales rep", "sales representative"})


class Doers:
    """The roles that lines name. `their`: the id of whoever does the customer's part, called `contact`; `made`: by side
    and id, the roles that brackets made. A name that once says its side has it in every line."""

    def __init__(self, lines: str, contact: str) -> None:
        self.contact = " ".join(contact.split())
        self.their = id_for(contact, ["csm"]) if self.contact else CHAMPION
        self.made: dict[str, dict[str, dict[str, Any]]] = {"ours": {}, "theirs": {}}
        self._known = {"csm": "csm", "customer success manager": "csm", CHAMPION: self.their}
        self._known[self.contact.casefold() or CHAMPION] = self.their
        for words in re.findall(r"\(([^()\n]+)\)", lines):
            if self._side(words)[0]:
                self.named(words)

    def taken_off(self, line: str) -> tuple[str, str]:
        """The line without the brackets at its end that name somebody, and the id of that role; else as it is."""
        found = _BRACKETS.search(line)
        role = self.named(found[1]) if found and line[: found.start()].strip() else ""
        return (line[: found.start()], role) if found and role else (line, "")

    def named(self, words: str) -> str:
        """The role that words in brackets name, made where there is none yet; "" where they are nobody."""
        plain = re.sub(r"^(?:by )?(?:the )?(?=\w)", "", " ".join(words.split()), flags=re.I)
        if re.fullmatch(_CUSTOMER, plain, re.I):
            return self.their
        if re.fullmatch(_US, plain, re.I):
            return "csm"
        side, name = self._side(plain)
        is_sales = side != "theirs" and name.casefold() in _SALES
        said = "sales" if is_sales else name.casefold()
        if known := self._known.get(said):
            return known
        if _NOBODY.fullmatch(name) or len(name.split()) > MOST_WORDS or not id_for(name):
            return ""
        key = id_for("sales" if is_sales else name, self._known.values())
        role = {"title": name[:1].upper() + name[1:], "fill": "deal owner" if is_sales else "asked of csm"}
        self.made[side or "ours"][key] = role
        self._known[said] = key
        return key

    def is_theirs(self, role: str) -> bool:
        return role == self.their or role in self.made["theirs"]

    def _side(self, plain: str) -> tuple[str, str]:
        """Which side words name ("" where they do not), and whom there."""
        found = ((side, pattern.fullmatch(plain)) for side, pattern in _SIDED.items())
        side, name = next(((side, one[1] or one[2]) for side, one in found if one), ("", plain))
        return side, re.sub(r"^(?:the|our|their) (?=\w)", "", name.strip(), flags=re.I)
