"""What the API remembers for its callers: the first answer to each Idempotency-Key."""

from __future__ import annotations

from django.db import models


class Replay(models.Model):
    """The request that an API key made under an Idempotency-Key; `status` is null while it is under way."""

    pk = models.CompositePrimaryKey("asker", "key")
    asker = models.TextField()
    key = models.TextField()
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    begun_at = models.DateTimeField()

    class Meta:
        db_table = "api_replay"
        indexes = [models.Index("begun_at", name="api_replay_begun")]
