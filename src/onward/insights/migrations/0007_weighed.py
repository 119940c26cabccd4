"""What urgency weighs beside time moves the rows that are there already."""

from django.db import migrations

WEIGH = """
update insights_portfolio set urgency_at = urgency_at - interval '24 hours' * (
    2 * overdue_ours + overdue_theirs + 7 * (questions > 0)::int
    + 7 * (urgency <= 3)::int * width_bucket(
        coalesce(arr, 0), array[10000, 30000, 100000, 300000, 1000000]::numeric[]))
where urgency <= 4
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0006_questions")]

    operations = [migrations.RunSQL(WEIGH, migrations.RunSQL.noop)]
