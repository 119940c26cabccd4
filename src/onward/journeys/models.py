"""The running onboarding. State is rows with who and when; what a contact can see carries its account."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onward.foundation.postgres import new_id

STATES = [
    ("asked", "Waits for a yes"),
    ("open", "Open"),
    ("paused", "Paused"),
    ("completed", "Completed"),
    ("cancelled", "Cancelled"),
]


class Journey(models.Model):
    """One account's way through one pinned playbook version. `roles` maps a role to its person's reference. `template`:
    the published version that it follows, where `version` is this plan's own."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    deal = models.ForeignKey("accounts.Deal", null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.ForeignKey("playbooks.Version", on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey("playbooks.Version", null=True, on_delete=models.PROTECT, related_name="+")
    playbook = models.TextField()
    title = models.TextField()
    state = models.TextField(choices=STATES, default="open")
    #: The journey that this one follows on, as its next cycle.
    previous = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")
    signed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    paused_days = models.FloatField(default=0)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="")
    silent_before = models.DateTimeField(null=True)
    judged_on = models.DateTimeField(null=True)
    roles = models.JSONField(default=dict)
    groups = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    #: Of the answers, what the customers' door may read (migration 0012).
    told = models.GeneratedField(
        expression=models.Func("answers", function="journeys_told"),
        output_field=models.JSONField(),
        db_persist=True,
    )
    picks = models.JSONField(default=dict)
    checklist = models.JSONField(default=list)
    pace = models.TextField(default="on_track")
    pace_reason = models.TextField(default="")
    expected = models.JSONField(default=dict, db_default={})
    calendars = models.TextField(default="", db_default="")
    baseline = models.JSONField(default=dict, db_default={})
    active_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    edition = models.IntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index("account", name="journeys_journey_account"),
            models.Index("next_check_at", name="journeys_due", condition=Q(next_check_at__isnull=False)),
            models.Index("owner", "state", name="journeys_owner"),
        ]
        constraints = [
            models.UniqueConstraint("deal", "playbook", name="journey_one_a_deal", condition=Q(deal__isnull=False)),
            models.CheckConstraint(
                name="journey_ended",
                condition=Q(state__in=["asked", "open", "paused"], ended_at=None) | Q(ended_at__isnull=False),
            ),
        ]


class Part(models.Model):
    """What every part of a journey has."""

    id = models.UUIDField(primary_key=True, default=new_id)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class StageRun(Part):
    """`checks` are the live verdicts; at closing they are the proof and stay."""

    key = models.TextField()
    title = models.TextField()
    rank = models.SmallIntegerField()
    owner_role = models.TextField()
    entered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    how = models.TextField(default="")
    due_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_why = models.TextField(default="")
    promise = models.BooleanField(default=False)
    broken_at = models.DateTimeField(null=True)
    checks = models.JSONField(default=list)
    expects = models.JSONField(default=list)
    cycle = models.SmallIntegerField(default=1, db_default=1)
    past = models.JSONField(default=list, db_default=[])
    is_spent = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint("journey", "key", name="stage_once")]


class TaskRun(Part):
    """A task of ours or theirs. `reported` maps who has said done so far to when; `edition` is its ETag. `holder` is
    its person, else who fills its role: triggers keep it (migration 0003)."""

    key = models.TextField()
    cycle = models.SmallIntegerField(default=1)
    stage = models.TextField()
    rank = models.SmallIntegerField()
    title = models.TextField()
    kind = models.TextField()
    side = models.TextField()
    role = models.TextField()
    shared = models.BooleanField()
    required = models.BooleanField()
    person = models.TextField(default="")
    holder = models.TextField(default="", db_default="")
    state = models.TextField(default="waiting")
    waits_for = ArrayField(models.TextField(), default=list)
    starts_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_why = models.TextField(default="")
    due_by_hand = models.BooleanField(default=False)
    locked = models.BooleanField(default=False, db_default=False)
    due_follows = models.BooleanField(default=False, db_default=False)
    promise = models.BooleanField(default=False)
    broken_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(default="")
    how = models.TextField(default="")
    for_them = models.BooleanField(default=False)
    asked_by = models.TextField(default="", db_default="")
    note = models.TextField(default="")
    reported = models.JSONField(default=dict)
    steps = ArrayField(models.TextField(), default=list)
    held_at = models.DateTimeField(null=True)
    attended = ArrayField(models.TextField(), default=list)
    deferred_at = models.DateTimeField(null=True)
    edition = models.IntegerField(default=1)
    left_out = ArrayField(models.TextField(), default=list, db_default=[])
    blocked_at = models.DateTimeField(null=True)
    blocked_why = models.TextField(default="", db_default="")
    escalated = ArrayField(models.TextField(), default=list, db_default=[])

    class Meta:
        indexes = [
            models.Index("journey", "rank", name="journeys_task_journey"),
            models.Index("holder", "due_at", "id", name="journeys_task_holder", condition=Q(state="open", side="ours")),
            models.Index("due_at", "id", name="journeys_task_due", condition=Q(state="open", side="ours")),
            models.Index("journey", name="journeys_task_open", condition=Q(state="open")),
            models.Index(
                "due_at",
                "id",
                name="journeys_task_shared",
                condition=Q(state="open") & (Q(side="both") | ~Q(reported={})),
            ),
            models.Index(
                "title", "due_on", "id", name="journeys_task_title", condition=Q(state__in=["open", "waiting"])
            ),
        ]
        constraints = [
            models.UniqueConstraint("journey", "key", "cycle", name="task_once"),
            models.CheckConstraint(name="task_done", condition=~Q(state="done") | Q(done_at__isnull=False)),
        ]


