"""Time that people spent on tasks."""

import django.db.models.deletion
from django.db import migrations, models

from onward.foundation.postgres import new_id


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_calendars"), ("journeys", "0012_told")]

    operations = [
        migrations.CreateModel(
            name="Hours",
            fields=[
                ("id", models.UUIDField(default=new_id, primary_key=True, serialize=False)),
                ("task_id", models.UUIDField()),
                ("person", models.TextField()),
                ("minutes", models.IntegerField()),
                ("worked_on", models.DateField()),
                ("note", models.TextField(blank=True, default="")),
                ("written_by", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journeys.journey"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index("task_id", name="journeys_hours_task"),
                    models.Index("account", "journey", name="journeys_hours_account"),
                    models.Index("person", "worked_on", name="journeys_hours_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__lte", 1440)), name="hours_of_a_day"
                    )
                ],
            },
        ),
    ]
