"""URLs of this door: resources by name, and what is done to them as resources of their own."""

from django.urls import URLPattern, URLResolver, path

from onward.interfaces.console import (
    accounts,
    branding,
    contacts,
    further_ways,
    imports,
    insights,
    mail_samples,
    outbox,
    own,
    playbooks,
    rights,
    settings,
    sign_in_settings,
    signin,
    simulation,
    sources,
    stuck,
    styleguide,
    targets,
    team,
    workload,
)
from onward.interfaces.console.conversation_urls import urlpatterns as _CONVERSATION
from onward.interfaces.console.journey_urls import urlpatterns as _JOURNEYS
from onward.interfaces.console.portal.urls import urlpatterns as _PORTAL
from onward.interfaces.console.studio_urls import urlpatterns as _STUDIO
from onward.interfaces.console.versions import followers, history
from onward.interfaces.console.work_urls import urlpatterns as _WORK

_SIGN_IN = [
    path("sign-in", signin.sign_in, name="sign_in"),
    path("sign-out", signin.sign_out, name="sign_out"),
    path("sign-in/second", further_ways.second, name="second_factor"),
    path("sign-in/passkey", further_ways.passkey, name="passkey_sign_in"),
    path("sign-in/passkey/options", further_ways.passkey_options, name="passkey_sign_in_options"),
    path("sign-in/provider", further_ways.provider, name="provider_sign_in"),
    path("sign-in/provider/back", further_ways.provider_back, name="provider_back"),
    path("welcome/<str:secret>", signin.welcome, name="welcome"),
    path("invite/<str:secret>", signin.invite, name="invite"),
]
_TEAM = [
    path("me", own.me, name="me"),
    path("me/password/removal", own.password_removal, name="password_removal"),
    path("me/photo", own.photo, name="own_photo"),
    path("me/app", own.app, name="app"),
    path("me/app/code.svg", own.app_code, name="app_code"),
    path("me/passkeys", own.passkeys, name="passkeys"),
    path("me/passkeys/options", own.passkey_options, name="passkey_options"),
    path("me/factors/<str:factor>/removal", own.factor_removal, name="factor_removal"),
    path("me/recovery-codes", own.recovery_codes, name="recovery_codes"),
    path("me/sessions/revocation", own.sessions_revocation, name="own_sessions_revocation"),
    path("me/sessions/<str:session>/revocation", own.session_revocation, name="own_session_revocation"),
    path("team", team.team, name="team"),
    path("team/invites", team.invites, name="team_invites"),
    path("team/<str:user>", team.person, name="person"),
    path("team/<str:user>/sessions/revocation", team.person_sessions, name="person_sessions"),
    path("team/<str:user>/sessions/<str:session>/revocation", team.person_session, name="person_session"),
    path("team/<str:user>/factors/<str:factor>/removal", team.person_factor, name="person_factor"),
    path("team/<str:user>/role", team.role, name="team_role"),
    path("team/<str:user>/photo/removal", team.photo_removal, name="photo_removal"),
    path("people/<str:user>/photo", team.photo, name="photo"),
    path("team/<str:user>/revocation", team.revocation, name="team_revocation"),
    path("team/<str:user>/restoration", team.restoration, name="team_restoration"),
    path("settings/organization", settings.organization, name="organization"),
    path("settings/organization/logo", branding.logo, name="organization_logo"),
    path("settings/organization/preview", branding.preview, name="accent_preview"),
    path("settings/organization/preview.css", branding.preview_sheet, name="accent_preview_sheet"),
    path("settings/segments", settings.segments, name="segments"),
    path("settings/targets", targets.page, name="duration_targets"),
    path("settings/roles", rights.roles, name="roles"),
    path("settings/roles/<str:key>", rights.role, name="role"),
    path("settings/roles/<str:key>/removal", rights.role_removal, name="role_removal"),
    path("settings/sign-in", sign_in_settings.page, name="sign_in_settings"),
    path("settings/sign-in/factors", sign_in_settings.factors, name="sign_in_factors"),
    path("settings/sign-in/provider", sign_in_settings.provider, name="sign_in_provider"),
    path("settings/sign-in/sessions/revocation", sign_in_settings.everybody, name="everybodys_sessions"),
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
    path("contacts/<str:contact>", contacts.contact, name="contact"),
    path("contacts/<str:contact>/invites", contacts.contact_invites, name="contact_invites"),
    path("contacts/<str:contact>/revocation", contacts.contact_revocation, name="contact_revocation"),
    path("contacts/<str:contact>/sessions/revocation", contacts.contact_sessions, name="contact_sessions"),
    path("contacts/<str:contact>/sessions/<str:session>/revocation", contacts.contact_session, name="contact_session"),
    path("contacts/<str:contact>/restoration", contacts.contact_restoration, name="contact_restoration"),
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
    path("playbooks/<str:key>/simulation", simulation.simulation, name="simulation"),
    path("playbooks/<str:key>/versions", history.page, name="playbook_versions"),
    path("playbooks/<str:key>/journeys", followers.page, name="playbook_journeys"),
    path("playbooks/<str:key>/versions/<int:number>", playbooks.playbook_version, name="playbook_version"),
]
_INSIGHTS = [
    path("insights", insights.page, name="insights"),
    path("insights/records", insights.behind, name="insight_records"),
    path("insights/workload", workload.page, name="workload"),
]
_HOME = [
    path("stuck", stuck.page, name="stuck"),
    path("stuck/retries", stuck.retry, name="stuck_retries"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    path("styleguide/mails", mail_samples.gallery, name="mails"),
    path("styleguide/mails/letter", mail_samples.drawn, name="mail_drawn"),
    path("styleguide/mails/letter.css", mail_samples.sheet, name="mail_sheet"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *_SIGN_IN,
    *_TEAM,
    *_ACCOUNTS,
    *_IMPORTS,
    *_OUTBOX,
    *_SOURCES,
    *_STUDIO,
    *_PLAYBOOKS,
    *_JOURNEYS,
    *_PORTAL,
    *_CONVERSATION,
    *_INSIGHTS,
    *_HOME,
    *_WORK,
]
