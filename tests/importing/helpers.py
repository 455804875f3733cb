"""Imports as the commands do them: files, then grouping, then pictures."""

from articles.importing.images import import_images
from articles.importing.importer import import_paths
from articles.importing.undo import undo_import
from articles.models import ImportRun
from articles.stories.grouping import group_waiting


def import_all(paths, **options):
    """Import files, group what came, and store pictures; return the report."""
    report = import_paths(paths, **options)
    if not options.get("dry_run"):
        group_waiting()
        import_images(report)
    return report


def undo(run):
    """Undo the import of this number, and group; return the report."""
    report = undo_import(ImportRun.objects.get(pk=run), keeps_files=True)
    group_waiting()
    return report
