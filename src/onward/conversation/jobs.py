"""What runs later: the content of files that were removed over thirty days ago is dropped."""

from __future__ import annotations

from datetime import timedelta

from onward.conversation.actions import erase_removed
from onward.conversation.decisions import KEPT_DAYS
from onward.conversation.models import File
from onward.foundation import clock
from onward.kernel.actor import SYSTEM


def erase_due(limit: int = 20) -> bool:
    """One turn of the loop: True when there is more to do."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    due = File.objects.filter(removed_at__lt=before, erased_at=None).order_by("removed_at")
    ids = list(due.values_list("id", flat=True)[:limit])
    for file_id in ids:
        erase_removed(actor=SYSTEM, file_id=file_id)
    return len(ids) == limit
