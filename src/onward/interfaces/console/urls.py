"""URLs of this door: resources by name, and what is done to them as resources of their own."""

from django.urls import URLPattern, URLResolver, path

from onward.interfaces.console import (
    accounts,
    imports,
    insights,
    outbox,
    playbooks,
    settings,
    signin,
    sources,
    stuck,
    styleguide,
    team,
)
from onward.interfaces.console.journey_urls import urlpatterns as _JOURNEYS
from onward.interfaces.console.work_urls import urlpatterns as _WORK

_SIGN_IN = [
    path("sign-in", signin.sign_in, name="sign_in"),
    path("sign-out", signin.sign_out, name="sign_out"),
    path("welcome/<str:secret>", signin.welcome, name="welcome"),
    path("invite/<str:secret>", signin.invite, name="invite"),
]
_TEAM = [
    path("me", team.me, name="me"),
    path("team", team.team, name="team"),
    path("team/invites", team.invites, name="team_invites"),
    path("team/<str:user>/role", team.role, name="team_role"),
    path("team/<str:user>/revocation", team.revocation, name="team_revocation"),
    path("team/<str:user>/restoration", team.restoration, name="team_restoration"),
    path("settings/organization", settings.organization, name="organization"),
    path("settings/segments", settings.segments, name="segments"),
    path("settings/keys", settings.keys, name="keys"),
    path("settings/keys/<str:key>/revocation", settings.key_revocation, name="key_revocation"),
]
_ACCOUNTS = [
    path("accounts", accounts.accounts, name="accounts"),
    path("accounts/new", accounts.new_account, name="new_account"),
    path("accounts/<str:account>", accounts.account, name="account"),
    path("accounts/<str:account>/edit", accounts.account_form, name="account_form"),
    path("accounts/<str:account>/contacts", accounts.account_contacts, name="account_contacts"),
    path("accounts/<str:account>/deals", accounts.account_deals, name="account_deals"),
    path("contacts/<str:contact>", accounts.contact, name="contact"),
    path("contacts/<str:contact>/invites", accounts.contact_invites, name="contact_invites"),
    path("contacts/<str:contact>/revocation", accounts.contact_revocation, name="contact_revocation"),
    path("contacts/<str:contact>/restoration", accounts.contact_restoration, name="contact_restoration"),
    path("deals/<str:deal>/signature", accounts.deal_signature, name="deal_signature"),
]
_OUTBOX = [
    path("outbox", outbox.outbox, name="outbox"),
    path("outbox/<str:message>", outbox.message, name="message"),
    path("outbox/<str:message>/delivery", outbox.delivery, name="message_delivery"),
]
_IMPORTS = [
    path("imports", imports.imports, name="imports"),
    path("imports/<str:run>", imports.import_page, name="import"),
    path("imports/<str:run>/mapping", imports.mapping, name="import_mapping"),
    path("imports/<str:run>/confirmation", imports.confirmation, name="import_confirmation"),
    path("imports/<str:run>/removal", imports.removal, name="import_removal"),
    path("imports/<str:run>/problems.csv", imports.problems, name="import_problems"),
]
_SOURCES = [
    path("sources", sources.sources, name="sources"),
    path("sources/<str:source>", sources.source, name="source"),
    path("sources/<str:source>/keys", sources.source_keys, name="source_keys"),
    path("sources/<str:source>/revocation", sources.source_revocation, name="source_revocation"),
]
_PLAYBOOKS = [
    path("playbooks", playbooks.playbooks, name="playbooks"),
    path("playbooks/new", playbooks.publication, name="playbook_publication"),
    path("playbooks/<str:key>", playbooks.playbook, name="playbook"),
    path("playbooks/<str:key>/versions/<int:number>", playbooks.playbook_version, name="playbook_version"),
]
_INSIGHTS = [
    path("insights", insights.page, name="insights"),
    path("insights/records", insights.behind, name="insight_records"),
]
_HOME = [
    path("stuck", stuck.page, name="stuck"),
    path("stuck/retries", stuck.retry, name="stuck_retries"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *_SIGN_IN,
    *_TEAM,
    *_ACCOUNTS,
    *_IMPORTS,
    *_OUTBOX,
    *_SOURCES,
    *_PLAYBOOKS,
    *_JOURNEYS,
    *_INSIGHTS,
    *_HOME,
    *_WORK,
]
