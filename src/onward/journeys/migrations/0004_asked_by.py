"""Who asked us to do a customer's task for them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0003_holder")]

    operations = [migrations.AddField("taskrun", "asked_by", models.TextField(default="", db_default=""))]
