"""Read models, written by reactions only: `Portfolio` is recomputed from what journeys are, the rest folds facts.

And what people keep of their own: lists that they saved, and changes of many journeys at once."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from onward.foundation.postgres import new_id


class Portfolio(models.Model):
    """One row a journey, so that a list of journeys costs one row each. A trigger keeps `Tally` to it."""

    journey = models.OneToOneField("journeys.Journey", primary_key=True, on_delete=models.CASCADE, related_name="+")
    account_id = models.UUIDField()
    account_name = models.TextField()
    account_low = models.TextField()
    segment = models.TextField()
    arr = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.TextField(default="USD")
    owner_id = models.UUIDField(null=True)
    owner_name = models.TextField(default="")
    playbook = models.TextField()
    playbook_title = models.TextField()
    title = models.TextField()
    state = models.TextField()
    stage = models.TextField()
    stage_title = models.TextField()
    stage_number = models.SmallIntegerField()
    stage_count = models.SmallIntegerField()
    stage_due_at = models.DateTimeField(null=True)
    stage_due_on = models.DateField(null=True)
    cells = models.TextField()
    checks_met = models.SmallIntegerField()
    checks_total = models.SmallIntegerField()
    tasks_done = models.SmallIntegerField()
    tasks_total = models.SmallIntegerField()
    pace = models.TextField()
    pace_reason = models.TextField()
    pace_since = models.DateTimeField(null=True)
    waiting_on = models.TextField()
    waiting_what = models.TextField()
    waiting_since = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    next_due_on = models.DateField(null=True)
    next_due_what = models.TextField()
    first_value_due_at = models.DateTimeField(null=True)
    first_value_due_on = models.DateField(null=True)
    first_value_met_at = models.DateTimeField(null=True)
    completion_due_at = models.DateTimeField(null=True)
    completion_due_on = models.DateField(null=True)
    overdue_ours = models.SmallIntegerField()
    overdue_theirs = models.SmallIntegerField()
    signed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    urgency = models.SmallIntegerField()
    urgency_at = models.DateTimeField()
    is_demo = models.BooleanField()
    active_at = models.DateTimeField()
    questions = models.SmallIntegerField(db_default=0)
    labels = ArrayField(models.TextField(), default=list)
    words = SearchVectorField()

    class Meta:
        indexes = [
            models.Index("account_id", name="insights_of_account"),
            # The day of first value last: a walk skips those of other weeks, as all that is late comes first.
            models.Index("state", "urgency", "urgency_at", "journey", "first_value_due_at", name="insights_by_urgency"),
            models.Index("owner_id", "state", "urgency", "urgency_at", "journey", name="insights_by_owner"),
            models.Index("state", "pace", "urgency", "urgency_at", "journey", name="insights_by_pace"),
            # Conditions go with urgency (all of a segment may be late): a walk along urgency alone could be long.
            models.Index("state", "segment", "urgency", "urgency_at", "journey", name="insights_by_segment"),
            models.Index("state", "playbook", "urgency", "urgency_at", "journey", name="insights_by_playbook"),
            models.Index("state", "stage", "urgency", "urgency_at", "journey", name="insights_by_stage_key"),
            models.Index("state", "waiting_on", "urgency", "urgency_at", "journey", name="insights_by_waiting"),
            models.Index("state", "account_low", "journey", name="insights_by_account_name"),
            models.Index("state", "stage_number", "account_low", "journey", name="insights_by_stage"),
            models.Index("state", "owner_name", "account_low", "journey", name="insights_by_owner_name"),
            # The other sorts are by expressions: migration 0002 has their indexes, each begins with the state too.
            models.Index("state", "active_at", "journey", name="insights_by_activity"),
            models.Index("urgency", "urgency_at", "journey", name="insights_by_question", condition=Q(questions__gt=0)),
            GinIndex("words", name="insights_words"),
            GinIndex("labels", name="insights_labels"),
        ]


class Tally(models.Model):
    """How many journeys there are of each kind: the sum of `n`. Deltas are appended, so that no two streams wait for
    one counter, and folded now and then."""

    owner_id = models.UUIDField(null=True)
    dimension = models.TextField()
    value = models.TextField()
    label = models.TextField()
    rank = models.SmallIntegerField()
    n = models.IntegerField()


class Course(models.Model):
    """The history of one journey, folded from its facts."""

    journey = models.OneToOneField("journeys.Journey", primary_key=True, on_delete=models.CASCADE, related_name="+")
    account_id = models.UUIDField(db_index=True)
    playbook = models.TextField()
    signed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    pace_since = models.DateTimeField(null=True)


class Reached(models.Model):
    """When a milestone of a journey was met; corrected when late events show that it was earlier."""

    pk = models.CompositePrimaryKey("journey_id", "milestone")
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    milestone = models.TextField()
    title = models.TextField()
    first_value = models.BooleanField()
    met_at = models.DateTimeField()


class StageStay(models.Model):
    """A journey's time in one stage. A reopened stage goes on from when it was first entered."""

    pk = models.CompositePrimaryKey("journey_id", "stage")
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    stage = models.TextField()
    playbook = models.TextField()
    title = models.TextField()
    rank = models.SmallIntegerField()
    entered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    how = models.TextField(default="")


class SavedView(models.Model):
    """A list of journeys that somebody wants to find again: `query` is the address's words. Shared: for everybody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    owner = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    is_shared = models.BooleanField(default=False)
    query = models.TextField(default="", blank=True)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("position", "created_at", name="insights_views", condition=Q(removed_at=None))]


class Bulk(models.Model):
    """One change of many journeys, carried out row by row by the worker. `undoes`: the change that it takes back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    what = models.CharField(max_length=12)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="waiting")
    made_by = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    undoes = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("due_at", name="insights_bulk_due", condition=Q(state="waiting")),
            models.Index("made_by", models.F("created_at").desc(), name="insights_bulk_of"),
        ]
        constraints = [models.UniqueConstraint("undoes", name="bulk_undone_once")]


class BulkRow(models.Model):
    """One journey of such a change. `before` is what an undo puts back."""

    bulk = models.ForeignKey("insights.Bulk", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, default="waiting")
    said = models.TextField(default="", blank=True)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint("bulk", "journey", name="bulk_row_once")]
        indexes = [models.Index("bulk", "state", "number", name="insights_bulk_rows")]
