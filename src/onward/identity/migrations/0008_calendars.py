from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0007_photo'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='holidays',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='organization',
            name='closed_days',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='user',
            name='days_off',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
