"""Which version is current, what lay beside it, and a lock on what was published."""

import django.db.models.deletion
from django.db import migrations, models

LOCK = """
CREATE FUNCTION playbooks_version_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a published playbook version never changes'; END $$;
CREATE TRIGGER playbooks_version_is_for_ever BEFORE UPDATE ON playbooks_version
FOR EACH ROW EXECUTE FUNCTION playbooks_version_is_for_ever();
"""
UNLOCK = """
DROP TRIGGER playbooks_version_is_for_ever ON playbooks_version;
DROP FUNCTION playbooks_version_is_for_ever();
"""
# What was published before there was a current version: the newest one is.
NEWEST = """
INSERT INTO playbooks_playbook (key, current_id)
SELECT DISTINCT ON (playbook) playbook, id FROM playbooks_version ORDER BY playbook, number DESC
"""


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="version", name="retired_at"),
        migrations.AddField(model_name="version", name="file", field=models.TextField(default="playbook.yaml")),
        migrations.AddField(model_name="version", name="modules", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="version", name="texts", field=models.JSONField(default=dict)),
        migrations.CreateModel(
            name="Playbook",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                (
                    "current",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="playbooks.version"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(NEWEST, migrations.RunSQL.noop),
        migrations.RunSQL(LOCK, UNLOCK),
    ]
