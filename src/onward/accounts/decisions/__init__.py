"""What follows in accounts: segments, stakeholder roles, and how a file is read. Pure."""

from onward.accounts.decisions.segments import (
    COMPLEXITIES,
    CURRENCY,
    DEFAULT_RULES,
    SEGMENTS,
    Rule,
    checked_rules,
    factor_for,
    segment_for,
)
from onward.accounts.decisions.stakeholders import STAKEHOLDER_ROLES, clean_roles, role_title

__all__ = [
    "COMPLEXITIES",
    "CURRENCY",
    "DEFAULT_RULES",
    "SEGMENTS",
    "STAKEHOLDER_ROLES",
    "Rule",
    "checked_rules",
    "clean_roles",
    "factor_for",
    "role_title",
    "segment_for",
]
