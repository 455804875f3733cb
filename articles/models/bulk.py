"""The old name of `bulk_create`; gone when nobody uses it."""

from collections.abc import Iterable, Sequence

from django.db import models


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Use `bulk_create` instead."""
    attributes = [model._meta.get_field(name).attname for name in names]
    model._base_manager.bulk_create(model(**dict(zip(attributes, row, strict=True))) for row in rows)
