"""Authenticator apps and recovery codes: set up, asked for at sign-in, taken away. Each change is a fact."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from uuid import UUID

import pyotp

from onward.foundation.actions import act, action, record
from onward.foundation.sealing import Unreadable, seal, unseal
from onward.foundation.secrets import code_digest, salt, same
from onward.foundation.throttle import attempt, forget
from onward.identity import facts
from onward.identity.actions import codes
from onward.identity.actions.signing_in import welcome
from onward.identity.decisions import ROLES, clean_name, require
from onward.identity.decisions.factors import (
    RECOVERY_ALPHABET,
    RECOVERY_CODES,
    TOTP_SECONDS,
    clean_recovery_code,
    looks_like_recovery_code,
)
from onward.identity.models import Factor, Organization, RecoveryCode, Role, User
from onward.identity.queries import staff_actor
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid, not_found

_PURPOSE = "totp"
FREE_TRIES, FIRST_PAUSE, LONGEST_PAUSE = 5, 60, 3600


def new_app_secret() -> str:
    """160 random bits for an authenticator app, base32."""
    return pyotp.random_base32()


def app_address(*, secret: str, mail: str, organization: str) -> str:
    """What the app reads out of the drawn code."""
    return pyotp.TOTP(secret).provisioning_uri(name=mail, issuer_name=organization or "Onward")


@action()
def add_app(*, actor: Actor, user_id: UUID, secret: str, code: str, name: str = "") -> list[str]:
    """Take an authenticator app in, once its code fits. Returns recovery codes where there were none: shown once."""
    _only_oneself(actor, user_id)
    step = _step(secret, code, after=None, now=act().now)
    if step is None:
        raise invalid("This code does not fit.", mend="Type the digits that the app shows now.", field="code")
    if Factor.objects.filter(user_id=user_id, kind="totp").exists():
        raise conflict("You have an authenticator app already.", mend="Remove it first.")
    row = Factor.objects.create(
        user_id=user_id,
        kind="totp",
        name=clean_name(name or "Authenticator app", longest=80),
        secret=seal(secret, _PURPOSE),
        last_step=step,
        created_at=act().now,
    )
    record(facts.FactorAdded(user_id, "totp", row.name), stream="org")
    return codes_when_none(user_id)


@action()
def remove_factor(*, actor: Actor, user_id: UUID, factor_id: UUID) -> None:
    """Take a factor away: one's own, or as an admin anybody's who has lost theirs. With the last one its codes go."""
    if actor.id != format_id("usr", user_id):
        require(actor, "change", "user")
    row = Factor.objects.filter(id=factor_id, user_id=user_id).first()
    if row is None:
        raise not_found("factor", "here")
    row.delete()
    if not Factor.objects.filter(user_id=user_id).exists():
        RecoveryCode.objects.filter(user_id=user_id).delete()
    record(facts.FactorRemoved(user_id, row.kind, row.name), stream="org")


@action()
def make_recovery_codes(*, actor: Actor, user_id: UUID) -> list[str]:
    """Ten fresh codes; the ones before open nothing any more. Refusal "conflict" without a factor."""
    _only_oneself(actor, user_id)
    if not Factor.objects.filter(user_id=user_id).exists():
        raise conflict("You have no second factor.", mend="Set up an authenticator app or a passkey first.")
    return _fresh_codes(user_id)


@action()
def demand_factor(*, actor: Actor, roles: list[str]) -> None:
    """From whom a second factor is demanded, by role; asked for at their next sign-in."""
    require(actor, "change", "organization")
    known = [*ROLES, *Role.objects.order_by("key").values_list("key", flat=True)]
    strange = [role for role in roles if role not in known]
    if strange:
        raise invalid(f"There is no role {strange[0][:40]}.", field="roles")
    row, _ = Organization.objects.get_or_create(is_only=True, defaults={"created_at": act().now})
    was, wanted = list(row.settings.get("factor_roles", [])), [role for role in known if role in roles]
    if was != wanted:
        row.settings = {**row.settings, "factor_roles": wanted}
        row.save(update_fields=["settings"])
        record(facts.FactorDemanded(was, wanted), stream="org")


def prove_factor(*, user_id: UUID, code: str, address: str, by: str) -> None:
    """The second half of a sign-in: an app's digits or a recovery code. Refusals: "throttled"; "invalid"."""
    codes.throttle_address(address)
    seconds = attempt("factor:try", str(user_id), free=FREE_TRIES, first=FIRST_PAUSE, most=LONGEST_PAUSE)
    if seconds:
        raise Refusal(
            "throttled",
            f"Too many codes did not fit. The next attempt works in {max(1, -(-seconds // 60))} minutes.",
            mend="A passkey lets you in at once; an admin can remove the app.",
            details={"retry_after": seconds},
        )
    if not _prove(actor=SYSTEM, user_id=user_id, code=code, by=by):
        raise Refusal(
            "invalid",
            "This code does not fit.",
            mend="Type what the app shows now, or a recovery code that you have not used.",
            details={"field": "code"},
        )
    forget("factor:try", str(user_id))


