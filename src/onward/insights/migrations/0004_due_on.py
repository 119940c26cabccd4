"""The portfolio's due dates as the calendar dates that journeys hold."""

from django.db import migrations, models

FILL = """
update insights_portfolio p set
  stage_due_on = (select due_on from journeys_stagerun r where r.journey_id = p.journey_id and r.key = p.stage),
  first_value_due_on = (
    select due_on from journeys_milestonerun r where r.journey_id = p.journey_id and r.first_value limit 1),
  next_due_on = coalesce(
    (select due_on from journeys_taskrun r
     where r.journey_id = p.journey_id and r.due_at = p.next_due_at and r.title = p.next_due_what limit 1),
    (select due_on from journeys_milestonerun r
     where r.journey_id = p.journey_id and r.due_at = p.next_due_at and r.title = p.next_due_what limit 1)),
  completion_due_on = coalesce(
    (select due_on from journeys_stagerun r
     where r.journey_id = p.journey_id and r.due_at = p.completion_due_at order by rank desc limit 1),
    (select due_on from journeys_milestonerun r
     where r.journey_id = p.journey_id and r.due_at = p.completion_due_at limit 1))
"""
NAMES = ("stage_due_on", "next_due_on", "first_value_due_on", "completion_due_on")


class Migration(migrations.Migration):
    dependencies = [("insights", "0003_conditions_by_urgency"), ("journeys", "0002_due_on")]

    operations = [
        *(migrations.AddField("portfolio", name, models.DateField(null=True)) for name in NAMES),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
