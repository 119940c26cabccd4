"""A due date is a calendar date where it is done: kept beside its moment."""

from django.db import migrations, models

# Until a journey's next look, stages, milestones and check-ins take our zone, tasks that of their side.
FILL = """
update journeys_{table} r set due_on = (r.due_at at time zone
  coalesce({theirs}, (select nullif(zone, '') from identity_organization limit 1), 'UTC'))::date
where r.due_at is not null
"""
THEIRS = "(select nullif(a.zone, '') from accounts_account a where a.id = r.account_id and r.side = 'theirs')"
TABLES = {"stagerun": "null", "taskrun": THEIRS, "milestonerun": "null", "checkinrun": "null"}


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_initial"), ("identity", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        *(migrations.AddField(table, "due_on", models.DateField(null=True)) for table in TABLES),
        *(
            migrations.RunSQL(FILL.format(table=table, theirs=theirs), migrations.RunSQL.noop)
            for table, theirs in TABLES.items()
        ),
    ]
