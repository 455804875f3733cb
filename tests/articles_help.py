"""Article files for tests, and their import."""

from articles.store.document import emit


def article_writer(place):
    """Return a function that writes an article file into a store below this place and gives its path."""

    def write(slug="tide", folder="store", related=(), **fields):
        values = {
            "title": f"The {slug} report",
            "excerpt": f"What is known of the {slug}.",
            "publishedDateTime": "2023-05-04T09:30:00Z",
            "webUrl": f"https://harbour-gazette.example/{slug}",
            "type": "article",
            "quality": 57,
            "heat": -1,
            "published": True,
            "provider": {"name": "Harbour Gazette", "domain": "harbour-gazette.example"},
            "topics": ["Tidal Energy"],
            **fields,
        }
        if related:
            values["related"] = [
                {
                    "title": f"{values['title']} as {name} has it",
                    "excerpt": f"What is known of the {slug}, told by {name}.",
                    "publishedDateTime": "2023-05-04T10:00:00Z",
                    "webUrl": f"https://{name}.example/report",
                    "type": "article",
                    "provider": {"name": name.title(), "domain": f"{name}.example"},
                    "quality": 20,
                }
                for name in related
            ]
        path = place / folder / f"2023-05-04-{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(emit(values))
        return path

    return write


def import_files(*paths, **options):
    """Import these files and folders; returns the report."""
    from articles.store.importing import import_paths

    return import_paths(paths, keeps_files=True, **options)
