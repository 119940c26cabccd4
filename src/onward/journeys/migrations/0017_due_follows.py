"""Whether a step only followed another that was moved: then nobody meant to leave less time behind it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0016_at_hand")]

    operations = [
        migrations.AddField("taskrun", "due_follows", models.BooleanField(default=False, db_default=False)),
    ]
