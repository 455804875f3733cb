"""Articles that were grouped by stored relations alone are grouped anew at the next import."""

from django.db import migrations


def mark_days(apps, schema_editor):
    moments = apps.get_model("articles", "Article").objects.values_list("published_at", flat=True)
    days = {int(moment.timestamp()) // 86400 for moment in moments.iterator()}
    stale_day = apps.get_model("articles", "StaleDay")
    stale_day.objects.bulk_create(stale_day(day=day) for day in sorted(days))


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_placings_and_decisions")]
    operations = [migrations.RunPython(mark_days, migrations.RunPython.noop)]
