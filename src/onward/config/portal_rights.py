"""What the portal's database role may read: each table, and which of its rows. A new table needs a decision here.

The application's own filters come first and say the same; these hold when one of them is forgotten. An account decides
everywhere; beneath it what is ours alone (internal work, notes, comments) stays out of sight as well.
"""

from __future__ import annotations

from onward.foundation.postgres.door import SETTING
from onward.foundation.postgres.rights import Seen
from onward.interfaces.portal.news import ABOUT_ALL, ABOUT_TASKS, SAID
from onward.journeys.decisions.state import JourneyRow
from onward.journeys.queries.loading import COLUMNS
from onward.journeys.queries.success import FACTS

# The sub-select is evaluated once a query, and the index on account_id is used.
ACCOUNT = f"(select nullif(current_setting('{SETTING}', true), '')::uuid)"
OWN = f"account_id = {ACCOUNT}"
# In the shared channel, and not on a task that the contact does not see.
TOLD = f"{OWN} and channel = 'shared' and (task is null or task in (select id from journeys_taskrun))"
ADMITTED = f"{ACCOUNT} is not null"
NAMES = ", ".join(f"'{name}'" for name in sorted(ABOUT_ALL | ABOUT_TASKS | SAID | FACTS))

GRANTED: dict[str, Seen] = {
    "accounts_account": Seen(f"id = {ACCOUNT}"),
    "accounts_contact": Seen(OWN),
    # Forms are filled from the deal of the journey.
    "accounts_deal": Seen(f"{OWN} and id in (select deal_id from journeys_journey)"),
    "conversation_comment": Seen(TOLD),
    "conversation_commentversion": Seen(f"{OWN} and comment_id in (select id from conversation_comment)"),
    "conversation_file": Seen(TOLD),
    "conversation_filecontent": Seen(f"{OWN} and file_id in (select id from conversation_file)"),
    "engagement_visit": Seen(OWN),
    # Who the vendor's people are and how to write to them; nothing of how they sign in.
    "identity_organization": Seen(ADMITTED),
    "identity_user": Seen(ADMITTED, ("id", "name", "mail", "is_demo", "booking_url", "photo")),
    "identity_photo": Seen(ADMITTED),
    "journeys_checkinrun": Seen(f"{OWN} and not internal"),
    # What colleagues enter by hand: read with a journey's other parts, and shown to no contact.
    "journeys_evidence": Seen("false"),
    # One that waits for a yes of ours is not told yet; of answers only those that are theirs to read.
    "journeys_journey": Seen(
        f"{OWN} and state <> 'asked'",
        (*(name for name in COLUMNS[JourneyRow] if name != "answers"), "told"),
    ),
    "journeys_logentry": Seen(OWN),
    "journeys_milestonerun": Seen(OWN),
    "journeys_objective": Seen(OWN),
    "journeys_planversion": Seen(OWN),
    "journeys_stagerun": Seen(OWN),
    "journeys_taskrun": Seen(f"{OWN} and shared"),
    "ledger_fact": Seen(
        f"journey in (select id from journeys_journey) and name in ({NAMES})"
        " and coalesce(data ->> 'channel', 'shared') = 'shared'"
        " and (data ->> 'task_id' is null or data ->> 'task_id' in (select id::text from journeys_taskrun))"
    ),
    "playbooks_version": Seen("id in (select version_id from journeys_journey)"),
}

KEPT = frozenset(
    {
        "accounts_durationtable",
        "accounts_embeduse",
        "accounts_guest",
        "accounts_importproblem",
        "accounts_importrun",
        "accounts_portalrules",
        "accounts_product",
        "accounts_segmentrule",
        "accounts_workspace",
        "api_replay",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "conversation_mention",
        "django_content_type",
        "django_migrations",
        "django_session",
        "engagement_invite",
        "engagement_message",
        "engagement_pageview",
        "identity_apikey",
        "identity_contactsession",
        "identity_externalidentity",
        "identity_factor",
        "identity_link",
        "identity_logo",
        "identity_provider",
        "identity_recoverycode",
        "identity_role",
        "identity_session",
        "identity_signincode",
        "insights_bulk",
        "insights_bulkrow",
        "insights_course",
        "insights_portfolio",
        "insights_reached",
        "insights_savedview",
        "insights_stagestay",
        "insights_tally",
        "journeys_hours",
        "journeys_waitingdeal",
        "ledger_stream",
        "ledger_stuck",
        "playbooks_draft",
        "playbooks_playbook",
        "throttle",
        "usage_account",
        "usage_account_person",
        "usage_daily",
        "usage_dirty",
        "usage_event",
        "usage_identity",
        "usage_joined",
        "usage_key",
        "usage_membership",
        "usage_partition",
        "usage_person",
        "usage_sighting",
        "usage_source",
        "usage_source_count",
        "usage_watch",
        "usage_writekey",
    }
)
