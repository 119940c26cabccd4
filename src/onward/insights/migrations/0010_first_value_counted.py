"""The tally also counts first value (reached, stalled before it) and the journeys in which the customer waits for an
answer, so that the sentence over the list costs the same at any number of journeys."""

from django.db import migrations

ALREADY = """
  ('state', r.state, '', 0::smallint, true),
  ('stage', r.stage, r.stage_title, r.stage_number, r.state = 'open'),
  ('pace', r.pace, '', 0::smallint, r.state = 'open'),
  ('waiting', r.waiting_on, '', 0::smallint, r.state = 'open'),
  ('segment', r.segment, '', 0::smallint, r.state = 'open'),
  ('playbook', r.playbook, r.playbook_title, 0::smallint, r.state = 'open'),
  ('urgency', r.urgency::text, '', r.urgency, r.state = 'open')
"""
NEW = """
  ('first_value', case when r.first_value_met_at is null then 'stalled' else 'reached' end, '', 0::smallint,
   r.state = 'open' and (r.first_value_met_at is not null or r.pace = 'stalled')),
  ('asked', '', '', 0::smallint, r.state = 'open' and r.questions > 0)
"""
KINDS = "lateral (values {}) as d (dimension, value, label, rank, counted)"

FUNCTION = """
create or replace function insights_keep_tally() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into insights_tally (owner_id, dimension, value, label, rank, n)
    select r.owner_id, d.dimension, d.value, d.label, d.rank, count(*)
    from gained r, {kinds} where d.counted group by 1, 2, 3, 4, 5;
  elsif tg_op = 'DELETE' then
    insert into insights_tally (owner_id, dimension, value, label, rank, n)
    select r.owner_id, d.dimension, d.value, d.label, d.rank, -count(*)
    from lost r, {kinds} where d.counted group by 1, 2, 3, 4, 5;
  else
    insert into insights_tally (owner_id, dimension, value, label, rank, n)
    select r.owner_id, d.dimension, d.value, d.label, d.rank, sum(r.sign)
    from (select *, 1 as sign from gained union all select *, -1 from lost) r, {kinds}
    where d.counted group by 1, 2, 3, 4, 5 having sum(r.sign) <> 0;
  end if;
  return null;
end $$;
"""
FILL = f"""
insert into insights_tally (owner_id, dimension, value, label, rank, n)
select r.owner_id, d.dimension, d.value, d.label, d.rank, count(*)
from insights_portfolio r, {KINDS.format(NEW)} where d.counted group by 1, 2, 3, 4, 5
"""
BACK = "delete from insights_tally where dimension in ('first_value', 'asked')"


class Migration(migrations.Migration):
    dependencies = [("insights", "0009_weighed_together")]

    operations = [
        migrations.RunSQL(
            FUNCTION.format(kinds=KINDS.format(f"{ALREADY}, {NEW}")), FUNCTION.format(kinds=KINDS.format(ALREADY))
        ),
        migrations.RunSQL(FILL, BACK),
    ]
