"""Files of pictures: stored in a folder by atomic writes, named by their content, and pruned when unused."""

import os
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone
from django.utils.deconstruct import deconstructible

from articles.models import ArticleImage, Image, Rendition

PREFIX = ".new-"
# Files are stored before their names are saved, so recent files are no orphans yet.
GRACE = timedelta(hours=1)


@deconstructible(path="articles.images.storage.PictureFolder")
class PictureFolder(FileSystemStorage):
    """Django's folder storage, but a file appears only when all of it is on disk."""

    def get_available_name(self, name, max_length=None):
        """Return the name itself: an existing file of this name has the same content."""
        return name

    def _save(self, name, content):
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=PREFIX, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as target:
                for chunk in content.chunks():
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name


@dataclass
class PruneReport:
    images: int = 0
    files: int = 0
    bytes_left: int = 0
    is_over: bool = False

    def __str__(self):
        text = f"{self.images} images and {self.files} files removed, {self.bytes_left:,} bytes in use"
        return f"{text}; all of it is shown to readers, so the quota cannot be kept" if self.is_over else text


def prune_images(quota: int = 0) -> PruneReport:
    """Remove images that nothing refers to, orphaned files, and, above the quota, pictures not shown.

    `quota` is in bytes, 0 for none. Pictures that no public article, provider or topic shows are removed,
    oldest first. What readers see, and what an editor chose, stays.
    """
    report = PruneReport()
    report.images = Image.objects.without_use().delete()[1].get(Image._meta.label, 0)
    _enforce_quota(quota, report)
    report.files += _delete_orphans()
    report.bytes_left = Rendition.objects.bytes_in_all()
    report.is_over = bool(quota) and report.bytes_left > quota
    return report


def _enforce_quota(quota: int, report: PruneReport) -> None:
    over = Rendition.objects.bytes_in_all() - quota if quota else 0
    if over <= 0:
        return
    shown = ArticleImage.objects.shown().values("image")
    spare = Image.objects.ready().filter(is_edited=False, logo_of=None, picture_of=None)
    for pk in list(spare.exclude(pk__in=shown).oldest_first().values_list("pk", flat=True)):
        if over <= 0:
            return
        image = Image.objects.get(pk=pk)
        names = {file.name: file.size for file in image.renditions.all()}
        shared = Rendition.objects.names_used_by_others(names, [image.pk])
        image.renditions.all().delete()
        image.state, image.content_hash, image.recipe = Image.State.WAITING, "", ""
        image.reason = "removed to keep within the quota"
        image.save()
        for name in names.keys() - shared:
            default_storage.delete(name)
            over -= names[name]
            report.files += 1


def _delete_orphans() -> int:
    count, young = 0, timezone.now() - GRACE
    try:
        folders = default_storage.listdir("")[0]
    except FileNotFoundError:
        return 0  # no picture has been stored yet
    for folder in folders:
        names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
        known = Rendition.objects.names_used_by_others(names, [])
        for name in sorted(set(names) - known):
            if default_storage.get_modified_time(name) < young:
                default_storage.delete(name)
                count += 1
    return count
