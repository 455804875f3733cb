"""Pack: files that came together, compressed as one, since most of what one says others say too (floor 1)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db import models

from articles.models.bulk import insert_rows, reserve_ids
from articles.packing import Place, unpack

T = TypeVar("T")

# Fetched at a time: one has a thousand times the bytes of a usual row, or no more where a feed told it.
TOGETHER = 20


class PackQuerySet(models.QuerySet):
    def unused(self):
        """Packs of which nothing is a file that is kept, or was before an import."""
        return self.filter(documents=None, outcomes=None)

    def keep(self, places: Iterable[Place]) -> list[Place]:
        """Keep the packs that are new; returns the places in them by their ids. The caller holds the lock."""
        places = list(places)
        new = list(dict.fromkeys(place.pack for place in places if isinstance(place.pack, bytes)))
        ids = dict(zip(new, reserve_ids(self.model, len(new)), strict=True)) if new else {}
        insert_rows(self.model, ["id", "content"], [(pk, content) for content, pk in ids.items()])
        return [place._replace(pack=ids.get(place.pack, place.pack)) for place in places]

    def read(self, asked: Iterable[tuple[Place, T]], gone: list[T]) -> Iterator[tuple[T, bytes]]:
        """Yield what was given with each place, and the bytes that lie there.

        They come in the order of the packs, each of which is fetched and unpacked once. What was given with
        places in packs that are there no more is appended to `gone`.
        """
        in_packs: dict[int, list[tuple[Place, T]]] = defaultdict(list)
        for place, given in asked:
            in_packs[place.pack].append((place, given))
        ids = sorted(in_packs)
        for at in range(0, len(ids), TOGETHER):
            part = ids[at : at + TOGETHER]
            found = dict(self.filter(pk__in=part).values_list("pk", "content"))
            for pk in part:
                if pk not in found:
                    gone += (given for _, given in in_packs[pk])
                    continue
                whole = unpack(found[pk])
                for (_, start, size), given in in_packs[pk]:
                    yield given, whole[start : start + size]


class Pack(models.Model):
    content = models.BinaryField(help_text="The bytes of files one after the other, compressed.")

    objects = PackQuerySet.as_manager()

    def __str__(self):
        return f"pack {self.pk}"
