"""The page cache: keyed by all that a view sees, renewed once a minute, and nothing private in it."""

import gzip
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from articles.caching import version
from articles.images.process import hide, reset, store_picture
from articles.models import Image, Provider, Story
from tests.pictures import add_picture, jpeg
from tests.queries import queries_of


def etag(client, address="/", **headers):
    return client.get(address, headers=headers)["ETag"]


def test_a_page_out_of_the_cache_is_the_page_and_costs_one_small_query(story, client):
    first = client.get("/")
    assert queries_of(client.get, "/") == 1
    second = client.get("/")
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    assert "default-src 'none'" in second["Content-Security-Policy"]


def test_what_becomes_of_a_picture_is_seen_on_the_next_request(write_article, run_import, client):
    run_import(write_article("one", images=[{"url": "https://a.example/one.jpg"}]))
    image = Image.objects.get()
    pages = ("/", "/topics/tidal-energy/", Story.objects.public().get().get_absolute_url())

    def shown():
        found = {"<img" in client.get(address).content.decode() for address in pages}
        feed = "/media/" in client.get("/feed.atom").content.decode()
        return found == {True} and feed, found == {False} and not feed

    assert shown() == (False, True)
    store_picture(image, jpeg(1200, 800))
    assert shown() == (True, False)
    hide([image])
    assert shown() == (False, True)
    reset([image])
    image.refresh_from_db()
    store_picture(image, jpeg(1200, 800))
    assert shown() == (True, False)
    image.renditions.all().delete()
    call_command("clear_pages")
    assert shown() == (False, True)


@pytest.mark.parametrize("address", ["/media/", "https://pictures.example/media/"])
def test_picture_files_pass_by_the_page_cache_whatever_their_address(story, client, settings, address):
    settings.MEDIA_URL = address
    image = Image.objects.create(url="https://a.example/a.jpg", url_hash="x")
    store_picture(image, jpeg())
    name = image.renditions.first().name
    assert queries_of(lambda: client.get(f"/media/{name}").close()) == 0


def test_what_no_visitor_sees_leaves_pages_alone(story, client, editor):
    before, newsroom = etag(client), Client()
    newsroom.force_login(editor)
    newsroom.get("/admin/")
    assert etag(client) == before


def test_a_conditional_request_is_answered_without_rendering(story, client):
    for address in ("/", "/feed.atom", "/api/v1/stories", "/sitemap.xml"):
        known = etag(client, address)
        asked = {"If-None-Match": f'"x", {known}'}
        assert queries_of(client.get, address, headers=asked) == 1
        answer = client.get(address, headers=asked)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", known)


@pytest.mark.parametrize("form", ["*", "{weak}", "{strong}", '"x", {strong}', ' W/"x" , {weak}'])
def test_a_tag_is_compared_weakly_alone_in_a_list_or_as_any(write_article, run_import, client, form):
    run_import(write_article("one", related=("ferry",)))
    picture = add_picture(Provider.objects.first(), "logo", "logo", "logo").renditions.first()
    tags = {address: etag(client, address) for address in ("/", "/feed.atom", "/api/v1/stories")}
    for address, tag in (tags | {f"/media/{picture.name}": f'"{picture.name}"'}).items():
        strong = tag.removeprefix("W/")
        said = form.format(weak=f"W/{strong}", strong=strong)
        assert client.get(address, headers={"If-None-Match": said}).status_code == 304, address
    for address, tag in tags.items():
        other = f'{tag[:-2]}"'
        assert client.get(address, headers={"If-None-Match": other}).status_code == 200, address


def test_compressed_bytes_hold_the_page_and_who_refuses_them_gets_plain_ones(story, client):
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]
    assert client.get("/", headers={"Accept-Encoding": "gzip;q=0.5"})["Content-Encoding"] == "gzip"
    for said in ("gzip;q=0", "br, gzip; q=0.0", "gzip ;q=0, br", "identity"):
        assert not client.get("/", headers={"Accept-Encoding": said}).has_header("Content-Encoding")


def test_visitors_with_other_choices_get_their_own_pages(story, client):
    plain = etag(client)
    client.cookies["theme"] = "dark"
    assert etag(client) != plain
    assert 'data-theme="dark"' in client.get("/").content.decode()
    del client.cookies["theme"]
    assert etag(client) == plain
    assert etag(client, **{"Accept-Language": "de"}) != plain


def test_a_page_is_cached_per_host_and_no_other_host_gets_into_it(story, client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "news.example"]
    client.get("/")
    page = client.get("/", headers={"Host": "news.example"}).content.decode()
    assert 'rel="canonical" href="http://news.example/"' in page
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert "evil" not in client.get("/").content.decode()


