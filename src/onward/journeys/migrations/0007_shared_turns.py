"""The open tasks that more than one side has to say done, by date: whose turn they are is asked of the playbook."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("journeys", "0006_log_taken_back")]

    operations = [
        migrations.AddIndex(
            "taskrun",
            models.Index(
                "due_at", "id", name="journeys_task_shared", condition=Q(state="open") & (Q(side="both") | ~Q(reported={}))
            ),
        ),
    ]
