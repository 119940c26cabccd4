"""One's own page: name, password, passkeys, an authenticator app, recovery codes, and the browsers one is in."""

from __future__ import annotations

import io
import json

import segno
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.identity import actions, queries
from onward.identity.actions.preferences import offer_times
from onward.identity.decisions.pictures import PHOTO
from onward.interfaces.console.calendars import given_lines
from onward.interfaces.console.entering import MUST_ADD, freshly, own_session, site
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.devices import device_words
from onward.interfaces.ui.words import plural
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid

CHALLENGE, NEW_APP = "new_passkey_challenge", "new_app"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Everything of one's own; the name is changed here."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            if "password" in request.POST:
                return _password(request)
            if "booking_url" in request.POST:
                offer_times(actor=actor, url=request.POST["booking_url"])
                say(request, "Saved. Customers find it beside your name.")
                return HttpResponseRedirect("/me")
            if "days_off" in request.POST:
                actions.take_days_off(actor=actor, user_id=parse_id("usr", actor.id), days=request.POST["days_off"])
                say(request, "Saved. What is due on these days moves to your next working day.")
                return HttpResponseRedirect("/me")
            actions.change_user(actor=actor, user_id=parse_id("usr", actor.id), name=request.POST.get("name", ""))
            say(request, "Your name is changed.")
            return HttpResponseRedirect("/me")
        except Refusal as caught:
            refusal = caught
    return _page(request, refusal=refusal)


@freshly
def _password(request: HttpRequest) -> HttpResponse:
    actor = staff(request)
    user_id = parse_id("usr", actor.id)
    actions.set_password(
        actor=actor,
        user_id=user_id,
        password=request.POST["password"][:400],
        current=request.POST.get("current", "")[:400],
        keep=own_session(request),
    )
    _stay(request)
    say(request, "Your password is set. Your other sessions have ended.")
    return HttpResponseRedirect("/me")


@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    """One's face instead of initials, or the initials again."""
    actor = staff(request)
    user_id = parse_id("usr", actor.id)
    if request.POST.get("remove"):
        actions.change_photo(actor=actor, user_id=user_id, content=b"")
        say(request, "Your initials stand again.")
        return HttpResponseRedirect("/me")
    try:
        given = request.FILES.get("photo")
        if given is None:
            raise invalid("No picture was chosen.", mend="Choose a PNG or JPEG file.", field="photo")
        actions.change_photo(actor=actor, user_id=user_id, content=given.read(PHOTO.largest + 1))
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    say(request, "Customers and colleagues see your face from now on.")
    return HttpResponseRedirect("/me")


@require_POST
@freshly
def password_removal(request: HttpRequest) -> HttpResponse:
    """Do without a password; who has forgotten theirs begins here."""
    actor = staff(request)
    actions.remove_password(actor=actor, user_id=parse_id("usr", actor.id), keep=own_session(request))
    _stay(request)
    say(request, "You have no password any more.")
    return HttpResponseRedirect("/me")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@freshly
def app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: draw the code, then prove that the app shows the digits."""
    actor = staff(request)
    refusal = None
    secret = request.session.get(NEW_APP, "")
    if request.method == "POST":
        try:
            if not secret:
                raise invalid("This page was open for too long.", mend="Scan the new code.")
            codes = actions.add_app(
                actor=actor,
                user_id=parse_id("usr", actor.id),
                secret=secret,
                code=request.POST.get("code", "")[:20],
                name=request.POST.get("name", ""),
            )
            request.session.pop(NEW_APP)
            return _added(request, codes, "The app is asked for whenever you sign in with a code or password.")
        except Refusal as caught:
            refusal = caught
    if not secret:
        request.session[NEW_APP] = secret = actions.new_app_secret()
    shown = {"secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), "refusal": refusal}
    return render(request, "console/app.html", shown, status=refusal.status if refusal else 200)


@require_GET
def app_code(request: HttpRequest) -> HttpResponse:
    """The drawn code of the app that is being set up: an image of its own, shown to this browser only."""
    actor = staff(request)
    secret = request.session.get(NEW_APP, "")
    if not secret:
        return HttpResponse(status=404)
    person = queries.user(actor, parse_id("usr", actor.id))
    where = actions.app_address(
        secret=secret, mail=person.mail or person.name, organization=queries.organization().name
    )
    out = io.BytesIO()
    segno.make(where, error="m").save(out, kind="svg", scale=6, border=4, light="#fff", svgclass=None, lineclass=None)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@require_POST
@freshly
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to make; the challenge stays in this session."""
    actor = staff(request)
    try:
        found, challenge = actions.registration_options(
            actor=actor, user_id=parse_id("usr", actor.id), site=site(request)
        )
    except Refusal as refusal:
        return JsonResponse({"problem": str(refusal)}, status=refusal.status)
    request.session[CHALLENGE] = challenge
    return JsonResponse(json.loads(found))