def test_head_has_the_headers_of_get_and_no_body_and_a_page_not_cached_is_whole(story, client):
    long = f"?x={'a' * 500}"  # an address too long to cache
    for address in ("/", "/api/v1/stories", "/feed.json"):
        head, full = client.head(address), client.get(address)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head["Content-Length"]) == int(full["Content-Length"]) == len(full.content)
    for address in (f"/{long}", "/nothing/"):
        answer = client.get(address)
        assert int(answer["Content-Length"]) == len(answer.content)
        assert answer.content.endswith(b"</html>\n")
    for address in (f"/{long}", f"/api/v1/stories{long}"):
        assert {"Accept-Language", "Cookie"} <= set(client.head(address)["Vary"].split(", "))
    assert "Accept-Language" in client.get("/nothing/")["Vary"]


def test_only_answers_of_status_200_are_cached(story, client):
    for address, status in (("/nothing/", 404), ("/api/v1/stories?limit=0", 400)):
        for _ in range(2):
            answer = client.get(address)
            assert (answer.status_code, answer.has_header("ETag")) == (status, False)


def test_the_cache_stays_within_its_bytes(story, client, settings):
    settings.PAGE_CACHE_BYTES = 60_000
    for number in range(20):
        client.get(f"/?x={number}")
    # The newest page is there without rendering, the oldest had to go.
    assert [bool(client.get(f"/?x={number}").templates) for number in (19, 0)] == [False, True]


def test_a_page_of_known_cards_asks_for_its_version_alone(story, client, settings):
    settings.PAGE_CACHE_BYTES = 0
    for address in ("/topics/tidal-energy/", "/topics/tidal-energy/?sort=new"):
        client.get(address)
        assert queries_of(client.get, address) == 1


def test_switches_lead_back_to_the_pages_own_address(story, client):
    for address in ("/about/", '/about/?x="><i>', "/topics/"):
        page = client.get(address).content.decode()
        written = escape(client.get(address).wsgi_request.get_full_path())
        assert page.count(f'name="next" value="{written}"') == 2


@pytest.mark.filterwarnings("ignore:No directory at")
def test_a_finished_answer_goes_to_the_server_in_one_piece_and_a_stream_as_a_stream(monkeypatch):
    from aggregator import wsgi

    closed = []
    monkeypatch.setattr(HttpResponseBase, "close", lambda answer: closed.append(answer))
    whole, stream = HttpResponse([b"a", b"b"]), StreamingHttpResponse([b"a", b"b"])
    monkeypatch.setattr(wsgi, "site", lambda environ, start_response: environ["answer"])
    assert wsgi.application({"REQUEST_METHOD": "GET", "answer": whole}, None) == [b"ab"]
    assert wsgi.application({"REQUEST_METHOD": "GET", "answer": stream}, None) is stream
    assert closed == [whole]


def test_relative_times_of_a_cached_page_are_renewed_each_minute(
    write_article, run_import, client, settings, monkeypatch
):
    settings.PAGE_CACHE_SECONDS = 60
    now = timezone.now().replace(second=0, microsecond=0)
    run_import(write_article("one", publishedDateTime=now.isoformat()))

    def text_at(minutes):
        moment = now + timedelta(minutes=minutes)
        monkeypatch.setattr(version.timezone, "now", lambda: moment)
        monkeypatch.setattr("time.time", moment.timestamp)
        return queries_of(client.get, "/"), client.get("/").text

    text_at(1)
    for minutes, expected in ((2, "2 min ago"), (61, "1 h ago"), (3 * 24 * 60, "3 days ago")):
        count, text = text_at(minutes)
        assert f" data-relative>{expected}</time>" in text
        assert count == 1
        assert f"{now + timedelta(minutes=minutes):%H:%M} UTC</time>" in text, "as of"


def test_a_page_that_says_so_is_made_anew_after_its_time(story, client, settings, monkeypatch):
    now = time.time()
    for later, count in ((0, 2), (59, 1), (61, 2)):
        monkeypatch.setattr("time.time", lambda later=later: now + later)
        assert queries_of(client.get, "/news-sitemap.xml") == count


def test_every_process_gives_a_page_the_same_tag(story, monkeypatch):
    now = timezone.now()
    tags = set()
    for seconds in (0, 5):
        moment = now + timedelta(seconds=seconds)
        monkeypatch.setattr(version.timezone, "now", lambda moment=moment: moment)
        tags.add(etag(Client()))
    assert len(tags) == 1
