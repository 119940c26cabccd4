"""The success plan: how each objective is measured and who owns it on our side; its versions, each with the answer of
the other side."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import onward.foundation.postgres.ids

ANSWERED = Q(state="proposed", answered_at=None) | Q(
    state__in=["agreed", "refused", "withdrawn"], answered_at__isnull=False
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("journeys", "0013_hours"),
    ]

    operations = [
        migrations.AddField("objective", "metric", models.TextField(default="", db_default="")),
        migrations.AddField("objective", "start", models.FloatField(null=True)),
        migrations.AddField("objective", "target", models.FloatField(null=True)),
        migrations.AddField("objective", "unit", models.TextField(default="", db_default="")),
        migrations.AddField("objective", "reading", models.FloatField(null=True)),
        migrations.AddField("objective", "read_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "objective",
            "owner_user",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "objective",
            "tasks",
            django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, db_default=[]),
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=onward.foundation.postgres.ids.new_id, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.SmallIntegerField()),
                ("state", models.TextField(default="proposed")),
                ("body", models.TextField()),
                ("hash", models.TextField()),
                ("side", models.TextField()),
                ("proposed_by", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("answer", models.TextField(default="")),
                ("answer_hash", models.TextField(default="")),
                ("answered_by", models.TextField(default="")),
                ("answered_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint("journey", "number", name="plan_version_once"),
                    models.UniqueConstraint("journey", name="plan_one_proposed", condition=Q(state="proposed")),
                    models.CheckConstraint(name="plan_answered", condition=ANSWERED),
                ]
            },
        ),
    ]
