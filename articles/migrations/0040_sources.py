"""Feeds that are polled, and what is remembered of their entries."""
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0033_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='is_polled',
            field=models.BooleanField(default=False, help_text="What a feed told, not files of one's own."),
        ),
        migrations.AlterField(
            model_name='article',
            name='origin',
            field=models.CharField(choices=[('file', 'a file of its own'), ('copy', 'a copy in another file'), ('feed', 'a feed'), ('gone', 'nobody any more'), ('admin', 'the editors')], default='admin', editable=False, max_length=5),
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=2000, unique=True, verbose_name='feed address')),
                ('name', models.CharField(blank=True, help_text='Left empty: as the feed calls itself.', max_length=200)),
                ('site_url', models.CharField(blank=True, max_length=2000, verbose_name='site')),
                ('folder', models.CharField(blank=True, help_text='Where it stands in lists: a/b.', max_length=500)),
                ('language', models.CharField(blank=True, help_text='Such as en or de-AT.', max_length=35)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('weight', models.PositiveSmallIntegerField(default=50, help_text='What the quality of its reports starts from.', validators=[django.core.validators.MaxValueValidator(100)])),
                ('minimum_quality', models.PositiveIntegerField(default=0, help_text='Reports of less quality come, but are not published.', validators=[django.core.validators.MaxValueValidator(1000000)])),
                ('etag', models.CharField(blank=True, editable=False, max_length=600)),
                ('last_modified', models.CharField(blank=True, editable=False, max_length=40)),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('next_due_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='next poll')),
                ('interval_seconds', models.PositiveIntegerField(default=0, editable=False, verbose_name='interval, in seconds')),
                ('failures', models.PositiveIntegerField(default=0, editable=False, verbose_name='failures in a row')),
                ('last_polled_at', models.DateTimeField(editable=False, null=True, verbose_name='last poll')),
                ('last_good_at', models.DateTimeField(editable=False, null=True, verbose_name='last good poll')),
                ('last_outcome', models.CharField(blank=True, editable=False, max_length=300, verbose_name='last outcome')),
                ('last_new', models.PositiveIntegerField(default=0, editable=False, verbose_name='new at the last good poll')),
                ('skipped', models.JSONField(blank=True, default=dict, editable=False, help_text='Entries left out at the last poll, by reason.')),
                ('retired_at', models.DateTimeField(editable=False, null=True)),
                ('retired_reason', models.CharField(blank=True, editable=False, max_length=300)),
                ('claim', models.CharField(blank=True, editable=False, max_length=32)),
                ('claimed_until', models.DateTimeField(editable=False, null=True)),
                ('provider', models.ForeignKey(blank=True, help_text="Who publishes what it brings. None: each report's own site.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sources', to='articles.provider')),
                ('store', models.OneToOneField(editable=False, help_text='Holds what the feed told of each report, as article files.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='source', to='articles.store')),
                ('topics', models.ManyToManyField(blank=True, help_text='Every report it brings belongs to these.', related_name='sources', to='articles.topic')),
            ],
            options={
                'ordering': ['folder', 'name', 'url'],
            },
        ),
        migrations.CreateModel(
            name='SourceEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('link_key', models.CharField(max_length=500)),
                ('digest', models.CharField(help_text='Hash of what the feed said last.', max_length=32)),
                ('published_at', models.DateTimeField(help_text='As first told; it stays.')),
                ('first_seen_at', models.DateTimeField()),
                ('topics', models.JSONField(default=list, help_text='Topic, because of what, and where that stands.')),
                ('quality', models.JSONField(default=list, help_text='The terms of the first quality.')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='articles.source')),
            ],
        ),
        migrations.AddIndex(
            model_name='source',
            index=models.Index(condition=models.Q(('is_active', True)), fields=['next_due_at'], name='source_due'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), _negated=True), name='source_address_given'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('weight__lte', 100)), name='source_weight_in_range'),
        ),
        migrations.AddIndex(
            model_name='sourceentry',
            index=models.Index(fields=['link_key'], name='source_entry_of_article'),
        ),
        migrations.AddIndex(
            model_name='sourceentry',
            index=models.Index(fields=['source', '-published_at'], name='source_entry_newest'),
        ),
        migrations.AddConstraint(
            model_name='sourceentry',
            constraint=models.UniqueConstraint(fields=('source', 'link_key'), name='source_entry_once'),
        ),
    ]
