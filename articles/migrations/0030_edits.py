"""Every act of an editor is kept with what it takes to undo it; stories know whether they were decided."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0025_reports_from_the_future"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('publish', 'published'), ('unpublish', 'unpublished'), ('quality', 'quality changed'), ('words', 'retitled'), ('picture', 'other picture'), ('topics', 'topics changed'), ('lead', 'lead chosen'), ('heat', 'heat adjusted'), ('merge', 'stories merged'), ('split', 'story split'), ('move_out', 'moved out'), ('withdraw', 'withdrawn'), ('restore', 'put back'), ('add', 'added'), ('change', 'changed'), ('delete', 'deleted'), ('undo', 'taken back')], max_length=10, verbose_name='act')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
                ('why', models.CharField(blank=True, max_length=300)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('summary', models.JSONField(default=dict)),
                ('article_count', models.PositiveIntegerField(default=0, verbose_name='articles')),
                ('is_public', models.BooleanField(default=False, help_text='A story that readers saw, or see, was touched.')),
            ],
            options={
                'ordering': ['-pk'],
                'permissions': [('view_health', 'Can view the health list')],
            },
        ),
        migrations.CreateModel(
            name='EditTouch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.CharField(choices=[('article', 'Article'), ('story', 'Story'), ('topic', 'Topic'), ('provider', 'Provider')], max_length=8)),
                ('number', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='story',
            name='is_decided',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='An editor has said whether it is published.', verbose_name='decided'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(models.F('is_decided'), models.OrderBy(models.F('rank'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('lead__isnull', False)), name='story_queue'),
        ),
        migrations.AddField(
            model_name='edit',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='edit',
            name='undoes',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undoings', to='articles.edit'),
        ),
        migrations.AddField(
            model_name='edit',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.edit'),
        ),
        migrations.AddField(
            model_name='edittouch',
            name='edit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='touches', to='articles.edit'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['-id'], name='edit_told'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(fields=['kind', '-id'], name='edit_of_kind'),
        ),
        migrations.AddConstraint(
            model_name='edittouch',
            constraint=models.UniqueConstraint(fields=('noun', 'number', 'edit'), name='edit_touches_once'),
        ),
    ]
