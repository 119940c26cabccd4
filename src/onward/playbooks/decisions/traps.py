"""What YAML trips over, in our words: where the text broke, what broke it, and what to put quotes round."""

import re

import yaml

_QUOTES = "put quotes round the text"
# The beginning of a value on its line: behind a key, a dash, a comma or an opening bracket.
_VALUE = re.compile(r"(?:[:,\[{] +|- +|[\[{])(?=\S)")
Broken = tuple[int, int, str, str]


def broken(trouble: yaml.MarkedYAMLError, text: str) -> Broken:
    """(line, column, what is wrong, how to mend it); line and column count from 1."""
    said = f"{trouble.problem or ''} {trouble.context or ''}"
    in_quotes = "quoted scalar" in (trouble.context or "")
    mark = (in_quotes and trouble.context_mark) or trouble.problem_mark or trouble.context_mark
    if mark is None:
        return 1, 1, "the layout breaks here", _QUOTES
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "could not find expected ':'" in said and trouble.context_mark is not None:
        at = trouble.context_mark
        return at.line + 1, at.column + 1, "a key here has no `: ` after it", "write `key: value`, with the space"
    if text[mark.index : mark.index + 1] == ":":
        said = "mapping values are not allowed"
    for sign, message, mend in _SYNTAX:
        if sign in said:
            return mark.line + 1, mark.column + 1, message, mend
    if "while parsing a flow" in said and trouble.context_mark is not None:
        return _unclosed(lines, trouble.context_mark.line, mark.line, mark.column)
    character = line[mark.column : mark.column + 1]
    if line[: mark.column].rstrip().endswith(("}", "]", '"', "'")) and character.strip():
        return _after_its_end(line, mark.line, mark.column)
    if line[: mark.column].rstrip().endswith((": >", ": |")):
        sign = line[: mark.column].rstrip()[-1]
        what, column = f"`{sign}` begins a text of several lines", line[: mark.column].rindex(sign)
        return mark.line + 1, column + 1, what, f"{_QUOTES}, or begin it in the next line"
    what = f"`{character}` breaks the layout here" if character.strip() else "the layout breaks here"
    return mark.line + 1, mark.column + 1, what, f"{_QUOTES} on this line, or mend its indent"


def _unclosed(lines: list[str], first: int, last: int, column: int) -> Broken:
    """Braces or brackets that something in them broke; a comment that cut them short stands before the place."""
    for at in range(first, last):
        cut = lines[at].find(" #")
        if cut >= 0 and lines[at].count("{") + lines[at].count("[") > lines[at][:cut].count("}") + lines[at][
            :cut
        ].count("]"):
            what = "` #` begins a comment, which cuts off the rest of this line with its closing brace"
            return at + 1, cut + 2, what, f"{_QUOTES} that holds `#`, or close the braces before it"
    line = lines[last] if last < len(lines) else ""
    if line[:column].rstrip().endswith(("}", "]", '"', "'")) and line[column : column + 1].strip():
        return _after_its_end(line, last, column)
    begin = _begin(line, column)
    told = line[begin : column + 12].split(",")[0].strip() or line[column : column + 1]
    what = f"something in `{told}` breaks the braces round it" if told else "these braces are not closed"
    mend = f"put quotes round that whole text, from column {begin + 1}" if told else "close them"
    return last + 1, column + 1, what, mend


def _after_its_end(line: str, at: int, column: int) -> Broken:
    begin = _begin(line, column)
    sign = line[:column].rstrip()[-1]
    what = f"the value ends with `{sign}`, and more text follows it"
    return at + 1, column + 1, what, f"put quotes round the whole text, from column {begin + 1}"


def _begin(line: str, column: int) -> int:
    """Where the value that stands at a column begins."""
    keys = [found.end() for found in re.finditer(r": +(?=\S)", line[:column])]
    starts = keys or [found.end() for found in _VALUE.finditer(line[:column])]
    return starts[-1] if starts else column


_SYNTAX = (
    ("mapping values are not allowed", "a second `: ` on this line breaks it", f"{_QUOTES} that holds `: `"),
    ("'\\t'", "a tab cannot indent", "indent with spaces"),
    ("that cannot start any token", "this sign cannot begin a text", _QUOTES),
    ("expected the node content", "a value is missing here", _QUOTES),
    ("expected a single document", "`---` begins a second document", "one file holds one playbook"),
    ("while scanning a quoted scalar", "a quote is not closed", "close it on the same line"),
    ("while scanning a tag", "`!` makes a tag, and there are none here", _QUOTES + "; `not` negates a condition"),
)
