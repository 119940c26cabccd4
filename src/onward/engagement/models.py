"""The outbox: what is to leave the installation, written before it leaves and kept afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onward.foundation.postgres import new_id

KINDS = [("code", "Code"), ("mail", "Mail"), ("invite", "Invite"), ("packet", "Packet")]
STATES = [
    ("waiting", "Waiting"),
    ("sent", "Sent"),
    ("written", "Written"),
    ("failed", "Failed"),
    ("bounced", "Bounced"),
]


class Message(models.Model):
    """One message to one person. `secret` is the code of a code mail, held only until it is sent; `text` and `html`
    have it masked. `once` keeps a reaction that runs again from writing it twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.CASCADE, related_name="+")
    journey = models.UUIDField(null=True)
    task = models.UUIDField(null=True)
    kind = models.TextField(choices=KINDS)
    person = models.TextField(default="")
    to_name = models.TextField()
    to_mail = models.TextField(default="")
    from_name = models.TextField(default="")
    reply_to = models.TextField(default="")
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(default="")
    secret = models.TextField(default="")
    ics = models.TextField(default="")
    ics_method = models.TextField(default="")
    attachments = models.JSONField(default=list)
    message_id = models.TextField(unique=True)
    once = models.TextField(null=True, unique=True)
    state = models.TextField(choices=STATES, default="waiting")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    problem = models.TextField(default="")
    why = models.TextField(default="")
    silent = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    made_by = models.TextField()
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("due_at", name="engagement_message_due", condition=Q(state="waiting")),
            models.Index(fields=["account", "-created_at"], name="engagement_message_account"),
            models.Index(fields=["-created_at"], name="engagement_message_newest"),
            models.Index("task", name="engagement_message_task", condition=Q(task__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="message_secret_waits", condition=Q(secret="") | Q(state="waiting")),
            models.CheckConstraint(name="message_demo_stays", condition=Q(is_demo=False) | ~Q(state="sent")),
        ]


class Invite(models.Model):
    """A calendar invitation: its uid is for ever, `sequence` grows with every change that is sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    journey = models.UUIDField(null=True)
    task = models.UUIDField(unique=True)
    uid = models.TextField(unique=True)
    sequence = models.IntegerField(default=0)
    starts_at = models.DateTimeField()
    minutes = models.IntegerField()
    title = models.TextField()
    organizer = models.TextField()
    attendees = models.JSONField(default=list)
    cancelled_at = models.DateTimeField(null=True)


class Visit(models.Model):
    """When a contact was last in the portal, and when before that: what is new since then is shown."""

    contact = models.OneToOneField("accounts.Contact", primary_key=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)


class PageView(models.Model):
    """That a contact opened a page of the portal on a day: no more than what shows where people stop."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey("accounts.Contact", on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    journey = models.UUIDField()
    kind = models.TextField()
    task = models.UUIDField(null=True)
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "contact", "kind", "task", "day"], name="page_view_once_a_day", nulls_distinct=False
            )
        ]
