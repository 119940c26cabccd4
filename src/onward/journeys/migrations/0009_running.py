"""What the rest of the language needs to run: stages entered anew, steps left out, blocks, journeys that wait for a yes."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

ENDED = Q(state__in=["asked", "open", "paused"], ended_at=None) | Q(ended_at__isnull=False)
STATES = [
    ("asked", "Waits for a yes"),
    ("open", "Open"),
    ("paused", "Paused"),
    ("completed", "Completed"),
    ("cancelled", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [("journeys", "0008_expected")]

    operations = [
        migrations.AddField("stagerun", "cycle", models.SmallIntegerField(default=1, db_default=1)),
        migrations.AddField("stagerun", "past", models.JSONField(default=list, db_default=[])),
        migrations.AddField("stagerun", "is_spent", models.BooleanField(default=False, db_default=False)),
        migrations.AddField(
            "taskrun",
            "left_out",
            django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, db_default=[]),
        ),
        migrations.AddField("taskrun", "blocked_at", models.DateTimeField(null=True)),
        migrations.AddField("taskrun", "blocked_why", models.TextField(default="", db_default="")),
        migrations.AddField(
            "taskrun",
            "escalated",
            django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, db_default=[]),
        ),
        migrations.AlterField("journey", "state", models.TextField(choices=STATES, default="open")),
        migrations.RemoveConstraint("journey", "journey_ended"),
        migrations.AddConstraint("journey", models.CheckConstraint(name="journey_ended", condition=ENDED)),
    ]
