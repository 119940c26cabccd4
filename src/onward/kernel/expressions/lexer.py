"""The layer in front of CEL: every number a double, `80%`, `and or not`, and nothing that CEL would read in surprise.

What it closes: `share >= 1` (double against integer) and `days / 5` (an integer division, in silence); `x / y`, which
on doubles may be infinite, and infinity is at least anything; macros, null, has(), member calls.
"""

import re
from dataclasses import dataclass
from typing import Literal

from onward.kernel.expressions.trouble import ExpressionError

LONGEST_TEXT = 2000
DEEPEST = 24
FUNCTIONS = ("share", "least", "greatest")
TokenKind = Literal["number", "name", "text", "word", "sign"]
_WORDS = {"and": "&&", "or": "||", "not": "!", "in": "in", "true": "true", "false": "false"}
_PATTERN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>\d+(?:\.\d+)?%?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    | (?P<text>"[^"\\\n]*"|'[^'\\\n]*')
    | (?P<sign>==|!=|<=|>=|&&|\|\||[-+*/<>!()\[\],?:])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """`cel` is what CEL gets for it; `column` is where it stands in the author's text, `made` where in the CEL text."""

    kind: TokenKind
    text: str
    column: int
    cel: str
    made: int


def read(text: str) -> tuple[Token, ...]:
    """The tokens of an expression. Raises ExpressionError for anything that the language does not have."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(f"this expression is longer than {LONGEST_TEXT} characters", mend="split it into figures")
    tokens: list[Token] = []
    column = made = 0
    while column < len(text):
        found = _PATTERN.match(text, column)
        if found is None:
            raise _unknown_sign(text, column)
        if found.lastgroup != "space":
            token = _token(found, column, made)
            tokens.append(token)
            made += len(token.cel) + 1
        column = found.end()
    _check(tokens, text)
    return tuple(tokens)


def to_cel(tokens: tuple[Token, ...]) -> str:
    return " ".join(token.cel for token in tokens)


def names_of(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens that name metrics: functions left out."""
    return tuple(token for token in tokens if token.kind == "name" and token.text not in FUNCTIONS)


def token_at(tokens: tuple[Token, ...], made: int) -> Token:
    """The token that a place in the CEL text belongs to."""
    before = [token for token in tokens if token.made <= made]
    return before[-1] if before else tokens[0]


def _token(found: re.Match[str], column: int, made: int) -> Token:
    piece = found[0]
    if found.lastgroup == "number":
        return Token("number", piece, column, _double(piece), made)
    if found.lastgroup == "name":
        if piece in _WORDS:
            return Token("word", piece, column, _WORDS[piece], made)
        return Token("name", piece, column, piece, made)
    return Token("text" if found.lastgroup == "text" else "sign", piece, column, piece, made)


def _double(piece: str) -> str:
    number = float(piece.rstrip("%")) / (100 if piece.endswith("%") else 1)
    written = f"{number:f}" if number and number < 1e-4 else repr(number)
    if number > 1e15:
        raise ExpressionError(f"{piece} is too large a number")
    return written


def _unknown_sign(text: str, column: int) -> ExpressionError:
    sign = text[column]
    mends = {
        "=": "write == to compare",
        "%": "a percentage is a number directly followed by %, such as 80%",
        "&": "write `and`",
        "|": "write `or`",
        "{": "there are no maps here",
        '"': "close the text with a second quote on the same line",
        "'": "close the text with a second quote on the same line",
        ".": "a name is words joined by dots, such as task.kickoff.done; a number starts with a digit",
    }
    return ExpressionError(f"`{sign}` has no meaning here", column, 1, mends.get(sign, "remove it"))


def _check(tokens: list[Token], text: str) -> None:
    if not tokens:
        raise ExpressionError("this expression is empty", mend="write a condition, such as task.kickoff.done")
    depth = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth > DEEPEST:
            raise ExpressionError("brackets are nested too deeply", token.column, 1, "split it into figures")
        _check_pair(token, following, text)


def _check_pair(token: Token, following: Token | None, text: str) -> None:
    if token.text == "/":
        _check_divisor(token, following)
    if token.kind == "number" and following is not None and following.kind == "name":
        end = token.column + len(token.text)
        if following.column == end:
            raise ExpressionError(
                f"`{token.text}{following.text}` is neither a number nor a name",
                token.column,
                len(token.text) + len(following.text),
                "a number stands alone; a span such as 7d belongs in timing, here write days_since.M >= 7",
            )
    if token.kind == "name":
        _check_name(token, following)


def _check_divisor(token: Token, following: Token | None) -> None:
    if following is None or following.kind != "number":
        raise ExpressionError(
            "only a plain number may follow /", token.column, 1, "write share(part, whole), or declare a figure"
        )
    if float(following.cel) == 0:
        raise ExpressionError("nothing can be divided by 0", following.column, len(following.text))


def _check_name(token: Token, following: Token | None) -> None:
    if following is not None and following.text == "(" and token.text not in FUNCTIONS:
        mend = "write X.known to ask whether something is known" if token.text == "has" else ""
        known = ", ".join(FUNCTIONS)
        raise ExpressionError(
            f"there is no function {token.text}()", token.column, len(token.text), mend or f"the functions are {known}"
        )
    if token.text in FUNCTIONS and (following is None or following.text != "("):
        raise ExpressionError(f"{token.text} is a function", token.column, len(token.text), f"write {token.text}(a, b)")
    if token.text == "null":
        raise ExpressionError("there is no null", token.column, 4, "write `not X.known`")
