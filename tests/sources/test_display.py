"""What a source lets its articles show: excerpts and pictures, at once, on every page, feed and interface."""

import pytest

from articles.editing.articles import set_published
from articles.editing.takedowns import take_down
from articles.models import Article, ArticleImage, Image, Source
from articles.models.article import first_sentence
from articles.operations.jobs import group_new
from tests.feeds import make_source, poll
from tests.written_feeds import item, rss

pytestmark = pytest.mark.django_db

FIRST, SECOND = "The tide came in at nine, as it does.", "Nobody on the pier was surprised."
PATHS = ("/", "/search/?q=tide", "/feed.atom", "/feed.json", "/api/v1/articles", "/api/v1/stories")


@pytest.fixture
def source(site, write_article):
    site.pages["/feed"] = (200, {}, rss(item("tide", text=f"{FIRST} {SECOND}")))
    source = make_source(site.url("/feed"))
    poll(site.place, source)
    image = Image.objects.create(url="https://p.example/1.jpg", url_hash="1", state=Image.State.READY)
    article = Article.objects.get()
    ArticleImage.objects.get_or_create(article=article, image=image)
    group_new()
    set_published([article], True)
    source.refresh_from_db()
    return source


def pages(client):
    article = Article.objects.select_related("story__lead").get(title__icontains="tide")
    own = [article.get_absolute_url(), article.story.get_absolute_url()]
    return {path: client.get(path).content.decode() for path in (*PATHS, *own)}


@pytest.mark.parametrize(("chosen", "first", "second"), [("all", 1, 1), ("sentence", 1, 0), ("none", 0, 0)])
def test_excerpts_are_as_long_as_the_source_allows_at_once(chosen, first, second, source, client):
    def shown():
        texts = {
            path: page.replace("<mark>", "").replace("</mark>", "") for path, page in pages(client).items()
        }
        return {path: (FIRST in text, SECOND in text) for path, text in texts.items()}

    assert set(shown().values()) == {(True, True)}
    source.shown_excerpts = chosen
    source.save(update_fields=["shown_excerpts"])
    assert set(shown().values()) == {(bool(first), bool(second))}
    source.shown_excerpts = "all"
    source.save()
    assert set(shown().values()) == {(True, True)}


def test_a_later_poll_keeps_to_what_is_allowed(site, source):
    Source.objects.filter(pk=source.pk).update(shown_excerpts="none", shows_pictures=False)
    site.pages["/feed"] = (200, {}, rss(item("tide", text=f"Anew. {SECOND}"), item("ebb")))
    poll(site.place, Source.objects.get())
    assert set(Article.objects.values_list("excerpt_sentences", "without_pictures")) == {(0, True)}
    assert not ArticleImage.objects.shown().exists()
    assert ArticleImage.objects.first_ready(Article.objects.all()) == {}


def test_the_strictest_of_two_sources_counts(site, source):
    site.pages["/other"] = site.pages["/feed"]
    other = make_source(site.url("/other"), shown_excerpts="none")
    poll(site.place, other)
    article = Article.objects.get()
    assert article.shown_excerpt == ""
    source.shown_excerpts = "sentence"
    source.save()
    article.refresh_from_db()
    assert article.shown_excerpt == ""


def test_nothing_of_a_source_is_shown_or_polled_when_it_is_taken_down(source, client):
    take_down("source", source, reason="It opted out")
    assert not any(FIRST in client.get(path).content.decode() for path in PATHS)
    assert not Source.objects.active().exists()


def test_a_first_sentence_is_more_than_an_abbreviation():
    for text, first in (
        (f"{FIRST} {SECOND}", FIRST),
        ("Dr. Who met U.S. envoys in Paris. They talked.", "Dr. Who met U.S. envoys in Paris."),
        ("No end", "No end"),
        ("", ""),
        (
            "今日は朝から港で強い風が吹いていました、船は出ません。明日も。",
            "今日は朝から港で強い風が吹いていました、船は出ません。",
        ),
    ):
        assert first_sentence(text) == first
