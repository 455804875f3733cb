"""What feeds tell and what files tell of one report: one article, and the order of coming does not matter."""

import pytest

from articles.editing import articles as article_edits
from articles.frontmatter.document import Memo
from articles.importing.upsert import read_stored_file
from articles.models import Article, Image, Provider, Source, SourceDocument, SourceEntry, Story, Topic
from articles.stories.grouping import group_waiting
from tests.feeds import make_source, poll
from tests.importing.helpers import import_all
from tests.state import archive_state
from tests.written_feeds import item, rss

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(site):
    site.feed = lambda name, *items, **more: site.pages.update({f"/{name}": (200, {}, rss(*items, **more))})
    return site


def test_one_report_in_several_feeds_and_forms_is_one_article(site):
    link = "https://harbour-gazette.example/news/tide-turns"
    forms = [
        link, f"{link}/?utm_source=feed", link.replace("https", "http"), f"{link}/amp/", f"{link}?amp=1#top",
        "https://harbour--gazette-example.cdn.ampproject.org/c/s/harbour-gazette.example/news/tide-turns",
        "https://www.google.com/url?rct=j&url=https%3A%2F%2Fharbour-gazette.example%2Fnews%2Ftide-turns&ct=ga",
        f"https://www.google.com/amp/s/{link.removeprefix('https://')}",
    ]  # fmt: skip
    sources = []
    for place, form in enumerate(forms):
        site.feed(f"feed-{place}", item("tide", title=f"The tide, version {place}", link=form))
        sources.append(make_source(site.url(f"/feed-{place}")))
    report = poll(site.place, *sources)
    assert (report.new, Article.objects.count()) == (1, 1)
    assert SourceEntry.objects.count() == len(forms)
    assert poll(site.place, *sources).new == 0
    article = Article.objects.get()
    assert article.url.startswith(("https://harbour-gazette.example/", "http://harbour-gazette.example/"))
    assert article.origin == "feed"


def test_a_file_wins_over_feeds_in_any_order_and_gives_way_when_it_goes(site, write_article, run_import):
    topic = Topic.objects.create(name="Feeds")
    site.feed("feed", item("tide", title="As the feed has it", link="https://harbour-gazette.example/tide"))
    source = make_source(site.url("/feed"), [topic])
    path = write_article("tide", title="As the file has it")
    poll(site.place, source)
    run_import(path.parent)
    states = [archive_state()["articles"]]
    article = Article.objects.get()
    assert (article.title, article.origin) == ("As the file has it", "file")
    assert list(article.topics.values_list("name", flat=True)) == ["Tidal Energy"]
    site.feed("feed", item("tide", title="Changed in the feed", link="https://harbour-gazette.example/tide"))
    assert poll(site.place, source).changed == 1
    states.append(archive_state()["articles"])
    assert states[0] == states[1]
    path.unlink()
    write_article("other", webUrl="https://harbour-gazette.example/other")
    run_import(path.parent, prune=True)
    article.refresh_from_db()
    assert (article.title, article.origin, article.is_removed) == ("Changed in the feed", "feed", False)


@pytest.mark.thorough
def test_the_order_in_which_feeds_and_files_come_does_not_matter(site, write_article, settings):
    link = "https://harbour-gazette.example/tide"
    site.feed("a", item("tide", title="In feed A", link=link, date="Fri, 05 May 2023 09:30:00 GMT"))
    site.feed("b", item("tide", title="In feed B", link=link), item("ebb", link="https://ebb.example/e"))
    path = write_article("ebb", webUrl="https://ebb.example/e")
    states = []
    for order in (("a", "b", "file"), ("file", "b", "a"), ("b", "file", "a")):
        for model in (Article, SourceDocument, SourceEntry, Source, Story, Topic, Provider):
            model.objects.all().delete()
        sources = {name: make_source(site.url(f"/{name}"), name=name) for name in ("a", "b")}
        for name in order:
            import_all([path]) if name == "file" else poll(site.place, sources[name])
        group_waiting()
        states.append(archive_state()["articles"])
    assert len(states[0]) == 2
    assert states[0]["harbour-gazette.example/tide"]["title"] == "In feed A"
    assert all(state == states[0] for state in states)


