"""A register's line is taken back, and put differently by one person at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0005_log_unit")]

    operations = [
        migrations.AddField("logentry", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddField("logentry", "edition", models.IntegerField(default=0, db_default=0)),
    ]
