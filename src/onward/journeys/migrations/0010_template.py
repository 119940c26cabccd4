"""The published version that a plan follows, where it runs on one of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0009_running"), ("playbooks", "0002_current")]

    operations = [
        migrations.AddField(
            "journey",
            "template",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="playbooks.version"
            ),
        ),
    ]
