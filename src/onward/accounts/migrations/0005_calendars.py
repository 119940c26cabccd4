from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_practice'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='working_week',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='account',
            name='holidays',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='account',
            name='closed_days',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
