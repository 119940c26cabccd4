"""What had another id before: `was: old_id`."""

from onward.playbooks.decisions.addresses import addresses
from onward.playbooks.decisions.resolving.context import Context
from onward.playbooks.decisions.tree import Piece


def renames(context: Context) -> tuple[tuple[str, str], ...]:
    """(former address, address) of everything that says what it was."""
    known = addresses(context.tree)
    found: dict[str, str] = {}
    for address, path in known.items():
        for piece in _each(context.tree.get((*path, "was"))):
            old = f"{address.rpartition('.')[0]}.{piece.value}"
            if old in known:
                message = f"`{address}` cannot have been `{old}`, which is still in use here"
                context.problems.append(piece.place.problem("was", message, "remove `was:`, or what still has that id"))
            elif found.setdefault(old, address) != address:
                message = f"`{old}` cannot have become both `{found[old]}` and `{address}`"
                context.problems.append(piece.place.problem("was", message, "say it once"))
    return tuple(found.items())


def _each(piece: Piece) -> list[Piece]:
    if isinstance(piece.value, list):
        return piece.value
    return [piece] if isinstance(piece.value, str) else []
