"""Backup and restore: one file with every row and picture of one moment, for either database.

A backup is a tar file: `tables/<app.Model>.jsonl.zst` with the column names in the first line and a row in
each further one, `media/` with our files of pictures, and last `manifest.json` with the SHA-256 of each
table. It is read in one snapshot, so an import may go on meanwhile. Rows are written in one form whatever
the database, so a backup of SQLite goes into PostgreSQL and back: this is also the way to move.
"""

import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, BinaryIO

import zstandard
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from articles.caching.writing import writing
from articles.models import Article, Rendition
from articles.search import index

FORM = 1
_SNAPSHOT = "snapshot"
_CHUNK = 2000  # rows at a time
_CHUNK_WITH_BYTES = 100  # of tables that hold files
# Whoever signed in elsewhere signs in anew; a restored site is a new version of it.
_LEFT_OUT = {"sessions.Session", "articles.SiteVersion"}
# Values of these are written as text and read back by the field.
_TEXTUAL = (
    models.BinaryField, models.DateField, models.TimeField, models.UUIDField, models.DecimalField,
    models.DurationField,
)  # fmt: skip


class BackupError(ValueError):
    """A backup that cannot be restored here; the text is the reason."""


@dataclass(frozen=True, slots=True)
class BackupContent:
    """What a backup contains: rows by table, pictures, and pictures whose files are missing."""

    rows: dict[str, int]
    pictures: int
    missing: int = 0


def backup(target: Path, *, pictures: bool = True) -> BackupContent:
    """Write the whole site to `target`, which appears when it is complete; raises OSError.

    It contains accounts with password hashes, so only the owner of the file may read it.
    """
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        with tarfile.open(partial, "w") as tar, _snapshot():
            manifest: dict[str, Any] = {
                "form": FORM,
                "made": timezone.now().isoformat(),
                "migrations": _migrations(_SNAPSHOT),
                "tables": {model._meta.label: _save_table(tar, model) for model in _tables()},
            }
            stored, missing = _save_pictures(tar) if pictures else (0, 0)
            _add(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return BackupContent({name: entry["rows"] for name, entry in manifest["tables"].items()}, stored, missing)


def restore(source: Path, *, replace: bool = False) -> BackupContent:
    """Replace the content of this site by a backup, in one transaction; returns what it contained.

    The backup is verified before anything changes. Raises BackupError if it is damaged or was made by another
    version of the software, or if there are articles here and `replace` is false.
    """
    if Article.objects.exists() and not replace:
        raise BackupError("there are articles here already; they would be lost")
    try:
        with tarfile.open(source) as tar:
            manifest = _read_manifest(tar)
            with writing():
                _clear()
                for model in _tables():
                    _load_table(tar, model)
                _reset_sequences()
                index.rebuild()
            pictures = _load_pictures(tar)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"this is no whole backup: {error}") from error
    return BackupContent({name: entry["rows"] for name, entry in manifest["tables"].items()}, pictures)


@contextmanager
def _snapshot() -> Iterator[None]:
    """Open a connection whose queries all see the same state and block no writer."""
    own = connection.copy(_SNAPSHOT)
    if own.vendor == "sqlite":
        options = {**own.settings_dict["OPTIONS"], "transaction_mode": "DEFERRED"}
        own.settings_dict = {**own.settings_dict, "OPTIONS": options}
    connections[_SNAPSHOT] = own
    try:
        with transaction.atomic(using=_SNAPSHOT), own.cursor() as cursor:
            if own.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT count(*) FROM articles_store")  # the snapshot is taken by the first query
            yield
    finally:
        BaseDatabaseWrapper.close(own)  # SQLite's own close() leaves a database in memory open
        del connections[_SNAPSHOT]


def _tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and model._meta.label not in _LEFT_OUT]


def _migrations(using: str) -> list[str]:
    return sorted(".".join(entry) for entry in MigrationRecorder(connections[using]).applied_migrations())


def _chunk_size(model: type[models.Model]) -> int:
    holds_bytes = any(isinstance(field, models.BinaryField) for field in model._meta.concrete_fields)
    return _CHUNK_WITH_BYTES if holds_bytes else _CHUNK


# Writing


