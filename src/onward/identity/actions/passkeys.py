"""Passkeys: kept by the person's device, found by it without a name, and always behind its lock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from onward.foundation.actions import act, action, record
from onward.foundation.throttle import forget
from onward.identity import facts
from onward.identity.actions import codes
from onward.identity.actions.factors import codes_when_none
from onward.identity.actions.signing_in import welcome
from onward.identity.decisions import clean_name
from onward.identity.models import Factor, User
from onward.identity.queries import organization, staff_actor
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid

MOST_A_PERSON = 20


@dataclass(frozen=True, slots=True)
class Site:
    """Whose passkeys these are: the host name, and the address that the browser must be at."""

    id: str
    origin: str


def registration_options(*, actor: Actor, user_id: UUID, site: Site) -> tuple[str, str]:
    """What the browser is asked to make, as JSON, and the challenge, to be kept on this side."""
    user = User.objects.get(id=user_id)
    held = Factor.objects.filter(user_id=user_id, kind="passkey").values_list("credential", flat=True)
    options = generate_registration_options(
        rp_id=site.id,
        rp_name=organization().name or "Onward",
        user_id=user_id.bytes,
        user_name=user.mail or user.name,
        user_display_name=user.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one)) for one in held if one],
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def sign_in_options(*, site: Site) -> tuple[str, str]:
    """What the browser is asked to prove, as JSON, and the challenge. Names nobody: the device knows who."""
    options = generate_authentication_options(rp_id=site.id, user_verification=UserVerificationRequirement.REQUIRED)
    return options_to_json(options), bytes_to_base64url(options.challenge)


@action()
def add_passkey(
    *, actor: Actor, user_id: UUID, credential: str, challenge: str, site: Site, name: str = ""
) -> list[str]:
    """Take a passkey in. Returns recovery codes when there were none: shown this once."""
    if actor.id != format_id("usr", user_id):
        raise forbidden("A passkey is added by the person themselves.")
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise invalid("This passkey could not be checked.", mend="Add it anew.") from error
    key = bytes_to_base64url(found.credential_id)
    if Factor.objects.filter(credential=key).exists():
        raise conflict("This passkey is here already.")
    if Factor.objects.filter(user_id=user_id, kind="passkey").count() >= MOST_A_PERSON:
        raise conflict(f"You have {MOST_A_PERSON} passkeys.", mend="Remove one that you do not use.")
    row = Factor.objects.create(
        user_id=user_id,
        kind="passkey",
        name=clean_name(name or "Passkey", longest=80),
        credential=key,
        public_key=bytes_to_base64url(found.credential_public_key),
        sign_count=found.sign_count,
        is_synced=found.credential_backed_up,
        created_at=act().now,
    )
    record(facts.FactorAdded(user_id, "passkey", row.name), stream="org")
    return codes_when_none(user_id)


def sign_in_by_passkey(
    *, credential: str, challenge: str, site: Site, address: str, only: UUID | None = None, by: str = ""
) -> UUID:
    """The user whose passkey answered the challenge; `only` that one when it is their second factor. Refusals:
    "throttled" by address; "invalid" whatever was wrong."""
    codes.throttle_address(address)
    user = _check(actor=SYSTEM, credential=credential, challenge=challenge, site=site, only=only, by=by)
    if user is None:
        raise Refusal("invalid", "This passkey opens nothing here.", mend="Use another way to sign in.")
    user_id, mail = user
    codes.proven(mail)
    forget("factor:try", str(user_id))
    return user_id


@action()
def _check(
    *, actor: Actor, credential: str, challenge: str, site: Site, only: UUID | None, by: str
) -> tuple[UUID, str] | None:
    given = _read(credential)
    row = (
        Factor.objects.select_for_update().filter(kind="passkey", credential=str(given.get("id", ""))).first()
        if challenge
        else None
    )
    user = User.objects.filter(id=row.user_id, is_active=True).first() if row else None
    if row is None or user is None or only not in (None, user.id):
        return None
    handle = given.get("response", {}).get("userHandle")
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
        belongs = base64url_to_bytes(str(handle)) == user.id.bytes if handle else True
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    if not belongs:
        return None
    row.sign_count, row.used_at = found.new_sign_count, act().now
    row.is_synced = found.credential_backed_up
    row.save(update_fields=["sign_count", "used_at", "is_synced"])
    welcome(actor=staff_actor(user), user_id=user.id, by=f"{by} and passkey" if by else "passkey")
    return user.id, user.mail or ""


def _read(credential: str) -> dict[str, Any]:
    try:
        found = json.loads(credential)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("response"), dict) else {}
