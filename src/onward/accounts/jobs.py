"""What runs later: queued imports."""

from __future__ import annotations

from onward.accounts.actions.imports import carry_out, claim_import, fail_import
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal


def run_imports() -> bool:
    """Carry out the next queued import; whether there was one."""
    import_id = claim_import(actor=SYSTEM)
    if import_id is None:
        return False
    try:
        carry_out(import_id=import_id)
    except Refusal as refusal:
        fail_import(actor=SYSTEM, import_id=import_id, problem=str(refusal), is_final=True)
    except Exception as error:
        fail_import(actor=SYSTEM, import_id=import_id, problem=f"{type(error).__name__}: {error}")
        raise
    return True
