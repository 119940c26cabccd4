"""Who may do what. One table of nouns, one rule a kind of actor; doors and actions ask `require` before they act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from onward.kernel.actor import Actor
from onward.kernel.refusals import forbidden, invalid, not_found

# Built in; an organization adds roles of its own, whose rights come with the actor.
ROLES = ("admin", "manager", "member", "viewer")
_RANK = {role: rank for rank, role in enumerate(reversed(ROLES))}

# The least role that may change each noun. Seeing: any staff, but for what `_SEEN_BY` names.
_CHANGED_BY = {
    **dict.fromkeys(
        (
            "account",
            "contact",
            "deal",
            "journey",
            "stage",
            "task",
            "milestone",
            "objective",
            "evidence",
            "check_in",
            "criterion",
            "comment",
            "file",
            "log",
            "fact",
            "event",
            "message",
            "insight",
        ),
        "member",
    ),
    **dict.fromkeys(("product", "playbook", "source", "segment", "import", "ledger"), "manager"),
    **dict.fromkeys(("user", "key", "organization", "installation"), "admin"),
}
_SEEN_BY = {"key": "admin", "installation": "admin", "import": "manager"}
_PLURALS = {"key": "API keys", "ledger": "stuck reactions"}
NOUNS = frozenset(_CHANGED_BY)

# Who holds these could give themselves every other right: they stay with the built-in admin.
ADMIN_ONLY = frozenset(noun for noun, role in _CHANGED_BY.items() if role == "admin")
# What a role may be kept from seeing: each has pages of its own. All else stands together on the pages of an account.
HIDEABLE = frozenset({"import", "source", "ledger"})
SEEN_BY_ALL = frozenset(_CHANGED_BY) - HIDEABLE - {"key", "installation"}

# What a contact may do with the shared part of their own account.
CONTACT_VERBS = frozenset(
    {"see", "complete", "reopen", "fill", "sign", "answer", "comment", "upload", "confirm", "give"}
)
_CONTACT_NOUNS = frozenset(
    {
        "account",
        "contact",
        "journey",
        "stage",
        "task",
        "milestone",
        "objective",
        "evidence",
        "check_in",
        "comment",
        "file",
        "log",
    }
)

SCOPES = frozenset({"read", "write", "metrics", "export"}) | frozenset(
    f"{noun}:{verb}" for noun in NOUNS - {"key", "installation"} for verb in ("read", "write")
)


@dataclass(frozen=True, slots=True)
class Thing:
    """What is acted on. `account_id` is whose it is (None: the organization's own); `is_shared`: the contact's side
    may see it; `ref` is the id that a refusal may repeat."""

    noun: str
    account_id: UUID | None = None
    is_shared: bool = False
    ref: str = ""


def may(actor: Actor | None, verb: str, thing: Thing | str) -> bool:
    """Whether the actor may do `verb` ("see", or any imperative: "complete", "publish") to the thing or noun."""
    thing = Thing(thing) if isinstance(thing, str) else thing
    if thing.noun not in NOUNS:
        raise LookupError(f"no rights are defined for the noun {thing.noun!r}")
    if actor is None:
        return False
    if actor.kind in {"system", "automation"}:
        return True
    if actor.kind == "staff":
        return _staff_may(actor, verb, thing)
    if actor.kind == "key":
        return _key_may(actor.scopes, verb, thing)
    return _contact_may(actor, verb, thing)


def require(actor: Actor | None, verb: str, thing: Thing | str) -> None:
    """Raise a Refusal unless `may`: "not_found" where the actor may not even see it, else "forbidden". A colleague is
    always told that it is a matter of rights: what the organization has is no secret from them."""
    if may(actor, verb, thing):
        return
    thing = Thing(thing) if isinstance(thing, str) else thing
    if not may(actor, "see", thing):
        if actor is not None and actor.kind == "staff":
            raise forbidden(
                f"{_role_words(actor.role)} may not see {_PLURALS.get(thing.noun, f'{thing.noun}s')}.",
                mend={"admin": "Only admins may.", "manager": "Admins and managers may."}.get(
                    _SEEN_BY.get(thing.noun, ""), "Ask an admin for the right."
                ),
            )
        raise not_found(thing.noun.replace("_", "-"), thing.ref)
    who = {"staff": _role_words(actor.role), "key": "This key"}.get(actor.kind, "You") if actor else "You"
    raise forbidden(f"{who} may not {verb.replace('_', ' ')} this {thing.noun.replace('_', '-')}.")


def _role_words(role: str | None) -> str:
    return f"{'An' if role == 'admin' else 'A'} {role}" if role in _RANK else "Your role"


def unknown_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes that mean nothing here, in order."""
    return [scope for scope in scopes if scope not in SCOPES]


def rights_of(role: str) -> list[str]:
    """What a built-in role may do, as NOUN:read and NOUN:write, in the order of nouns."""
    rank = _RANK[role]
    return [
        f"{noun}:{verb}"
        for noun in sorted(NOUNS)
        for verb, needed in (("read", _SEEN_BY.get(noun, "viewer")), ("write", _CHANGED_BY[noun]))
        if rank >= _RANK[needed]
    ]


def clean_rights(wanted: Iterable[str]) -> list[str]:
    """Rights of a role of the organization's own: whoever changes a noun sees it too. Refusal "invalid" for others."""
    asked = set(wanted)
    possible = {f"{noun}:{verb}" for noun in NOUNS - ADMIN_ONLY for verb in ("read", "write")}
    possible |= {f"{noun}:read" for noun in SEEN_BY_ALL}
    strange = sorted(asked - possible)
    if strange:
        raise invalid(f"{strange[0]} is not a right that a role can have.", mend="People and keys stay with admins.")
    asked |= {f"{noun}:read" for noun in SEEN_BY_ALL}
    return sorted(asked | {right.replace(":write", ":read") for right in asked})


def _staff_may(actor: Actor, verb: str, thing: Thing) -> bool:
    if actor.role not in _RANK:
        wanted = {f"{thing.noun}:{'read' if verb == 'see' else 'write'}"}
        return bool(wanted & actor.scopes)
    needed = _SEEN_BY.get(thing.noun, "viewer") if verb == "see" else _CHANGED_BY[thing.noun]
    return _RANK[actor.role] >= _RANK[needed]


def _key_may(scopes: frozenset[str], verb: str, thing: Thing) -> bool:
    if thing.noun in {"key", "installation"}:
        return False
    if thing.noun in {"user", "organization"} and verb != "see":
        return f"{thing.noun}:write" in scopes
    wanted = {"write", f"{thing.noun}:write"}
    if verb == "see":
        wanted |= {"read", f"{thing.noun}:read"}
    return bool(wanted & scopes)


def _contact_may(actor: Actor, verb: str, thing: Thing) -> bool:
    return (
        verb in CONTACT_VERBS
        and thing.noun in _CONTACT_NOUNS
        and thing.is_shared
        and actor.account_id is not None
        and thing.account_id == actor.account_id
    )
