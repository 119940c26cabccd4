"""In what the value of a register's line is counted: a currency, or words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_asked_by")]

    operations = [migrations.AddField("logentry", "unit", models.TextField(default="", db_default=""))]
