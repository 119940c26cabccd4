"""What usage stores.

Three layers: what was sent (Event, Key), what of it commutes and is counted at intake by person and identity *as sent*
(Daily, Identity, Membership), and what the deriver makes of those (Person, AccountPerson, AccountEvent). Only the
deriver writes the third, so late identities and groups move history exactly. No foreign keys on the hot tables: each
would cost a look-up an event, and the statement that writes them writes all of them. Those that Django does not manage
are made by migration 0002, which says more than a model can: partitions, fill factors, and no index for LIKE.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from onward.foundation.postgres import new_id


class Source(models.Model):
    """Where events come from. A browser's key is public: what it sends is evidence only where that is allowed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[("server", "Server"), ("browser", "Browser")], default="server")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="usage_source_name")]


class WriteKey(models.Model):
    """A source's secret, as a digest. It is good until `ends_at` (for ever without)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey("usage.Source", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)


class SourceCount(models.Model):
    """How many messages of a source: `what` is received, stored, duplicate, type:T or refused:REASON."""

    pk = models.CompositePrimaryKey("source_id", "what")
    source_id = models.UUIDField()
    what = models.TextField()
    n = models.BigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "usage_source_count"


class Sighting(models.Model):
    """What a source's debugger shows: some recent messages, and refused ones with the reason. Bounded by source."""

    id = models.BigAutoField(primary_key=True)
    source_id = models.UUIDField()
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=9)
    reason = models.TextField(default="")
    type = models.CharField(max_length=8, default="")
    name = models.TextField(default="")
    who = models.TextField(default="")
    group_id = models.TextField(default="")
    message_id = models.TextField(default="")
    at = models.DateTimeField(null=True)
    excerpt = models.TextField(default="")

    class Meta:
        indexes = [models.Index("source_id", "outcome", "id", name="usage_sighting_recent")]


class Partition(models.Model):
    """A partition of Event or Key, and the half-open range of days that it holds."""

    name = models.TextField(primary_key=True)
    parent = models.TextField()
    low = models.DateField()
    high = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("parent", "low", name="usage_partition_range")]


class Key(models.Model):
    """A messageId that was stored: 128 bits of source and id, under its day as sent. Partitioned by day."""

    pk = models.CompositePrimaryKey("day", "key")
    day = models.DateField()
    key = models.UUIDField()

    class Meta:
        managed = False
        db_table = "usage_key"


class Event(models.Model):
    """A stored message, for ever as it came. Partitioned by the UTC day of `at`.

    `who` is "u:" or "a:" and the id as sent; `name` null for what is not use; `link` the other end of an edge (the
    anonymousId of identify, the groupId of group, the previousId of alias). Properties or traits are `props`.
    """

    pk = models.CompositePrimaryKey("at", "key")
    at = models.DateTimeField()
    key = models.UUIDField()
    day = models.DateField()
    source_id = models.UUIDField()
    server = models.BooleanField()
    type = models.TextField()
    who = models.TextField()
    grp = models.TextField()
    name = models.TextField(null=True)
    link = models.TextField()
    message_id = models.TextField()
    received_at = models.DateTimeField()
    props = models.JSONField()

    class Meta:
        managed = False
        db_table = "usage_event"


class Daily(models.Model):
    """Use by raw person (id and group as sent), event name, UTC day and kind of source."""

    pk = models.CompositePrimaryKey("who", "grp", "name", "day", "server")
    who = models.TextField()
    grp = models.TextField()
    name = models.TextField()
    day = models.DateField()
    server = models.BooleanField()
    n = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "usage_daily"


class Identity(models.Model):
    """`who` is another name of `person`: the earliest identify (or alias) decides, ties by key."""

    who = models.TextField(primary_key=True)
    person = models.TextField()
    at = models.DateTimeField()
    key = models.UUIDField()

    class Meta:
        managed = False
        db_table = "usage_identity"


class Membership(models.Model):
    """The group of `who`: the latest group call decides, ties by key."""

    who = models.TextField(primary_key=True)
    grp = models.TextField()
    at = models.DateTimeField()
    key = models.UUIDField()

    class Meta:
        managed = False
        db_table = "usage_membership"


class Dirty(models.Model):
    """One row a request, appended, claimed by deletion: what the deriver has to look at again, and what to count.

    A unique row a person with ON CONFLICT DO NOTHING was tried and loses marks.
    """

    id = models.BigAutoField(primary_key=True)
    source_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    touched = models.JSONField(null=True)
    moved = ArrayField(models.TextField(), null=True)
    groups = ArrayField(models.TextField(), null=True)
    counts = models.JSONField(null=True)
    sample = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "usage_dirty"


class Person(models.Model):
    """What (id as sent, group as sent) was last resolved to. `account_id` is null while the group is not known."""

    pk = models.CompositePrimaryKey("who", "grp")
    who = models.TextField()
    grp = models.TextField()
    person = models.TextField()
    group_id = models.TextField()
    account_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "usage_person"


class AccountPerson(models.Model):
    """What was counted for whom: exact distinct users, and what is subtracted when somebody turns out to be another."""

    pk = models.CompositePrimaryKey("account_id", "name", "person", "server")
    account_id = models.UUIDField()
    name = models.TextField()
    person = models.TextField()
    server = models.BooleanField()
    n = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "usage_account_person"


class AccountEvent(models.Model):
    """Totals of an account by event name, moved by the difference. A row that fell to 0 stays: it was told of."""

    pk = models.CompositePrimaryKey("account_id", "name")
    account_id = models.UUIDField()
    name = models.TextField()
    n = models.BigIntegerField()
    users = models.IntegerField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "usage_account"


class Watch(models.Model):
    """The event names whose change asks for a fresh look at an account; "*" is any."""

    account_id = models.UUIDField(primary_key=True)
    names = ArrayField(models.TextField())


class Joined(models.Model):
    """Who at which account has been told of as a person who joined; kept even when they are re-attributed."""

    pk = models.CompositePrimaryKey("account_id", "person")
    account_id = models.UUIDField()
    person = models.TextField()

    class Meta:
        db_table = "usage_joined"
