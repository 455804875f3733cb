"""Storage of pictures in a folder, with atomic writes; names are made from the content."""

import os
import tempfile
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

PREFIX = ".new-"


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
