"""The days that open things end as things stand. Each open journey is looked at once more, to have them."""

from django.db import migrations, models

LOOK = "update journeys_journey set next_check_at = least(next_check_at, now()) where state = 'open'"


class Migration(migrations.Migration):
    dependencies = [("journeys", "0007_shared_turns")]

    operations = [
        migrations.AddField("journey", "expected", models.JSONField(default=dict, db_default={})),
        migrations.RunSQL(LOOK, migrations.RunSQL.noop),
    ]
