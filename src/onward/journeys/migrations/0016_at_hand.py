"""Steps are found by their title, and talks by their day, without reading all of them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("journeys", "0015_next_cycle")]

    operations = [
        migrations.AddIndex(
            "taskrun",
            models.Index(
                "title", "due_on", "id", name="journeys_task_title", condition=Q(state__in=["open", "waiting"])
            ),
        ),
        migrations.AddIndex(
            "checkinrun",
            models.Index("due_on", "id", name="journeys_check_in_due", condition=Q(held_at=None)),
        ),
    ]