class MilestoneRun(Part):
    """A dated result. `met_at` is event time: the earliest moment at which it was true."""

    key = models.TextField()
    title = models.TextField()
    rank = models.SmallIntegerField()
    owner_role = models.TextField()
    first_value = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_why = models.TextField(default="")
    promise = models.BooleanField(default=False)
    broken_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    how = models.TextField(default="")
    met_by = models.TextField(default="")
    verdict = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint("journey", "key", name="milestone_once")]


class CheckInRun(Part):
    """A talk that is planned by itself and, for now, recorded by hand."""

    key = models.TextField()
    cycle = models.SmallIntegerField(default=1)
    title = models.TextField()
    role = models.TextField()
    internal = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.TextField(default="")
    note = models.TextField(default="")
    answers = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index("due_on", "id", name="journeys_check_in_due", condition=Q(held_at=None))]
        constraints = [models.UniqueConstraint("journey", "key", "cycle", name="check_in_once")]


class Objective(Part):
    """What this customer wants, by when, and who on their side owns it."""

    outcome = models.TextField()
    due_on = models.DateField(null=True)
    owner_contact = models.ForeignKey("accounts.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    measure = models.TextField(default="")
    #: The figure of the playbook that measures it, else people enter the `reading`, in `unit` like `target`.
    metric = models.TextField(default="", db_default="")
    start = models.FloatField(null=True)
    target = models.FloatField(null=True)
    unit = models.TextField(default="", db_default="")
    reading = models.FloatField(null=True)
    read_at = models.DateTimeField(null=True)
    #: Who owns it on our side, and the keys of the tasks that serve it.
    owner_user = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")
    tasks = ArrayField(models.TextField(), default=list, db_default=[])
    written_by = models.TextField()
    written_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.TextField(default="")
    met_at = models.DateTimeField(null=True)
    met_by = models.TextField(default="")
    evidence = models.TextField(default="")
    edition = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index("journey", name="journeys_objective_journey")]


class PlanVersion(Part):
    """A success plan as one side proposed it. `body` and `answer` are the very bytes that `hash` and `answer_hash` are
    of: text, because JSON columns put their keys in an order of their own. Neither is ever written again."""

    number = models.SmallIntegerField()
    state = models.TextField(default="proposed")
    body = models.TextField()
    hash = models.TextField()
    side = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    answer = models.TextField(default="")
    answer_hash = models.TextField(default="")
    answered_by = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("journey", "number", name="plan_version_once"),
            models.UniqueConstraint("journey", name="plan_one_proposed", condition=Q(state="proposed")),
            models.CheckConstraint(
                name="plan_answered",
                condition=Q(state="proposed", answered_at=None)
                | Q(state__in=["agreed", "refused", "withdrawn"], answered_at__isnull=False),
            ),
        ]


class Evidence(Part):
    """A metric that is entered by hand: the newest counts, all are kept."""

    metric = models.TextField()
    value = models.JSONField()
    note = models.TextField()
    given_by = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["journey", "metric", "-given_at"], name="journeys_evidence_newest")]


class LogEntry(Part):
    """One line of a register: an early win, an expansion opportunity."""

    log = models.TextField()
    title = models.TextField()
    value = models.FloatField(null=True)
    unit = models.TextField(default="", db_default="")
    note = models.TextField(default="")
    written_by = models.TextField()
    written_at = models.DateTimeField()
    confirmed_by = models.TextField(default="")
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: Taken back: it counts nowhere, and may be brought back.
    withdrawn_at = models.DateTimeField(null=True)
    edition = models.IntegerField(default=0, db_default=0)

    class Meta:
        indexes = [models.Index("journey", "log", name="journeys_log")]


class Hours(Part):
    """Time that one of us spent on a task, in minutes, on a day. `person` is "user:usr_..."; `task_id` has no key: a
    task may go from a plan again, and what was spent on it stays."""

    task_id = models.UUIDField()
    person = models.TextField()
    minutes = models.IntegerField()
    worked_on = models.DateField()
    note = models.TextField(default="", blank=True)
    written_by = models.TextField()
    written_at = models.DateTimeField()
    #: Taken back: it counts nowhere.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("task_id", name="journeys_hours_task"),
            models.Index("account", "journey", name="journeys_hours_account"),
            models.Index("person", "worked_on", name="journeys_hours_person"),
        ]
        constraints = [
            models.CheckConstraint(name="hours_of_a_day", condition=Q(minutes__gte=1, minutes__lte=1440)),
        ]


class WaitingDeal(models.Model):
    """A won deal that waits, visibly, until a person chooses its playbook."""

    deal = models.OneToOneField("accounts.Deal", primary_key=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    why = models.TextField()
    since = models.DateTimeField()
    silent_before = models.DateTimeField(null=True)
    judged_on = models.DateTimeField(null=True)
