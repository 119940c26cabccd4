"""When anybody last did something and the account's fields, in the portfolio; saved views; changes of many at once."""

import datetime

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import onward.foundation.postgres.ids
from django.conf import settings
from django.db import migrations, models

LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
FILL = """
update insights_portfolio p set active_at = j.active_at, labels = coalesce((
  select array_agg(distinct label order by label) from (
    select name || '=' || btrim(value) as label
    from (values ('industry', a.industry), ('region', a.region), ('country', a.country), ('language', a.language))
      own (name, value)
    union all
    select f.key || '=' || btrim(f.value #>> '{}') from jsonb_each(a.fields) f
    where jsonb_typeof(f.value) in ('string', 'number')
  ) each where length(split_part(label, '=', 2)) between 1 and 60), '{}')
from journeys_journey j join accounts_account a on a.id = j.account_id where j.id = p.journey_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0004_due_on"),
        ("journeys", "0003_holder"),
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "portfolio", "active_at", models.DateTimeField(default=LONG_AGO), preserve_default=False
        ),
        migrations.AddField(
            "portfolio",
            "labels",
            django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddIndex(
            "portfolio", models.Index("state", "active_at", "journey", name="insights_by_activity")
        ),
        migrations.AddIndex("portfolio", django.contrib.postgres.indexes.GinIndex("labels", name="insights_labels")),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.UUIDField(default=onward.foundation.postgres.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("is_shared", models.BooleanField(default=False)),
                ("query", models.TextField(blank=True, default="")),
                ("position", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [
                    models.Index("position", "created_at", condition=models.Q(removed_at=None), name="insights_views")
                ],
            },
        ),
        migrations.CreateModel(
            name="Bulk",
            fields=[
                ("id", models.UUIDField(default=onward.foundation.postgres.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=12)),
                ("given", models.JSONField(default=dict)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("due_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("made_by", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("undoes", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="insights.bulk")),
            ],
            options={
                "indexes": [
                    models.Index("due_at", condition=models.Q(state="waiting"), name="insights_bulk_due"),
                    models.Index("made_by", models.OrderBy(models.F("created_at"), descending=True), name="insights_bulk_of"),
                ],
                "constraints": [models.UniqueConstraint(models.F("undoes"), name="bulk_undone_once")],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("said", models.TextField(blank=True, default="")),
                ("before", models.JSONField(default=dict)),
                ("bulk", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="insights.bulk")),
                ("journey", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journeys.journey")),
            ],
            options={
                "indexes": [models.Index("bulk", "state", "number", name="insights_bulk_rows")],
                "constraints": [models.UniqueConstraint(models.F("bulk"), models.F("journey"), name="bulk_row_once")],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
