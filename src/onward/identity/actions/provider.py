"""Sign-in at the organization's own provider (OpenID Connect): authorization code with PKCE, state and nonce."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from onward.foundation import clock
from onward.foundation.actions import act, action, record
from onward.foundation.fetching import Unreachable, get_json, post_form
from onward.foundation.sealing import Unreadable, seal, unseal
from onward.foundation.secrets import same, token
from onward.identity import facts
from onward.identity.actions import codes
from onward.identity.actions.people import add_user, change_role, check_role
from onward.identity.actions.signing_in import proven_once, welcome
from onward.identity.decisions import (
    Provided,
    check_claims,
    clean_domains,
    clean_issuer,
    clean_name,
    has_two_factors,
    require,
    role_from,
)
from onward.identity.models import ExternalIdentity, Provider, User
from onward.identity.queries import staff_actor
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid

log = structlog.get_logger()
_PURPOSE = "provider"
# Signatures by a key pair only: with a shared secret, or none, anybody who knows the client could make a token.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what this side keeps until it comes back."""

    url: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back; `is_whole` when the provider vouches for two factors."""

    user_id: UUID
    is_whole: bool


@action()
def change_provider(
    *,
    actor: Actor,
    title: str,
    issuer: str,
    client_id: str,
    domains: str,
    secret: str = "",
    role: str = "member",
    claim: str = "",
    role_map: dict[str, str] | None = None,
    trusts_factor: bool = False,
    is_on: bool = True,
) -> None:
    """Say at which provider people sign in. An empty `secret` keeps the one that is stored. Refusals "invalid"."""
    require(actor, "change", "organization")
    row = Provider.objects.select_for_update().first() or Provider()
    row.title, row.issuer = clean_name(title, longest=60), clean_issuer(issuer)
    row.client_id = client_id.strip()[:300]
    if not row.client_id:
        raise invalid(
            "A provider knows Onward by a client id.", mend="It stands on the provider's page.", field="client_id"
        )
    row.domains, row.claim, row.role_map = clean_domains(domains), claim.strip()[:80], dict(role_map or {})
    check_role(role)
    for given in row.role_map.values():
        check_role(given)
    if "admin" in {role, *row.role_map.values()} and not row.claim and role == "admin":
        raise invalid("New people cannot all be admins.", mend="Let a claim say who is one.", field="role")
    row.role, row.trusts_factor, row.is_on, row.changed_at = role, trusts_factor, is_on, act().now
    if secret:
        row.secret = seal(secret.strip(), _PURPOSE)
    row.save()
    changed = facts.ProviderChanged(
        row.issuer,
        row.client_id,
        row.domains,
        row.role,
        row.claim,
        row.role_map,
        row.trusts_factor,
        row.is_on,
        bool(secret),
    )
    record(changed, stream="org")


def begin_at_provider(*, redirect: str) -> Begun:
    """The provider's page for this browser. Refusals: "not_found" when none is on; "unavailable" with the reason."""
    row = _open_provider()
    found = _discovered(row.issuer)
    kept = {"state": token(192), "nonce": token(192), "verifier": token(256), "issuer": row.issuer}
    proof = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": row.client_id,
        "redirect_uri": redirect,
        "scope": "openid email profile",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": proof,
        "code_challenge_method": "S256",
    }
    where = _endpoint(found, "authorization_endpoint")
    return Begun(f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(asked)}", kept)


def come_back(*, kept: dict[str, str], given: dict[str, str], redirect: str, address: str) -> Came:
    """The user whom the provider names. Refusals, in words, for whatever does not fit."""
    codes.throttle_address(address)
    row = _open_provider()
    if not kept or not same(given.get("state", ""), kept["state"]) or kept["issuer"] != row.issuer:
        raise _began_elsewhere()
    if given.get("iss", row.issuer) != row.issuer:
        raise _began_elsewhere()
    if not given.get("code"):
        why = "".join(char for char in given.get("error", "") if char.isalnum() or char in " _-")[:60]
        raise Refusal("unauthorized", f"{row.title} did not let you in{f' ({why})' if why else ''}.", mend="Try again.")
    found = _discovered(row.issuer)
    claims = _claims(row, found, code=given["code"], verifier=kept["verifier"], redirect=redirect)
    person = check_claims(
        claims,
        issuer=row.issuer,
        client_id=row.client_id,
        nonce=kept["nonce"],
        domains=row.domains,
        now=clock.now(),
    )
    whole = row.trusts_factor or has_two_factors(claims)
    return Came(_let_in(actor=SYSTEM, person=person, is_whole=whole), whole)


