"""Stories whose lead an editor has published or unpublished already count as decided."""

from django.db import migrations


def note(apps, schema_editor):
    article = apps.get_model("articles", "Article")
    edited = article.objects.exclude(edited_fields=[]).exclude(story=None)
    decided = [
        story
        for story, fields, lead, pk in edited.values_list("story", "edited_fields", "story__lead", "pk")
        if "is_published" in fields and lead == pk
    ]
    stories = apps.get_model("articles", "Story").objects
    for start in range(0, len(decided), 500):
        stories.filter(pk__in=decided[start : start + 500]).update(is_decided=True)


class Migration(migrations.Migration):
    dependencies = [("articles", "0030_edits")]
    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
