"""Published playbook versions: immutable, addressed by their content."""

from __future__ import annotations

from django.db import models

from onward.foundation.postgres import new_id


class Version(models.Model):
    """One published version. `resolved` is the playbook as JSON (`definition.to_json`), `text` what its author wrote.

    `number` counts the versions of a playbook from 1; the one with the highest number that is not retired is current.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    playbook = models.TextField()
    number = models.IntegerField()
    address = models.CharField(max_length=64)
    title = models.TextField()
    text = models.TextField()
    resolved = models.TextField()
    choose_rank = models.IntegerField(default=0)
    problems = models.JSONField(default=list)
    published_by = models.TextField()
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("playbook", "number", name="playbook_version_number"),
            models.UniqueConstraint("playbook", "address", name="playbook_version_address"),
        ]
