from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_workspaces'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='practice_url',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
    ]
