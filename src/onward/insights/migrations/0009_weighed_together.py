"""Late and stalled are weighed against each other: the worker looks anew at the journeys where something is wrong."""

from django.db import migrations

LOOK = """
update ledger_stream set touched = true, due_at = least(due_at, now()) where id in (
    select f.stream from ledger_fact f join insights_portfolio p on p.journey_id = f.journey
    where f.name in ('journey.opened', 'journey.asked') and p.urgency <= 3)
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0008_whose_turn"), ("ledger", "0001_initial")]

    operations = [migrations.RunSQL(LOOK, migrations.RunSQL.noop)]
