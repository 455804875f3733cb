"""The folder of pictures (floor 2): whole files or none, each under a name made from its content."""

import os
import tempfile
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

UNFINISHED = ".new-"


@deconstructible(path="articles.images.storage.PictureFolder")
class PictureFolder(FileSystemStorage):
    """Django's folder storage, but a file appears only once all of it is on the disk."""

    def get_available_name(self, name, max_length=None):
        """Return the name itself: whatever is there under it has the same content."""
        return name

    def _save(self, name, content):
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as target:
                for chunk in content.chunks():
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            Path(unfinished).chmod(0o644)
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        return name
