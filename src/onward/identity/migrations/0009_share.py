"""How much of each colleague's time onboarding has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0008_calendars")]

    operations = [
        migrations.AddField("user", "share", models.PositiveSmallIntegerField(default=100, db_default=100)),
    ]
