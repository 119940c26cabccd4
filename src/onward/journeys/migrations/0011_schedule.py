"""By which calendars a journey's days were set, the days first agreed, and days that are locked. Each open journey is
looked at once more, to have them."""

from django.db import migrations, models

LOOK = "update journeys_journey set next_check_at = least(next_check_at, now()) where state = 'open'"


class Migration(migrations.Migration):
    dependencies = [("journeys", "0010_template")]

    operations = [
        migrations.AddField("journey", "calendars", models.TextField(default="", db_default="")),
        migrations.AddField("journey", "baseline", models.JSONField(default=dict, db_default={})),
        migrations.AddField("taskrun", "locked", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(LOOK, migrations.RunSQL.noop),
    ]
