"""Playbooks being written."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0002_current")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                (
                    "base",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="playbooks.version",
                    ),
                ),
                ("file", models.TextField(default="playbook.yaml")),
                ("text", models.TextField()),
                ("before", models.TextField(default="")),
                ("modules", models.JSONField(default=dict)),
                ("texts", models.JSONField(default=dict)),
                ("edition", models.IntegerField(default=1)),
                ("remarks", models.JSONField(default=list)),
                ("begun_by", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("saved_by", models.TextField()),
                ("saved_at", models.DateTimeField()),
            ],
        ),
    ]
