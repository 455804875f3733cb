"""What a source brought is taken back (floor 2): files' and other feeds' words of the same reports stay."""

from articles.caching.writing import writing
from articles.frontmatter.document import Memo
from articles.importing.applying import Change, apply_changes
from articles.models import Source, SourceDocument, SourceEntry
from articles.stories.grouping import group_waiting

BATCH = 500  # reports in one transaction


def withdraw(source: Source) -> int:
    """Switch a source off and withdraw all it told; returns how many reports that were.

    Nothing is deleted: addresses answer 410, and switched on again the source tells anew what its feed holds.
    """
    with writing(changes_pages=False):
        # Without its claim, a poll under way writes nothing more.
        Source.objects.filter(pk=source.pk).update(
            is_active=False, claim="", claimed_until=None, etag="", last_modified="", content_hash=""
        )
    count = 0
    while paths := _some_paths(source):
        with writing():
            apply_changes(source.store, [Change(path) for path in paths], None, Memo(), {})
        count += len(paths)
    with writing(changes_pages=False):
        SourceEntry.objects.filter(source=source).delete()
    group_waiting()
    return count


def _some_paths(source: Source) -> list[str]:
    documents = SourceDocument.objects.live().filter(store__source=source).order_by("path")
    return list(documents.values_list("path", flat=True)[:BATCH])
