from django.db import migrations

# Unlogged: counts of attempts are worth nothing after a crash, and cost no WAL on every request for a code.
CREATE = """
create unlogged table throttle (
    bucket text not null,
    key text not null,
    started timestamptz not null,
    ends timestamptz not null,
    count integer not null,
    primary key (bucket, key)
);
create index throttle_ends on throttle (ends);
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "drop table throttle")]
