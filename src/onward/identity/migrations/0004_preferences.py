"""How a person wants their own pages to be."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_ways_in")]

    operations = [migrations.AddField("user", "preferences", models.JSONField(default=dict, db_default={}))]