@action()
def _prove(*, actor: Actor, user_id: UUID, code: str, by: str) -> bool:
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None:
        return False
    way = "recovery code" if looks_like_recovery_code(code) else "app"
    fits = _use_recovery_code(user_id, code) if way == "recovery code" else _use_app(user_id, code, act().now)
    if fits:
        welcome(actor=staff_actor(user), user_id=user_id, by=f"{by} and {way}")
    return fits


def _use_app(user_id: UUID, code: str, now: datetime) -> bool:
    row = Factor.objects.select_for_update().filter(user_id=user_id, kind="totp").first()
    if row is None:
        return False
    try:
        secret = unseal(row.secret, _PURPOSE)
    except Unreadable:
        raise conflict(
            "This app was set up under another secret of the installation.",
            mend="Use a recovery code or a passkey, or ask an admin to remove the app.",
        ) from None
    step = _step(secret, code, after=row.last_step, now=now)
    if step is None:
        return False
    row.last_step, row.used_at = step, now
    row.save(update_fields=["last_step", "used_at"])
    return True


def _step(secret: str, code: str, *, after: int | None, now: datetime) -> int | None:
    """The half minute whose digits these are: this one or a neighbor, and later than `after`: digits work once."""
    digits = "".join(char for char in code if char.isdigit())
    totp, found = pyotp.TOTP(secret), None
    current = int(now.timestamp()) // TOTP_SECONDS
    for step in (current - 1, current, current + 1):
        fits = same(totp.at(datetime.fromtimestamp(step * TOTP_SECONDS, UTC)), digits)
        if fits and (after is None or step > after):
            found = step
    return found


def _use_recovery_code(user_id: UUID, code: str) -> bool:
    rows = list(RecoveryCode.objects.select_for_update().filter(user_id=user_id, used_at=None))
    wanted = code_digest(clean_recovery_code(code), rows[0].salt if rows else "none")
    row = next((row for row in rows if same(row.digest, wanted)), None)
    if row is None:
        return False
    row.used_at = act().now
    row.save(update_fields=["used_at"])
    record(facts.RecoveryCodeUsed(user_id, len(rows) - 1), stream="org")
    return True


def codes_when_none(user_id: UUID) -> list[str]:
    """Recovery codes for somebody's first factor; none for a further one."""
    return [] if RecoveryCode.objects.filter(user_id=user_id, used_at=None).exists() else _fresh_codes(user_id)


def _fresh_codes(user_id: UUID) -> list[str]:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    # One salt a set: a guess is digested once, not ten times.
    made, seed = [_word() for _ in range(RECOVERY_CODES)], salt()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, salt=seed, digest=code_digest(one, seed), created_at=act().now) for one in made
    )
    record(facts.RecoveryCodesMade(user_id, len(made)), stream="org")
    return [f"{one[:6]}-{one[6:]}" for one in made]


def _word() -> str:
    while True:
        made = "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(12))
        if looks_like_recovery_code(made):
            return made


def _only_oneself(actor: Actor, user_id: UUID) -> None:
    if actor.id != format_id("usr", user_id):
        raise forbidden("Second factors are set up by the person themselves.", mend="An admin can remove them.")