@action()
def _let_in(*, actor: Actor, person: Provided, is_whole: bool) -> UUID:
    row = Provider.objects.get()
    known = ExternalIdentity.objects.filter(issuer=person.issuer, subject=person.subject).first()
    mapped = role_from(person.claims, row.claim, row.role_map)
    user = User.objects.filter(id=known.user_id).first() if known else _find_or_add(row, person, mapped)
    if user is None or not user.is_active:
        raise forbidden("You may not sign in here any more.", mend="Ask an admin.")
    if known:
        ExternalIdentity.objects.filter(id=known.id).update(used_at=act().now)
        if mapped and mapped != user.role:
            change_role(actor=SYSTEM, user_id=user.id, role=mapped)
            user.role = mapped
    else:
        ExternalIdentity.objects.create(
            user_id=user.id, issuer=person.issuer, subject=person.subject, created_at=act().now, used_at=act().now
        )
        record(facts.IdentityLinked(user.id, person.issuer), stream="org")
    if is_whole:
        welcome(actor=staff_actor(user), user_id=user.id, by="provider")
    else:
        proven_once(user, "provider")
    return user.id


def _find_or_add(row: Provider, person: Provided, mapped: str) -> User | None:
    user = User.objects.filter(mail=person.mail).first()
    if user is None:
        name = person.name or person.mail.partition("@")[0].replace(".", " ").title()
        user_id = add_user(actor=SYSTEM, name=name, role=mapped or row.role, mail=person.mail)
        return User.objects.get(id=user_id)
    if ExternalIdentity.objects.filter(user_id=user.id, issuer=person.issuer).exists():
        # The address was given to somebody else at the provider; the work here is not theirs.
        raise forbidden("This mail address belongs to somebody else here.", mend="Ask an admin.")
    if mapped and user.is_active and mapped != user.role:
        change_role(actor=SYSTEM, user_id=user.id, role=mapped)
        user.role = mapped
    return user


def _claims(row: Provider, found: dict[str, Any], *, code: str, verifier: str, redirect: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code[:2000],
        "redirect_uri": redirect,
        "client_id": row.client_id,
        "code_verifier": verifier,
    }
    login = None
    if row.secret:
        try:
            secret = unseal(row.secret, _PURPOSE)
        except Unreadable:
            raise conflict(
                "The provider's secret was stored under another secret of the installation.",
                mend="An admin enters it anew under Sign-in.",
            ) from None
        ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in ways:
            login = (quote(row.client_id, safe=""), quote(secret, safe=""))
        else:
            form["client_secret"] = secret
    try:
        answer = post_form(_endpoint(found, "token_endpoint"), form, login=login)
        keys = KeySet.import_key_set(get_json(_endpoint(found, "jwks_uri")))  # type: ignore[arg-type]
        return dict(jwt.decode(str(answer.get("id_token", "")), keys, algorithms=ALGORITHMS).claims)
    except Unreachable as error:
        raise _unavailable(error.problem) from error
    except (JoseError, ValueError, KeyError) as error:
        log.warning("provider.token_refused", problem=type(error).__name__)
        raise Refusal(
            "unauthorized", "The provider's answer is not signed as it should be.", mend="Begin to sign in anew."
        ) from error


def _open_provider() -> Provider:
    row = Provider.objects.filter(is_on=True).first()
    if row is None:
        raise Refusal("not_found", "Nobody signs in by a provider here.", mend="Use another way to sign in.")
    return row


def _discovered(issuer: str) -> dict[str, Any]:
    try:
        found = get_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    except Unreachable as error:
        raise _unavailable(error.problem) from error
    if found.get("issuer") != issuer:
        raise _unavailable("it says that it is somebody else")
    return found


def _endpoint(found: dict[str, Any], name: str) -> str:
    where = found.get(name)
    if not isinstance(where, str):
        raise _unavailable(f"it names no {name}")
    try:
        return clean_issuer(where.partition("?")[0]) and where
    except Refusal:
        raise _unavailable(f"its {name} is not https") from None


def _unavailable(why: str) -> Refusal:
    return Refusal(
        "unavailable", f"Your provider cannot be used now: {why}.", mend="Try again, or use another way to sign in."
    )


def _began_elsewhere() -> Refusal:
    return Refusal(
        "unauthorized",
        "This sign-in was not begun in this browser.",
        mend="Begin it here, and finish within half an hour.",
    )
