from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='file',
            name='comment',
            field=models.UUIDField(null=True),
        ),
    ]
