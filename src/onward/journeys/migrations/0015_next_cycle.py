"""A journey may follow on another as its next cycle."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0014_success_plan")]

    operations = [
        migrations.AddField(
            "journey",
            "previous",
            models.ForeignKey(
                "journeys.journey", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+"
            ),
        ),
    ]
