from hashlib import sha256
from itertools import islice

from django.db import migrations

from articles.packing import pack, pack_files, unpack

TOGETHER = 125  # files read at a time


def _parts(rows):
    rows = iter(rows)
    while part := list(islice(rows, TOGETHER)):
        yield part


def _packed(apps, contents, alone=False):
    """Keep files together, or each alone; returns their places by the packs' ids."""
    Pack = apps.get_model("articles", "Pack")
    ids = {}
    for place in [pack_files([content])[0] for content in contents] if alone else pack_files(contents):
        if place.pack not in ids:
            ids[place.pack] = Pack.objects.create(content=place.pack).pk
        yield place._replace(pack=ids[place.pack])


def pack_all(apps, schema_editor):
    """Move every file that is kept alone into a pack, with those next to it in its store; what feeds told,
    which changes one by one, into one of its own."""
    SourceDocument = apps.get_model("articles", "SourceDocument")
    ImportOutcome = apps.get_model("articles", "ImportOutcome")
    for is_polled in (False, True):
        documents = SourceDocument.objects.filter(store__is_polled=is_polled).order_by("store", "path")
        for part in _parts(list(documents.values_list("pk", flat=True))):
            rows = list(SourceDocument.objects.filter(pk__in=part).order_by("path").only("content"))
            contents = [unpack(row.content) for row in rows]
            for row, place in zip(rows, _packed(apps, contents, alone=is_polled), strict=True):
                row.pack_id, row.start, row.size = place
            SourceDocument.objects.bulk_update(rows, ["pack", "start", "size"])
    outcomes = ImportOutcome.objects.exclude(previous=None).order_by("pk").values_list("pk", flat=True)
    for part in _parts(list(outcomes)):
        rows = list(ImportOutcome.objects.filter(pk__in=part).order_by("pk").only("previous"))
        contents = [unpack(row.previous) for row in rows]
        for row, content, place in zip(rows, contents, _packed(apps, contents), strict=True):
            row.previous_pack_id, row.previous_start, row.previous_size = place
            row.previous_sha256 = sha256(content).hexdigest()
        names = ["previous_pack", "previous_start", "previous_size", "previous_sha256"]
        ImportOutcome.objects.bulk_update(rows, names)


def unpack_all(apps, schema_editor):
    """Move every file out of its pack again."""
    Pack = apps.get_model("articles", "Pack")
    for one in Pack.objects.iterator(chunk_size=1):
        whole = unpack(one.content)

        def alone(start, size, whole=whole):
            return pack(whole[start : start + size])

        for row in one.documents.all():
            row.content, row.pack = alone(row.start, row.size), None
            row.save(update_fields=["content", "pack"])
        for row in one.outcomes.all():
            row.previous, row.previous_pack = alone(row.previous_start, row.previous_size), None
            row.save(update_fields=["previous", "previous_pack"])
    Pack.objects.only("pk").delete()


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0070_packs"),
    ]

    operations = [
        migrations.RunPython(pack_all, unpack_all),
    ]
