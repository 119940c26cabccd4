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
from onward.accounts.decisions.targets import DEFAULT_TARGETS, Aim, Days, DurationTargets, aim_of, checked_targets

__all__ = [
    "COMPLEXITIES",
    "CURRENCY",
    "DEFAULT_RULES",
    "DEFAULT_TARGETS",
    "SEGMENTS",
    "STAKEHOLDER_ROLES",
    "Aim",
    "Days",
    "DurationTargets",
    "Rule",
    "aim_of",
    "checked_rules",
    "checked_targets",
    "clean_roles",
    "factor_for",
    "role_title",
    "segment_for",
]
