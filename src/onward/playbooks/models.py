"""What playbooks stores: published versions, which never change, and which of them is current."""

from __future__ import annotations

from django.db import models

from onward.foundation.postgres import new_id

#: What stands before the name of a version that is the plan of a journey, and was never published.
PLANS = "plan:"


class Version(models.Model):
    """`playbook` is the id in the file; `address` the hash of its meaning, `resolved` that meaning as JSON; `text`,
    `modules` and `texts` are what the author wrote. A trigger refuses every UPDATE."""

    id = models.UUIDField(primary_key=True, default=new_id)
    playbook = models.TextField()
    number = models.IntegerField()
    address = models.CharField(max_length=64)
    title = models.TextField()
    file = models.TextField(default="playbook.yaml")
    text = models.TextField()
    modules = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    resolved = models.TextField()
    choose_rank = models.IntegerField(default=0)
    problems = models.JSONField(default=list)
    published_by = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("playbook", "number", name="playbook_version_number"),
            models.UniqueConstraint("playbook", "address", name="playbook_version_address"),
        ]


class Playbook(models.Model):
    """`key` is the id in the file; `current` the version that new journeys start from."""

    key = models.TextField(primary_key=True)
    current = models.ForeignKey("playbooks.Version", on_delete=models.PROTECT, related_name="+")


class Draft(models.Model):
    """A playbook being written, one a key. `base`: the version it began from; `edition` counts its saves; `before` is
    its text one save ago; `modules` and `texts` lie beside it as they were when it began. `remarks` are what its
    reviewers say, oldest first: {by, at, kind (asked, said, agreed), text, edition}."""

    key = models.TextField(primary_key=True)
    base = models.ForeignKey("playbooks.Version", null=True, on_delete=models.PROTECT, related_name="+")
    file = models.TextField(default="playbook.yaml")
    text = models.TextField()
    before = models.TextField(default="")
    modules = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    edition = models.IntegerField(default=1)
    remarks = models.JSONField(default=list)
    begun_by = models.TextField()
    begun_at = models.DateTimeField()
    saved_by = models.TextField()
    saved_at = models.DateTimeField()
