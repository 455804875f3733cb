"""A dry run tells of topics and organisations as it tells of articles, and a real one as it always did."""

from io import StringIO

import pytest
from django.core.management import call_command

from articles.models import ImportOutcome, Store, Topic


@pytest.fixture
def store(write_article):
    """A store of one article, two topics and an organisation; returns its root."""
    root = write_article("one", folder="store/_news").parent.parent
    for folder in ("topics", "organizations"):
        (root / "_data" / folder).mkdir(parents=True)
    _topic(root, "01-tides.yaml", "name: Tides\ndescription: High and low.\nkeywords: [ebb, flood]\n")
    _topic(root, "02-docks.yaml", "name: Docks\n")
    _gazette(root, "The Gazette")
    return root


def _topic(root, name, text):
    (root / "_data" / "topics" / name).write_text(text)


def _gazette(root, name):
    (root / "_data" / "organizations" / "gazette.md").write_text(
        f"---\nname: {name}\ndomain: gazette.example\nimages:\n  - url: https://gazette.example/logo.png\n---\n"
    )


def _said(root, **options):
    out = StringIO()
    call_command("import_articles", str(root), stdout=out, **options)
    return out.getvalue().splitlines()


def test_a_dry_run_tells_what_topics_and_organisations_would_be_made(store, db):
    assert _said(store, dry_run=True)[1:] == [
        "topic: docks",
        "    name: — → Docks",
        "    position: — → 2",
        "topic: tides",
        "    name: — → Tides",
        "    description: — → High and low.",
        "    keywords: — → ebb, flood",
        "    position: — → 1",
        "organisation: gazette.example",
        "    name: — → The Gazette",
        "    images: 0 entries, 0 of them gone → 1 entries, 1 of them new",
        "dry run: 1 created, 0 updated, 0 unchanged, 0 refused, 0 withdrawn",
    ]
    assert not Topic.objects.exists()
    assert not Store.objects.exists()
    assert not ImportOutcome.objects.exists()


def test_a_dry_run_tells_what_would_change_and_what_would_go(store, db):
    _said(store)
    _topic(store, "01-tides.yaml", "name: Tides\n_id: the-tides\nkeywords: [ebb]\nparent: Docks\n")
    (store / "_data" / "topics" / "02-docks.yaml").unlink()
    _gazette(store, "Gazette\u202e, the")
    told = _said(store, dry_run=True)
    assert told == [
        "topic: docks",
        "    name: Docks → —",
        "    position: 2 → —",
        "topic: tides",
        "    description: High and low. → —",
        "    keywords: ebb, flood → ebb",
        "    _id: — → the-tides",
        "    parent: — → Docks",
        "organisation: gazette.example",
        "    name: The Gazette → Gazette, the",
        "dry run: 0 created, 0 updated, 1 unchanged, 0 refused, 0 withdrawn",
    ]
    assert Topic.objects.get(name="Tides").description == "High and low."


def test_a_dry_run_of_a_store_as_it_was_tells_of_no_topic(store, db):
    _said(store)
    (store / "_data" / "topics" / "notes.txt").write_text("no topic, but the folder is another one")
    _topic(store, "02-docks.yaml", "# the same, said otherwise\nname: 'Docks'\n")
    assert _said(store, dry_run=True) == [
        "dry run: 0 created, 0 updated, 1 unchanged, 0 refused, 0 withdrawn"
    ]
