"""Who holds each task, kept beside it: a person's open tasks are one walk of an index at any number of journeys.

A trigger, because two rows decide it (the task's own person, else who fills its role in the journey) and several
actions write either of them.
"""

from django.db import migrations, models

HELD = "coalesce(nullif({task}.person, ''), {roles} -> {task}.role ->> 'person', '')"

FUNCTIONS = f"""
create function journeys_hold_task() returns trigger language plpgsql as $$
begin
  new.holder := {HELD.format(task="new", roles="(select j.roles from journeys_journey j where j.id = new.journey_id)")};
  return new;
end $$;
create function journeys_hold_tasks() returns trigger language plpgsql as $$
begin
  update journeys_taskrun t set holder = {HELD.format(task="t", roles="new.roles")}
  where t.journey_id = new.id and t.holder is distinct from {HELD.format(task="t", roles="new.roles")};
  return null;
end $$;
"""
TRIGGERS = """
create trigger journeys_task_held before insert or update of person, role on journeys_taskrun
  for each row execute function journeys_hold_task();
create trigger journeys_roles_filled after update of roles on journeys_journey
  for each row when (old.roles is distinct from new.roles) execute function journeys_hold_tasks();
"""
FILL = f"""
update journeys_taskrun t set holder = {HELD.format(task="t", roles="j.roles")} from journeys_journey j
where j.id = t.journey_id and {HELD.format(task="t", roles="j.roles")} <> ''
"""
UNDO = """
drop trigger journeys_task_held on journeys_taskrun; drop trigger journeys_roles_filled on journeys_journey;
drop function journeys_hold_task(); drop function journeys_hold_tasks();
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0002_due_on")]

    operations = [
        migrations.AddField("taskrun", "holder", models.TextField(db_default="", default="")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO),
        migrations.AddIndex(
            "taskrun",
            models.Index(
                "holder", "due_at", "id", name="journeys_task_holder", condition=models.Q(state="open", side="ours")
            ),
        ),
        migrations.AddIndex(
            "taskrun",
            models.Index("due_at", "id", name="journeys_task_due", condition=models.Q(state="open", side="ours")),
        ),
        migrations.AddIndex(
            "taskrun",
            models.Index("journey", name="journeys_task_open", condition=models.Q(state="open")),
        ),
    ]