def test_an_editors_word_survives_every_poll(site):
    Topic.objects.create(name="Tides", keywords=["tide"])
    site.feed("feed", item("tide", title="The tide turns"))
    source = make_source(site.url("/feed"))
    poll(site.place, source)
    group_waiting()
    article = Article.objects.get()
    article.title, article.quality, article.is_published = "As the editor has it", 3, False
    article_edits.save_article(article, ["title", "quality", "is_published"], topics=[])
    site.feed("feed", item("tide", title="The tide turns again", text="Changed."))
    assert poll(site.place, source).changed == 1
    article.refresh_from_db()
    assert (article.title, article.quality, article.is_published) == ("As the editor has it", 3, False)
    assert (article.excerpt, list(article.topics.all())) == ("Changed.", [])


def test_what_is_kept_is_read_again_as_it_was_told(site):
    text = 'A "quoted" &amp;amp; text — with &lt;b>marks&lt;/b>: & 10 &lt; 20 \u2028 end'
    picture = '<media:content url="https://harbour-gazette.example/p.jpg" medium="image" width="640"/>'
    site.feed("feed", item("tide", title="Tide & ebb &amp; <flow>", text=text, more=picture))
    poll(site.place, make_source(site.url("/feed")))
    article = Article.objects.get()
    [(_, content)] = SourceDocument.objects.with_bytes()
    fields = read_stored_file(content, Memo())
    for name in ("title", "excerpt", "url", "published_at", "quality", "is_published"):
        assert getattr(fields, name) == getattr(article, name), name
    assert article.title == "Tide & ebb &amp; <flow>"
    assert article.excerpt == 'A "quoted" &amp; text — with <b>marks</b>: & 10 < 20 end'
    assert Image.objects.get().url == "https://harbour-gazette.example/p.jpg"
    assert article.provider_name == "Harbour Gazette"


def test_a_store_of_ones_own_that_is_called_like_a_feeds_stays_apart(site, write_article, run_import):
    source = make_source(site.url("/feed"))
    path = write_article("ebb", folder=f"feed:{source.pk}")
    run_import(path.parent)
    site.feed("feed", item("tide"))
    poll(site.place, source)
    stores = SourceDocument.objects.values_list("store__is_polled", "article__origin")
    assert sorted(stores) == [(False, "file"), (True, "feed")]
    site.feed("feed", item("tide", title="Changed"))
    poll(site.place, source)
    assert SourceDocument.objects.filter(store__is_polled=True).count() == 1


def test_a_report_of_too_little_quality_comes_but_is_not_published(site):
    site.feed("feed", item("tide"))
    poll(site.place, make_source(site.url("/feed"), weight=10, minimum_quality=40))
    group_waiting()
    assert list(Article.objects.values_list("quality", "is_published")) == [(10, False)]
    assert not Story.objects.public().exists()


def test_reports_of_an_aggregator_belong_to_those_who_published_them(site):
    named = '<source url="https://www.ebb-post.example/rss">Ebb Post</source>'
    site.feed("feed", item("tide", link="https://ebb-post.example/tide", more=named), item("quay"))
    source = make_source(site.url("/feed"))
    poll(site.place, source)
    assert dict(Provider.objects.values_list("domain", "name")) == {
        "ebb-post.example": "Ebb Post", "harbour-gazette.example": "Harbour Gazette"
    }  # fmt: skip


def test_a_source_of_one_provider_gives_it_all_that_comes(site):
    provider = Provider.objects.create(domain="port.example", name="The Port")
    site.feed("feed", item("tide"))
    poll(site.place, make_source(site.url("/feed"), provider=provider))
    assert Article.objects.get().provider == provider


def test_a_dry_run_tells_the_same_and_changes_nothing(site):
    site.feed("feed", item("tide"), item("ebb"))
    source = make_source(site.url("/feed"))
    before = Source.objects.values().get()
    dry = poll(site.place, source, dry_run=True)
    assert not Article.objects.exists()
    assert not SourceEntry.objects.exists()
    assert Source.objects.values().get() == before
    real = poll(site.place, source)
    assert (dry.counts, dry.new, str(dry.told[0])) == (real.counts, real.new, str(real.told[0]))
