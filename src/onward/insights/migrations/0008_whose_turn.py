"""A step that one side has said done counts for the other: the worker looks anew at the journeys that have one."""

from django.db import migrations

LOOK = """
update ledger_stream set touched = true, due_at = least(due_at, now()) where id in (
    select f.stream from ledger_fact f join journeys_taskrun t on t.journey_id = f.journey
    where f.name = 'journey.task.reported' and t.state = 'open' and t.reported <> '{}')
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0007_weighed"), ("journeys", "0007_shared_turns"), ("ledger", "0001_initial")]

    operations = [migrations.RunSQL(LOOK, migrations.RunSQL.noop)]
