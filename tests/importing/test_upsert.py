"""An import brings the archive to where the files are, however it got there."""

import shutil
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from articles.caching.writing import writing
from articles.frontmatter.document import Memo
from articles.frontmatter.emit import emit
from articles.importing.upsert import FileChange, apply_changes, merge_again, read_stored_file
from articles.models import Article, Store
from tests.importing.helpers import import_all, undo
from tests.state import archive_state, differences_of

HOSTS = ["harbour-gazette.example", "quay-post.example", "tide-times.example"]
TOPICS = ["Tidal Energy", "tidal energy", "TIDAL ENERGY", "Ferries", "Docks"]


def _report(random, link):
    return {
        "title": random.choice(["The tide turns", "A ferry is late", f"News of {link}"]),
        "excerpt": random.choice(["", "What is known so far.", f"All about {link}."]),
        "publishedDateTime": f"2023-05-0{random.randint(1, 4)}T09:{random.randint(10, 59)}:00Z",
        "webUrl": f"https://{HOSTS[link % 3]}/{link}",
        "type": "article",
        "provider": {"name": random.choice(["Harbour", "harbour"]), "domain": HOSTS[link % 3]},
        "quality": random.choice([20, 57, 80]),
        "images": [{"url": f"https://pictures.example/{n}.jpg"} for n in range(random.randint(0, 2))],
    }


def _file(random):
    values = _report(random, random.randint(1, 9)) | {
        "heat": -1, "published": random.random() < 0.7, "topics": random.sample(TOPICS, random.randint(0, 3)),
    }  # fmt: skip
    if random.random() < 0.1:
        values["removed"] = True
    values["related"] = [_report(random, random.randint(1, 12)) for _ in range(random.randint(0, 4))]
    return emit({key: value for key, value in values.items() if value != []})


def _topic(random):
    name, parent = random.sample(["Tidal Energy", "Ferries", "Docks"], 2)
    return f'name: "{name}"\ndescription: "{random.randint(1, 3)}"\nparent: "{parent}"\n'.encode()


def _organisation(random):
    host = random.choice(HOSTS)
    return f'---\nname: "The {random.randint(1, 3)}"\ndomain: {host}\n---\n'.encode()


_MADE_BY = {"_news": _file, "_data/topics": _topic, "_data/organizations": _organisation}


def _some_files(random):
    names = [f"_news/2023-05-04-{n}.md" for n in range(8)]
    names += ["_data/topics/01-a.yaml", "_data/topics/02-b.yaml", "_data/organizations/a.md"]
    return {name: _made(name, random) for name in names if random.random() < 0.7}


def _made(name, random):
    return _MADE_BY[name.rsplit("/", 1)[0]](random)


def _edited(files, random):
    """Change, remove, add and rename some files."""
    after = {name: _made(name, random) if random.random() < 0.3 else data for name, data in files.items()}
    for name in [name for name in after if random.random() < 0.25]:
        del after[name]
    news = [name for name in after if name.startswith("_news")]
    if len(news) > 1 and random.random() < 0.4:
        first, second = random.sample(news, 2)
        after[first], after[second] = after[second], after[first]
    if news and random.random() < 0.5:
        after["_news/2023-05-04-renamed.md"] = after.pop(random.choice(news))
    return after | {name: data for name, data in _some_files(random).items() if random.random() < 0.2}


def _lay_out(root, files):
    shutil.rmtree(root, ignore_errors=True)
    (root / "_news").mkdir(parents=True)
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


@pytest.mark.thorough
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(seed=1813)  # the new files are the old ones
@given(seed=st.integers(0, 2**32))
def test_an_import_leads_where_an_import_of_the_new_files_alone_would(seed, tmp_path, db, passing):
    random = Random(seed)
    old = _some_files(random)
    new = _edited(old, random)
    store = tmp_path / "store"
    with passing():
        _lay_out(store, old)
        import_all([store])
        before = archive_state()
        _lay_out(store, new)
        report = import_all([store], prune=bool(new), keeps_files=True)
        after = archive_state()
        # An import that changed nothing cannot be undone.
        if any(name.startswith("_news") for name in new) and differences_of(after, before):
            undo(report.run)
            assert differences_of(archive_state(), before) == []
    if not any(name.startswith("_news") for name in new):
        return
    with passing():
        _lay_out(store, new)
        import_all([store])
        assert differences_of(archive_state(), after) == []


@pytest.mark.thorough
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_order_in_which_files_come_does_not_matter(seed, tmp_path, db, passing):
    random = Random(seed)
    files = _some_files(random)
    store = tmp_path / "store"
    _lay_out(store, files)
    with passing():
        import_all([store])
        at_once = archive_state()
    paths = [store / name for name in files if name.startswith("_news")]
    random.shuffle(paths)
    with passing():
        Store.objects.create(name="store")
        for path in paths:
            _import_as_in_store(path)
        import_all([store])
        assert differences_of(archive_state(), at_once) == []


def _import_as_in_store(path):
    """Import a store that has this file alone, without withdrawing the rest."""
    alone = path.parents[1].with_name("alone") / "store"
    _lay_out(alone, {f"_news/{path.name}": path.read_bytes()})
    import_all([alone], store_name="store")


@pytest.mark.django_db
def test_an_article_of_a_feed_that_is_merged_again_stays_one_of_a_feed():
    content = emit(_report(Random(1), 1))
    fields = read_stored_file(content, Memo())
    with writing():
        store = Store.objects.create(name="feed", is_polled=True)
        apply_changes(store, [FileChange("a.md", "0" * 64, content, fields)], None, Memo())
        merge_again([fields.link_key])
    assert Article.objects.get().origin == Article.Origin.FEED
