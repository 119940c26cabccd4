"""What the customers' door may read of a journey's answers: all but the fields that each form keeps. Each open journey
is looked at once more, to have these named."""

from django.db import migrations, models

TOLD = """
create function journeys_told(answers jsonb) returns jsonb language sql immutable parallel safe as $told$
  select coalesce(jsonb_object_agg(form.key, (form.value - 'kept') || jsonb_build_object(
    'values', coalesce(form.value -> 'values', '{}') - kept.names,
    'said', coalesce(form.value -> 'said', '{}') - kept.names,
    'sure', coalesce(form.value -> 'sure', '{}') - kept.names)), '{}')
  from pg_catalog.jsonb_each(answers) form, lateral (
    select array(select pg_catalog.jsonb_array_elements_text(coalesce(form.value -> 'kept', '[]'))) as names) kept
$told$
"""
LOOK = "update journeys_journey set next_check_at = least(next_check_at, now()) where state = 'open'"


class Migration(migrations.Migration):
    dependencies = [("journeys", "0011_schedule")]

    operations = [
        migrations.RunSQL(TOLD, "drop function journeys_told(jsonb)"),
        migrations.AddField(
            "journey",
            "told",
            models.GeneratedField(
                expression=models.Func("answers", function="journeys_told"),
                output_field=models.JSONField(),
                db_persist=True,
            ),
        ),
        migrations.RunSQL(LOOK, migrations.RunSQL.noop),
    ]
