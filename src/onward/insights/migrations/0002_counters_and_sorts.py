"""Indexes of the sorts by expressions, and the triggers that keep the tally to the portfolio.

A trigger, because rows also go away by cascade (an account is erased, the demo leaves), and no count may stay behind.
"""

from django.db import migrations

NEVER = "'9000-01-01 00:00:00+00'::timestamptz"
SORTS = {
    "due": f"coalesce(next_due_at, {NEVER})",
    "first_value": f"coalesce(first_value_due_at, {NEVER})",
    "waiting": f"coalesce(waiting_since, {NEVER})",
    "arr": "coalesce(arr, -1::numeric)",
    "signed": "coalesce(signed_at, started_at)",
}

FUNCTION = """
create function insights_keep_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into insights_tally (owner_id, dimension, value, label, rank, n)
    select r.owner_id, d.dimension, d.value, d.label, d.rank, count(*)
    from gained r, {dimensions} where d.counted group by 1, 2, 3, 4, 5;
  elsif tg_op = 'DELETE' then
    insert into insights_tally (owner_id, dimension, value, label, rank, n)
    select r.owner_id, d.dimension, d.value, d.label, d.rank, -count(*)
    from lost r, {dimensions} where d.counted group by 1, 2, 3, 4, 5;
  else
    insert into insights_tally (owner_id, dimension, value, label, rank, n)
    select r.owner_id, d.dimension, d.value, d.label, d.rank, sum(r.sign)
    from (select *, 1 as sign from gained union all select *, -1 from lost) r, {dimensions}
    where d.counted group by 1, 2, 3, 4, 5 having sum(r.sign) <> 0;
  end if;
  return null;
end $$;
"""

DIMENSIONS = """
lateral (values
  ('state', r.state, '', 0::smallint, true),
  ('stage', r.stage, r.stage_title, r.stage_number, r.state = 'open'),
  ('pace', r.pace, '', 0::smallint, r.state = 'open'),
  ('waiting', r.waiting_on, '', 0::smallint, r.state = 'open'),
  ('segment', r.segment, '', 0::smallint, r.state = 'open'),
  ('playbook', r.playbook, r.playbook_title, 0::smallint, r.state = 'open'),
  ('urgency', r.urgency::text, '', r.urgency, r.state = 'open')
) as d (dimension, value, label, rank, counted)
"""

TRIGGERS = """
create trigger insights_gained after insert on insights_portfolio
  referencing new table as gained for each statement execute function insights_keep_tally();
create trigger insights_moved after update on insights_portfolio
  referencing new table as gained old table as lost for each statement execute function insights_keep_tally();
create trigger insights_lost after delete on insights_portfolio
  referencing old table as lost for each statement execute function insights_keep_tally();
"""

FIRST_VALUE = """
create index insights_first_value_soon on insights_portfolio (first_value_due_at)
  where state = 'open' and first_value_met_at is null
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial")]

    operations = [
        *[
            migrations.RunSQL(
                f"create index insights_sort_{name} on insights_portfolio (state, ({expression}), journey_id)",
                f"drop index insights_sort_{name}",
            )
            for name, expression in SORTS.items()
        ],
        migrations.RunSQL(FIRST_VALUE, "drop index insights_first_value_soon"),
        migrations.RunSQL(
            FUNCTION.format(dimensions=DIMENSIONS) + TRIGGERS,
            """drop trigger insights_gained on insights_portfolio; drop trigger insights_moved on insights_portfolio;
            drop trigger insights_lost on insights_portfolio; drop function insights_keep_tally();""",
        ),
    ]