@require_POST
@freshly
def passkeys(request: HttpRequest) -> HttpResponse:
    """Take in the passkey that the browser has made."""
    actor = staff(request)
    try:
        codes = actions.add_passkey(
            actor=actor,
            user_id=parse_id("usr", actor.id),
            credential=request.POST.get("credential", "")[:20_000],
            challenge=request.session.pop(CHALLENGE, ""),
            site=site(request),
            name=request.POST.get("name", "") or device_words(request.headers.get("User-Agent", "")),
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    return _added(request, codes, "Your passkey is here: it signs you in at once.")


@require_POST
@freshly
def factor_removal(request: HttpRequest, factor: str) -> HttpResponse:
    """Take away a passkey or the app."""
    actor = staff(request)
    actions.remove_factor(actor=actor, user_id=parse_id("usr", actor.id), factor_id=parse_id("fct", factor))
    say(request, "It opens nothing any more.")
    return HttpResponseRedirect("/me")


@require_POST
@freshly
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten fresh recovery codes, shown this once."""
    actor = staff(request)
    try:
        codes = actions.make_recovery_codes(actor=actor, user_id=parse_id("usr", actor.id))
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    return render(request, "console/recovery_codes.html", {"codes": codes, "words": ""})


@require_POST
def session_revocation(request: HttpRequest, session: str) -> HttpResponse:
    """Sign one of one's browsers out."""
    actor = staff(request)
    actions.end_session(actor=actor, user_id=parse_id("usr", actor.id), session_id=parse_id("ses", session))
    say(request, "That browser is signed out.")
    return HttpResponseRedirect("/me")


@require_POST
def sessions_revocation(request: HttpRequest) -> HttpResponse:
    """Sign all of one's browsers out but this one."""
    actor = staff(request)
    count = actions.end_sessions(actor=actor, user_id=parse_id("usr", actor.id), keep=own_session(request))
    say(request, f"Signed out of {plural(count, 'other browser')}.")
    return HttpResponseRedirect("/me")


def _added(request: HttpRequest, codes: list[str], words: str) -> HttpResponse:
    request.session.pop(MUST_ADD, None)
    if codes:
        return render(request, "console/recovery_codes.html", {"codes": codes, "words": words})
    say(request, words)
    return HttpResponseRedirect("/me")


def _stay(request: HttpRequest) -> None:
    """A changed password ends sessions by their hash; this one goes on, under a fresh key."""
    fresh = queries.signed_in_user(parse_id("usr", staff(request).id))
    if fresh is not None:
        update_session_auth_hash(request, fresh)


def _page(request: HttpRequest, *, refusal: Refusal | None) -> HttpResponse:
    actor = staff(request)
    user_id = parse_id("usr", actor.id)
    factors = queries.factors(actor, user_id)
    role = next((role for role in queries.roles() if role.key == actor.role), None)
    shown = {
        "person": (person := queries.user(actor, user_id)),
        "days_off": given_lines(request, person.days_off, "days_off"),
        "booking_url": request.POST.get("booking_url") or queries.user_addresses([user_id])[user_id].booking_url,
        "role": role.title if role else actor.role,
        "apps": [one for one in factors if one.kind == "totp"],
        "passkeys": [one for one in factors if one.kind == "passkey"],
        "codes_left": queries.recovery_codes_left(user_id),
        "issuers": queries.identities(user_id),
        "sessions": [(one, device_words(one.device)) for one in queries.sessions(actor, user_id)],
        "own": own_session(request),
        "must_add": bool(request.session.get(MUST_ADD)),
        "device": device_words(request.headers.get("User-Agent", "")),
        "refusal": refusal,
    }
    return render(request, "console/me.html", shown, status=refusal.status if refusal else 200)
