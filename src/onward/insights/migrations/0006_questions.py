"""How many questions of the customer wait for an answer, in the portfolio."""

from django.db import migrations, models

FILL = """
update insights_portfolio p set questions = c.open
from (select journey_id, count(*) as open from conversation_comment
      where question and answered_at is null and removed_at is null group by 1) c
where c.journey_id = p.journey_id
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0005_saved_views_and_bulk"), ("conversation", "0002_sent_with")]

    operations = [
        migrations.AddField("portfolio", "questions", models.SmallIntegerField(db_default=0)),
        migrations.AddIndex(
            "portfolio",
            models.Index(
                "urgency", "urgency_at", "journey", name="insights_by_question", condition=models.Q(questions__gt=0)
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
