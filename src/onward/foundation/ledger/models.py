"""Streams (lock, sequence and cursor in one row), facts, and what waits for a mend."""

from __future__ import annotations

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Q


class Stream(models.Model):
    """One account, or "org". `due_at` is set while there is something to drain."""

    id = models.TextField(primary_key=True)
    head = models.IntegerField(default=0, db_default=0)
    drained = models.IntegerField(default=0, db_default=0)
    touched = models.BooleanField(default=False, db_default=False)
    due_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "ledger_stream"
        indexes = [models.Index("due_at", name="ledger_due", condition=Q(due_at__isnull=False))]
        constraints = [models.CheckConstraint(name="ledger_cursor", condition=Q(drained__lte=F("head")))]


class Fact(models.Model):
    """What happened; never edited. Within a stream `seq` is commit order."""

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.TextField()
    seq = models.IntegerField()
    journey = models.UUIDField(null=True)
    name = models.TextField()
    version = models.SmallIntegerField()
    depth = models.SmallIntegerField()
    cause_seq = models.IntegerField(null=True)
    actor = models.TextField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=TransactionNow())
    data = models.JSONField()

    class Meta:
        db_table = "ledger_fact"
        indexes = [
            models.Index("journey", "seq", name="ledger_fact_journey", condition=Q(journey__isnull=False)),
            models.Index("name", "recorded_at", name="ledger_fact_name"),
        ]


class Stuck(models.Model):
    """A subscriber raised: this journey's facts wait for it, in order, from `from_seq` on ("" = no journey)."""

    pk = models.CompositePrimaryKey("subscriber", "stream", "journey")
    subscriber = models.TextField()
    stream = models.TextField()
    journey = models.TextField(default="")
    from_seq = models.IntegerField()
    tries = models.SmallIntegerField(default=1)
    next_at = models.DateTimeField()
    problem = models.TextField()

    class Meta:
        db_table = "ledger_stuck"
