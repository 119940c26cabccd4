"""Addresses about customers' portals, for colleagues."""

from django.urls import path

from onward.interfaces.console.portal import pages

urlpatterns = [
    path("accounts/<str:account>/portal", pages.access, name="account_portal"),
    path("accounts/<str:account>/portal/link", pages.link, name="account_portal_link"),
    path("settings/portal", pages.rules, name="portal_rules"),
    path("settings/portal/secret", pages.embed_secret, name="portal_embed_secret"),
    path("journeys/<str:ref>/portal", pages.use, name="journey_portal"),
]
