"""Imports: a run is begun, mapped, confirmed, and carried out in chunks that can be resumed."""

from onward.accounts.actions.imports.running import carry_out, claim_import, fail_import
from onward.accounts.actions.imports.starting import begin_import, confirm_import, discard_import, map_import

__all__ = [
    "begin_import",
    "carry_out",
    "claim_import",
    "confirm_import",
    "discard_import",
    "fail_import",
    "map_import",
]
