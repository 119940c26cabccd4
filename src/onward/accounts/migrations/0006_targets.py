from django.db import migrations, models

import onward.foundation.postgres.ids


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_calendars'),
    ]

    operations = [
        migrations.CreateModel(
            name='DurationTable',
            fields=[
                ('id', models.UUIDField(default=onward.foundation.postgres.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('since', models.DateTimeField(db_index=True)),
                ('by', models.CharField(max_length=80)),
                ('table', models.JSONField()),
            ],
        ),
    ]
