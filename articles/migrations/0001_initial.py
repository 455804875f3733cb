"""Every table of the site. Nothing was released before it: the earlier 33 migrations are folded into it."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder



OLD = "0001_initial_nouns"  # the first of the 33 migrations that these three replace


def refuse_old_database(apps, schema_editor):
    """Say what to do with a database of before these three, whose tables these migrations cannot take over."""
    recorder = MigrationRecorder(schema_editor.connection)
    if recorder.has_table() and recorder.migration_qs.filter(app="articles", name=OLD).exists():
        raise CommandError(
            "This database was made before the migrations became three. Export it with the version that made it "
            "(manage.py export_articles FOLDER), then import the files into a new database."
        )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(refuse_old_database, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('link_key', models.CharField(editable=False, help_text="Identity of the article's link.", max_length=500, unique=True)),
                ('permalink', models.CharField(max_length=255, unique=True)),
                ('origin', models.CharField(choices=[('file', 'a file of its own'), ('copy', 'a copy in another file'), ('feed', 'a feed'), ('withdrawn', 'nothing any more'), ('admin', 'the editors')], default='admin', editable=False, max_length=9)),
                ('url', models.TextField(help_text='Where the article is read: webUrl, else originalUrl.', verbose_name='link')),
                ('web_url', models.TextField(blank=True)),
                ('original_url', models.TextField(blank=True)),
                ('amp_url', models.TextField(blank=True, verbose_name='AMP link')),
                ('cdn_amp_url', models.TextField(blank=True, verbose_name='AMP cache link')),
                ('title', models.CharField(max_length=500)),
                ('excerpt', models.TextField(blank=True, max_length=5000)),
                ('published_at', models.DateTimeField(verbose_name='time')),
                ('kind', models.CharField(choices=[('article', 'Article'), ('video', 'Video')], default='article', max_length=7)),
                ('quality', models.PositiveIntegerField(default=0)),
                ('heat', models.IntegerField(default=-1, help_text="As the store says; the story's own heat is counted anew.", verbose_name='stored heat')),
                ('is_published', models.BooleanField(default=False, verbose_name='published')),
                ('is_removed', models.BooleanField(default=False, verbose_name='removed')),
                ('provider_name', models.CharField(blank=True, editable=False, max_length=200)),
                ('story_position', models.PositiveIntegerField(blank=True, editable=False, help_text="Place in the story's coverage; none: not shown.", null=True)),
                ('needs_grouping', models.BooleanField(default=True, editable=False)),
                ('edited_fields', models.JSONField(blank=True, default=list, editable=False)),
                ('digest', models.CharField(blank=True, editable=False, help_text='Hash of what its documents say together.', max_length=32)),
            ],
            options={
                'ordering': ['-published_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('failure', models.CharField(blank=True, default='', help_text='The error it ended with.', max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name='RelatedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text="Hash of the members' link keys.", max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='StaleDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.IntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Store',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, unique=True)),
                ('taxonomy', models.JSONField(default=dict, help_text='What its topic and organisation files say, as last read.')),
                ('is_polled', models.BooleanField(default=False, help_text="Holds a feed's entries instead of files.")),
                ('taxonomy_digest', models.CharField(blank=True, help_text='Hash of the topic, organisation and logo files last read.', max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='EditorVersion',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='editor_version', serialize=False, to='articles.article')),
                ('values', models.JSONField(default=dict, help_text='The columns that files may set.')),
            ],
        ),
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('publish', 'published'), ('unpublish', 'unpublished'), ('quality', 'quality changed'), ('retitle', 'retitled'), ('picture', 'picture changed'), ('topics', 'topics changed'), ('lead', 'lead chosen'), ('heat', 'heat adjusted'), ('merge', 'stories merged'), ('split', 'story split'), ('move_out', 'moved out'), ('remove', 'removed'), ('restore', 'restored'), ('add', 'added'), ('change', 'changed'), ('delete', 'deleted'), ('undo', 'undone')], max_length=10, verbose_name='edit')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='when')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('summary', models.JSONField(default=dict)),
                ('article_count', models.PositiveIntegerField(default=0, verbose_name='articles')),
                ('is_public', models.BooleanField(default=False, help_text='Visitors saw, or see, one of the affected stories.')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('undoes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undoings', to='articles.edit')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.edit')),
            ],
            options={
                'ordering': ['-pk'],
                'permissions': [('view_health', 'Can view the health list')],
            },
        ),
        migrations.CreateModel(
            name='EditTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(choices=[('article', 'Article'), ('story', 'Story'), ('topic', 'Topic'), ('provider', 'Provider')], max_length=8)),
                ('object_id', models.BigIntegerField()),
                ('edit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='articles.edit')),
            ],
        ),
        migrations.CreateModel(
            name='FormerPermalink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('permalink', models.CharField(max_length=255, unique=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_permalinks', to='articles.article')),
            ],
        ),
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('url', models.TextField(verbose_name='URL')),
                ('purpose', models.CharField(choices=[('picture', 'Picture'), ('logo', 'Logo')], db_default='picture', default='picture', editable=False, max_length=7)),
                ('state', models.CharField(choices=[('waiting', 'no file yet'), ('ready', 'ready'), ('failed', 'not fetched, to be tried again'), ('refused', 'refused'), ('off', 'no picture, as an editor decided')], default='waiting', max_length=10)),
                ('reason', models.CharField(blank=True, help_text='Why there is no picture.', max_length=200)),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('recipe', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                ('is_edited', models.BooleanField(db_default=False, default=False, editable=False, help_text='No import or fetch changes it.', verbose_name='decided by an editor')),
                ('fetched_at', models.DateTimeField(editable=False, null=True, verbose_name='looked at')),
                ('next_try_at', models.DateTimeField(editable=False, null=True, verbose_name='next try')),
                ('tries', models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, verbose_name='failed tries')),
                ('etag', models.CharField(blank=True, db_default='', default='', editable=False, max_length=600)),
                ('last_modified', models.CharField(blank=True, db_default='', default='', editable=False, max_length=40)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('content_hash', ''), _negated=True), fields=['content_hash'], name='image_twin'), models.Index(condition=models.Q(('state__in', ['waiting', 'failed'])), fields=['next_try_at'], name='image_to_fetch')],
                'constraints': [models.CheckConstraint(condition=models.Q(('url', ''), _negated=True), name='image_url_given'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'ready', 'failed', 'refused', 'off'])), name='image_state_known'), models.CheckConstraint(condition=models.Q(('purpose__in', ['picture', 'logo'])), name='image_purpose_known')],
            },
        ),
        migrations.CreateModel(
            name='ArticleImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0)),
                ('width', models.PositiveIntegerField(blank=True, help_text='Pixels, as the store says.', null=True)),
                ('height', models.PositiveIntegerField(blank=True, help_text='Pixels, as the store says.', null=True)),
                ('is_cached', models.BooleanField(default=False, verbose_name='isCached')),
                ('title', models.CharField(blank=True, max_length=500, verbose_name='alternative text')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='image_links', to='articles.article')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='article_links', to='articles.image')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='images',
            field=models.ManyToManyField(related_name='articles', through='articles.ArticleImage', to='articles.image'),
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('paths', models.JSONField(default=list)),
                ('created', models.PositiveIntegerField(default=0)),
                ('updated', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('withdrawn', models.PositiveIntegerField(default=0)),
                ('taxonomies', models.JSONField(blank=True, default=dict, help_text='By store whose topic or organisation files changed: their values before and after.')),
                ('undoes', models.ForeignKey(blank=True, help_text='The import undone.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='undone_by', to='articles.importrun')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=253, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('is_described', models.BooleanField(default=False, editable=False, help_text="A store's organisation file gives the name.")),
                ('article_count', models.PositiveIntegerField(default=0, editable=False, help_text='Articles in public stories.', verbose_name='articles shown')),
                ('needs_count', models.BooleanField(default=False, editable=False, help_text='Its lists have changed since.')),
                ('edited_fields', models.JSONField(blank=True, default=list, editable=False)),
                ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='logo_of', to='articles.image')),
            ],
            options={
                'ordering': ['name', 'domain'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='provider',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.provider'),
        ),
        migrations.CreateModel(
            name='RelatedEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='articles.relatedlist')),
            ],
        ),
        migrations.AddField(
            model_name='relatedlist',
            name='members',
            field=models.ManyToManyField(related_name='+', through='articles.RelatedEntry', to='articles.article'),
        ),
        migrations.AddField(
            model_name='article',
            name='related_list',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='articles.relatedlist'),
        ),
        migrations.CreateModel(
            name='Rendition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shape', models.CharField(choices=[('whole', 'whole picture'), ('card', '2:1 crop for cards')], default='whole', max_length=5)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('size', models.PositiveIntegerField(default=0, verbose_name='bytes')),
                ('name', models.CharField(db_index=True, help_text='Name in the media storage.', max_length=100)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='articles.image')),
            ],
            options={
                'ordering': ['width', 'shape'],
            },
        ),
        migrations.CreateModel(
            name='SiteVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(help_text='Microseconds since the epoch; new with every change.')),
                ('edit_number', models.BigIntegerField(default=0, help_text='The number of the last change by an editor.')),
                ('next_due_at', models.DateTimeField(help_text='Time of the next article dated ahead.', null=True)),
            ],
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
                ('weight', models.PositiveSmallIntegerField(default=50, help_text='What the quality of its articles starts from.', validators=[django.core.validators.MaxValueValidator(100)])),
                ('minimum_quality', models.PositiveIntegerField(default=0, help_text='Articles of less quality are stored, but not published.', validators=[django.core.validators.MaxValueValidator(1000000)])),
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
                ('lease_token', models.CharField(blank=True, editable=False, max_length=32)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('provider', models.ForeignKey(blank=True, help_text="Who publishes its entries. None: the site of each entry's link.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sources', to='articles.provider')),
                ('store', models.OneToOneField(editable=False, help_text='Holds the content of each entry, as article files.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='source', to='articles.store')),
            ],
            options={
                'ordering': ['folder', 'name', 'url'],
            },
        ),
        migrations.CreateModel(
            name='SourceDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(help_text='Path inside the store.', max_length=300)),
                ('permalink', models.CharField(help_text='Permalink that the file name stands for.', max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('is_withdrawn', models.BooleanField(default=False, help_text='No longer in its store. Its permalink still redirects.')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='articles.article')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.importrun')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='articles.store')),
                ('content', models.BinaryField(help_text="The file's bytes, compressed (zstd).")),
            ],
        ),
        migrations.CreateModel(
            name='ImportOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.TextField()),
                ('outcome', models.CharField(choices=[('created', 'Created'), ('updated', 'Updated'), ('unchanged', 'Unchanged'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('link', models.TextField(blank=True)),
                ('field', models.CharField(blank=True, max_length=200)),
                ('line', models.PositiveIntegerField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('changes', models.JSONField(blank=True, default=list, help_text='Of an updated file: each field with its old and new value.')),
                ('sha256', models.CharField(blank=True, help_text='Of the file that the import read.', max_length=64)),
                ('previous_sha256', models.CharField(blank=True, help_text='Empty if there was no file.', max_length=64)),
                ('was_withdrawn', models.BooleanField(default=False, help_text='The previous file had been withdrawn.')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='articles.importrun')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='outcomes', to='articles.sourcedocument')),
                ('previous_content', models.BinaryField(help_text='The bytes of the file stored before, compressed (zstd).', null=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SourceEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('link_key', models.CharField(max_length=500)),
                ('digest', models.CharField(help_text='Hash of the entry as it was last seen.', max_length=32)),
                ('published_at', models.DateTimeField(help_text='As first seen; it does not change.')),
                ('first_seen_at', models.DateTimeField()),
                ('topics', models.JSONField(default=list, help_text='Topic, keyword, and where it was found.')),
                ('quality', models.JSONField(default=list, help_text='The terms of the initial quality.')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='articles.source')),
            ],
        ),
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_public', models.BooleanField(default=False, editable=False, verbose_name='public')),
                ('heat', models.IntegerField(default=0, editable=False)),
                ('rank', models.FloatField(default=0, editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='time of the lead')),
                ('first_article_at', models.DateTimeField(editable=False, null=True, verbose_name='first article')),
                ('last_article_at', models.DateTimeField(editable=False, null=True, verbose_name='last article')),
                ('next_article_at', models.DateTimeField(editable=False, help_text='Of articles dated ahead, the first: then this is computed anew.', null=True)),
                ('article_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='articles')),
                ('provider_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='independent providers')),
                ('folded_provider_count', models.PositiveIntegerField(default=0, editable=False, help_text='Providers of the articles that a card folds away.')),
                ('heat_adjustment', models.IntegerField(default=0, help_text='Added to the heat by the editors.')),
                ('is_reviewed', models.BooleanField(db_default=False, default=False, editable=False, help_text='An editor has published or unpublished its lead.', verbose_name='reviewed')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='led_stories', to='articles.article')),
            ],
            options={
                'verbose_name_plural': 'stories',
                'ordering': ['-rank', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='story',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='articles.story'),
        ),
        migrations.CreateModel(
            name='StoryAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_id', models.BigIntegerField(unique=True)),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='articles.story')),
            ],
            options={
                'verbose_name_plural': 'story aliases',
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('name_key', models.CharField(editable=False, max_length=300, unique=True)),
                ('short_name', models.CharField(blank=True, max_length=100)),
                ('description', models.TextField(blank=True)),
                ('keywords', models.JSONField(blank=True, default=list)),
                ('hashtags', models.JSONField(blank=True, default=list)),
                ('position', models.PositiveIntegerField(default=1000, help_text='Lower comes first.')),
                ('is_described', models.BooleanField(default=False, editable=False, help_text="A store's topic file gives the name.")),
                ('story_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='public stories')),
                ('needs_count', models.BooleanField(default=False, editable=False, help_text='Its lists have changed since.')),
                ('edited_fields', models.JSONField(blank=True, default=list, editable=False)),
                ('image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='picture_of', to='articles.image')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='articles.topic')),
            ],
            options={
                'ordering': ['position', 'name_key'],
            },
        ),
        migrations.CreateModel(
            name='StoryTopic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0, help_text="Position among the story's topics.")),
                ('is_public', models.BooleanField(default=False)),
                ('heat', models.IntegerField(default=0)),
                ('rank', models.FloatField(default=0)),
                ('published_at', models.DateTimeField(null=True)),
                ('story', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='topic_links', to='articles.story')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='story_links', to='articles.topic')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='source',
            name='topics',
            field=models.ManyToManyField(blank=True, help_text='All its articles belong to these.', related_name='sources', to='articles.topic'),
        ),
        migrations.CreateModel(
            name='ArticleTopic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0)),
                ('name', models.CharField(blank=True, help_text='The topic as this article spells it.', max_length=100)),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='topic_links', to='articles.article')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='article_links', to='articles.topic')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='topics',
            field=models.ManyToManyField(related_name='articles', through='articles.ArticleTopic', to='articles.topic'),
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='articles.article')),
                ('day', models.IntegerField(help_text='Days since 1970, when it was placed.')),
                ('match', models.JSONField(help_text='Why it joined; null for the opener.', null=True)),
                ('merge', models.JSONField(help_text='The day of the merge, and the match that caused it.', null=True)),
                ('transfer', models.JSONField(help_text='The day of the transfer, and the match that caused it.', null=True)),
                ('merged_into', models.ForeignKey(help_text='Of an opener: the opener of the cluster that its own merged into.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('opener', models.ForeignKey(help_text='The article that opened the cluster.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('transferred_to', models.ForeignKey(db_index=False, help_text='The later duplicate whose new cluster it was transferred to.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('together', 'are one story'), ('apart', 'are not one story'), ('lead', 'leads its story')], max_length=8)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='articles.article')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='other_decisions', to='articles.article')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'lead'), ('other', None)), models.Q(models.Q(('kind', 'lead'), _negated=True), ('other__isnull', False)), _connector='OR'), name='decision_names_a_pair_or_a_lead'), models.CheckConstraint(condition=models.Q(('other', None), models.Q(('other', models.F('article')), _negated=True), _connector='OR'), name='decision_of_two_articles'), models.UniqueConstraint(fields=('kind', 'article', 'other'), name='decision_once'), models.UniqueConstraint(condition=models.Q(('kind', 'lead')), fields=('article',), name='decision_lead_once')],
            },
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['-id'], name='edit_public'),
        ),
        migrations.AddIndex(
            model_name='edit',
            index=models.Index(fields=['kind', '-id'], name='edit_of_kind'),
        ),
        migrations.AddConstraint(
            model_name='edittarget',
            constraint=models.UniqueConstraint(fields=('model', 'object_id', 'edit'), name='edit_targets_once'),
        ),
        migrations.AddConstraint(
            model_name='articleimage',
            constraint=models.UniqueConstraint(fields=('article', 'image'), name='article_image_once'),
        ),
        migrations.AddConstraint(
            model_name='provider',
            constraint=models.CheckConstraint(condition=models.Q(('domain', ''), _negated=True), name='provider_domain_given'),
        ),
        migrations.AddConstraint(
            model_name='provider',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='provider_name_given'),
        ),
        migrations.AddConstraint(
            model_name='relatedentry',
            constraint=models.UniqueConstraint(fields=('list', 'article'), name='related_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.UniqueConstraint(fields=('image', 'shape', 'width'), name='rendition_once_per_width'),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.CheckConstraint(condition=models.Q(('width__gt', 0), ('height__gt', 0)), name='rendition_has_size'),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.CheckConstraint(condition=models.Q(('shape__in', ['whole', 'card'])), name='rendition_shape_known'),
        ),
        migrations.AddConstraint(
            model_name='importoutcome',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['created', 'updated', 'unchanged', 'refused', 'withdrawn'])), name='outcome_known'),
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
        migrations.AddIndex(
            model_name='sourcedocument',
            index=models.Index(fields=['permalink'], name='document_permalink'),
        ),
        migrations.AddConstraint(
            model_name='sourcedocument',
            constraint=models.UniqueConstraint(fields=('store', 'path'), name='document_once_per_path'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['-rank', '-id'], name='story_hot'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['-published_at', '-id'], name='story_new'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['-heat', '-id'], name='story_top'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('next_article_at__isnull', False)), fields=['next_article_at'], name='story_due'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('lead__isnull', False)), fields=['is_reviewed', '-rank', '-id'], name='story_queue'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='topic_slug_given'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='topic_name_given'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='topic_not_its_parent'),
        ),
        migrations.AddIndex(
            model_name='storytopic',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['topic', '-rank', '-story'], name='topic_hot'),
        ),
        migrations.AddIndex(
            model_name='storytopic',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['topic', '-published_at', '-story'], name='topic_new'),
        ),
        migrations.AddIndex(
            model_name='storytopic',
            index=models.Index(condition=models.Q(('is_public', True)), fields=['topic', '-heat', '-story'], name='topic_top'),
        ),
        migrations.AddConstraint(
            model_name='storytopic',
            constraint=models.UniqueConstraint(fields=('story', 'topic'), name='story_topic_once'),
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
        migrations.AddConstraint(
            model_name='articletopic',
            constraint=models.UniqueConstraint(fields=('article', 'topic'), name='article_topic_once'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['story', 'story_position'], name='article_in_story'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['-published_at', '-id'], name='article_newest'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['provider', '-published_at', '-id'], name='article_of_provider'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('needs_grouping', True)), fields=['id'], name='article_to_group'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='article_title_given'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('url', ''), _negated=True), models.Q(('link_key', ''), _negated=True)), name='article_link_given'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('url__startswith', 'http://'), ('url__startswith', 'https://'), _connector='OR'), name='article_link_is_http'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('permalink', ''), _negated=True), name='article_permalink_given'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['article', 'video'])), name='article_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('heat__gte', -1)), name='article_heat_from_minus_one'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('quality__gte', 0), ('quality__lte', 1000000)), name='article_quality_in_range'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['day'], name='placement_day'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(condition=models.Q(('transferred_to__isnull', False)), fields=['transferred_to'], name='placement_transferred'),
        ),
    ]
