"""Renditions of one width come in one order on every database."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0023_editors_pictures'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='rendition',
            options={'ordering': ['width', 'shape']},
        ),
    ]
