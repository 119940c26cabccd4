"""The criteria language: compile, type-check, evaluate to a Verdict, explain. CEL behind a small lexer of our own."""

from onward.kernel.expressions.program import (
    KNOWN,
    Outcome,
    Program,
    Value,
    ValueType,
    Verdict,
    Worth,
    base_of,
    compile_expression,
    compiled,
)
from onward.kernel.expressions.trouble import ExpressionError

__all__ = [
    "KNOWN",
    "ExpressionError",
    "Outcome",
    "Program",
    "Value",
    "ValueType",
    "Verdict",
    "Worth",
    "base_of",
    "compile_expression",
    "compiled",
]
