"""Further ways in: the second factor, passkeys, and the organization's own provider."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.identity import actions, queries
from onward.interfaces.console.entering import PENDING, address, enter, pending, proceed, public, safe_path, site
from onward.interfaces.console.signin import sign_in_page
from onward.kernel.refusals import Refusal

CHALLENGE, AT_PROVIDER = "passkey_challenge", "at_provider"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """One factor is proven; this asks for the other: an app's digits, a recovery code, or a passkey."""
    if PENDING not in request.session:
        return HttpResponseRedirect("/sign-in")
    user_id, by, back = pending(request)
    refusal = None
    if request.method == "POST":
        try:
            actions.prove_factor(
                user_id=user_id, code=request.POST.get("code", "")[:60], address=address(request), by=by
            )
            return enter(request, user_id, f"{by} and app", back)
        except Refusal as caught:
            refusal = caught
    kinds = queries.factor_kinds(user_id)
    shown = {
        "has_app": "totp" in kinds,
        "has_passkey": "passkey" in kinds,
        "refusal": refusal,
        "organization": queries.organization().name,
    }
    response = render(request, "console/second.html", shown, status=refusal.status if refusal else 200)
    if refusal and "retry_after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["retry_after"])
    return response


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to prove; the challenge stays in this browser's session."""
    try:
        options, challenge = actions.sign_in_options(site=site(request))
    except Refusal as refusal:
        return JsonResponse({"problem": str(refusal)}, status=refusal.status)
    request.session[CHALLENGE] = challenge
    return JsonResponse(json.loads(options))


@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by passkey: alone, or as the second factor of who has proven the first."""
    challenge = request.session.pop(CHALLENGE, "")
    only, by, back = pending(request) if PENDING in request.session else (None, "", "")
    back = back or safe_path(request.POST.get("next", ""))
    try:
        user_id = actions.sign_in_by_passkey(
            credential=request.POST.get("credential", "")[:20_000],
            challenge=challenge,
            site=site(request),
            address=address(request),
            only=only,
            by=by,
        )
    except Refusal as refusal:
        return sign_in_page(request, back=back, refusal=refusal)
    return enter(request, user_id, f"{by} and passkey" if by else "passkey", back)


@require_GET
def provider(request: HttpRequest) -> HttpResponse:
    """Off to the provider. A link, not a form: browsers hold a form to this site even where it is sent on."""
    try:
        begun = actions.begin_at_provider(redirect=public(request, "/sign-in/provider/back"))
    except Refusal as refusal:
        return sign_in_page(request, refusal=refusal)
    request.session[AT_PROVIDER] = {**begun.kept, "back": safe_path(request.GET.get("next", ""))}
    return HttpResponseRedirect(begun.url)


@require_GET
def provider_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, who says who this is."""
    kept = request.session.pop(AT_PROVIDER, {})
    back = safe_path(kept.get("back", ""))
    try:
        came = actions.come_back(
            kept=kept,
            given={key: request.GET.get(key, "") for key in ("state", "code", "error", "iss") if key in request.GET},
            redirect=public(request, "/sign-in/provider/back"),
            address=address(request),
        )
    except Refusal as refusal:
        return sign_in_page(request, back=back, refusal=refusal)
    if came.is_whole:
        return enter(request, came.user_id, "provider", back)
    return proceed(request, came.user_id, "provider", back)
