"""What several files tell of one article is decided by the files alone."""

from datetime import UTC, datetime
from itertools import permutations

from articles.frontmatter.fields import read_article
from articles.importing.merge import ParsedDocument, merge_copies, merge_documents

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def _fields(**changes):
    values = {
        "title": "The tide turns",
        "publishedDateTime": "2023-05-04T09:30:00Z",
        "webUrl": "https://harbour-gazette.example/tide",
        "provider": {"name": "Harbour Gazette", "domain": "harbour-gazette.example"},
    }
    return read_article(values | changes, NOW)


def _copy(name):
    return {
        "title": name, "publishedDateTime": "2023-05-04T10:00:00Z", "webUrl": f"https://{name}.example/r",
        "provider": {"name": name, "domain": f"{name}.example"},
    }  # fmt: skip


def test_the_newest_file_wins_and_the_others_add_topics_related_and_removal():
    old = ParsedDocument(
        "b.md", "s", _fields(title="Old", topics=["Docks", "ferries"], removed=True, related=[_copy("a")])
    )
    new = ParsedDocument(
        "a.md", "s", _fields(topics=["Ferries"], publishedDateTime="2023-05-05", related=[_copy("b")])
    )
    for order in permutations([old, new]):
        merged = merge_documents(order)
        assert (merged.fields.title, merged.permalink, merged.is_removed) == ("The tide turns", "a", True)
        assert merged.topics == ("Ferries", "Docks")
        assert merged.related == ("b.example/r", "a.example/r")


def test_of_two_files_of_one_time_the_higher_path_outranks():
    merged = merge_documents(
        [ParsedDocument("b.md", "s", _fields(title="B")), ParsedDocument("a.md", "s", _fields(title="A"))]
    )
    assert merged.fields.title == "B"


def test_the_digest_tells_every_field_apart():
    base = _fields()
    others = [
        base._replace(**{name: value})
        for name, value in {
            "url": "https://other.example/", "web_url": "x", "original_url": "x", "amp_url": "x",
            "cdn_amp_url": "x", "title": "x", "excerpt": "x", "published_at": NOW, "kind": "video",
            "quality": 1, "heat": 1, "is_published": True,
        }.items()
    ]  # fmt: skip
    assert len({merge_copies([fields]).digest for fields in [base, *others]}) == 1 + len(others)