def _save_table(tar: tarfile.TarFile, model: type[models.Model]) -> dict:
    fields = sorted(model._meta.concrete_fields, key=lambda field: field.attname)
    names = [field.attname for field in fields]
    rows = model._base_manager.using(_SNAPSHOT).order_by("pk").values_list(*names)
    digest, count = sha256(), 0
    with tempfile.TemporaryFile() as file:
        with zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as packed:

            def put(values: list) -> None:
                line = json.dumps(values, ensure_ascii=False, sort_keys=True).encode() + b"\n"
                digest.update(line)
                packed.write(line)

            put(names)
            for row in rows.iterator(chunk_size=_chunk_size(model)):
                put([_to_json(field, value) for field, value in zip(fields, row, strict=True)])
                count += 1
        _add(tar, f"tables/{model._meta.label}.jsonl.zst", file)
    return {"rows": count, "sha256": digest.hexdigest()}


def _to_json(field: models.Field, value: Any) -> object:
    if value is not None and isinstance(field, _TEXTUAL):
        row: Any = SimpleNamespace(**{field.attname: value})  # has what `value_to_string` reads
        return field.value_to_string(row)
    return value


def _save_pictures(tar: tarfile.TarFile) -> tuple[int, int]:
    names = Rendition.objects.using(_SNAPSHOT).order_by("name").values_list("name", flat=True).distinct()
    stored = missing = 0
    for name in names.iterator(chunk_size=_CHUNK):
        try:
            with default_storage.open(name) as file:
                _add(tar, f"media/{name}", file.read())
            stored += 1
        except OSError:
            missing += 1  # pruned since the moment of the backup; it is made again when it is asked for
    return stored, missing


def _add(tar: tarfile.TarFile, name: str, content: bytes | BinaryIO) -> None:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    entry = tarfile.TarInfo(name)
    entry.size = file.seek(0, io.SEEK_END)
    entry.mode = 0o600
    file.seek(0)
    tar.addfile(entry, file)


# Reading


def _read_manifest(tar: tarfile.TarFile) -> dict:
    """Return the manifest of a backup after verifying all of it; raises BackupError."""
    try:
        manifest = json.loads(_open(tar, "manifest.json").read())
        migrations, form = manifest["migrations"], manifest["form"]
        labels = {model._meta.label for model in _tables()}
        digests = {name: entry["sha256"] for name, entry in manifest["tables"].items()}
    except (KeyError, ValueError, AttributeError) as error:
        raise BackupError("this is no backup of this software") from error
    if form != FORM or migrations != _migrations("default") or digests.keys() != labels:
        raise BackupError("the backup was made by another version: restore it with that version, then update")
    for name, stated in digests.items():
        digest = sha256()
        for line in _lines(tar, name):
            digest.update(line)
        if digest.hexdigest() != stated:
            raise BackupError(f"the backup is damaged: {name} is not as it was written")
    return manifest


def _open(tar: tarfile.TarFile, entry: str | tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(entry)
    if file is None:
        raise KeyError(f"{entry} is no file")
    return file


def _lines(tar: tarfile.TarFile, table: str) -> Iterator[bytes]:
    try:
        file = _open(tar, f"tables/{table}.jsonl.zst")
        with zstandard.ZstdDecompressor().stream_reader(file) as packed:
            yield from io.BufferedReader(packed, 1 << 20)
    except (KeyError, zstandard.ZstdError) as error:
        raise BackupError(f"the backup is damaged: {table} cannot be read") from error


def _load_table(tar: tarfile.TarFile, model: type[models.Model]) -> None:
    lines = _lines(tar, model._meta.label)
    names = json.loads(next(lines))
    readers = {
        field.attname: field.to_python for field in model._meta.concrete_fields if isinstance(field, _TEXTUAL)
    }
    while part := list(islice(lines, _chunk_size(model))):
        rows = [dict(zip(names, json.loads(line), strict=True)) for line in part]
        model._base_manager.bulk_create(
            model(**row | {name: read(row[name]) for name, read in readers.items()}) for row in rows
        )


def _clear() -> None:
    tables = [connection.ops.quote_name(model._meta.db_table) for model in _tables()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            return
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def _reset_sequences() -> None:
    """Number new rows after the restored ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _tables()):
            cursor.execute(statement)


def _load_pictures(tar: tarfile.TarFile) -> int:
    count = 0
    for entry in tar:
        name = entry.name.removeprefix("media/")
        if entry.name != name and Rendition.objects.filter(name=name).exists():
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(_open(tar, entry).read()))
            count += 1
    return count
