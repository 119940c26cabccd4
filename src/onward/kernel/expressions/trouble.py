"""What is wrong with an expression, in our own words."""


class ExpressionError(Exception):
    """`column` counts code points from 0 in the author's text, `length` marks the piece; `mend` says what to write."""

    def __init__(self, message: str, column: int = 0, length: int = 1, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.length = length
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message} (column {self.column + 1})" + (f": {self.mend}" if self.mend else "")
