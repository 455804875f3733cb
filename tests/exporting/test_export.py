"""The export gives back the bytes that came in, and only an editor's decisions make a difference."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.editing import stories as story_editing
from articles.editing.articles import save_article, set_picture
from articles.exporting.export import export_articles
from articles.frontmatter.document import MAX_BYTES, parse
from articles.frontmatter.fields import MAX_NUMBER
from articles.models import Article, ArticleImage, Image
from tests.conftest import SHARED


def _files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _edit(slug, **values):
    article = Article.objects.get(permalink__endswith=slug)
    for name, value in values.items():
        setattr(article, name, value)
    save_article(article, values)


def test_an_untouched_archive_comes_out_as_the_bytes_that_came_in(write_article, run_import, tmp_path):
    odd = write_article("odd")
    odd.write_bytes(odd.read_bytes().replace(b"type: article", b"type:   'article'   # odd") + b"A body.\n")
    folder = write_article("plain", related=("ferry",)).parent
    run_import(folder)
    export_articles(tmp_path / "out")
    written = _files(tmp_path / "out")
    filed = {name: data for name, data in written.items() if not name.startswith("_unfiled")}
    assert filed == _files(folder)
    [copy] = set(written) - set(filed)
    assert parse(written[copy]).values["webUrl"] == "https://ferry.example/report"


def test_an_edited_field_changes_its_own_line_alone(write_article, run_import, tmp_path):
    path = write_article("one")
    run_import(path.parent)
    _edit("one", quality=80)
    export_articles(tmp_path / "out")
    before, after = path.read_bytes().split(b"\n"), (tmp_path / "out" / path.name).read_bytes().split(b"\n")
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        (b"quality: 57", b"quality: 80")
    ]


def test_every_field_that_editors_own_comes_back_in_an_empty_archive(write_article, run_import, tmp_path):
    run_import(write_article("one").parent)
    _edit("one", title="Ours: “so”", excerpt="", quality=3, is_published=False, is_removed=True)
    export_articles(tmp_path / "out")
    Article.objects.all().delete()
    run_import(tmp_path / "out", store_name="again")
    article = Article.objects.get()
    values = (article.title, article.excerpt, article.quality, article.is_published, article.is_removed)
    assert values == ("Ours: “so”", "", 3, False, True)
    assert article.edited_fields == []


def test_an_owned_field_that_says_what_the_file_says_changes_nothing(write_article, run_import, tmp_path):
    path = write_article("one")
    run_import(path.parent)
    _edit("one", quality=57, is_published=True)
    export_articles(tmp_path / "out")
    assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()


CRANE = {"url": "https://pictures.example/crane.jpg", "width": 800, "height": 600, "credit": "A. Quay"}
FERRY = {
    "license": "CC BY 4.0", "url": "https://Pictures.example:443/ferry one.jpg", "isCached": True,
    "title": "A &amp; B", "focus": {"x": 3, "y": 4},
}  # fmt: skip
TIDE = {"url": "https://pictures.example/tide.jpg", "isCached": False, "title": "T" * 600}


OURS = {"url": "https://pictures.example/ours.jpg"}


def _image(part):
    return Image.objects.get(url__contains=part)


def _leave_out_and_rename(article):
    crane, ferry, _ = ArticleImage.objects.values_list("image", "width", "height", "is_cached")
    save_article(article, [], images=[(*crane, "A crane &amp; more"), (*ferry, "A & B")])


def _hide_and_choose_again(article):
    set_picture(article, None)
    set_picture(article, Image.objects.get())


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (lambda article: set_picture(article, _image("ferry")), [CRANE, FERRY, TIDE], [FERRY, CRANE, TIDE]),
        (lambda article: set_picture(article, Image.objects.create(**OURS)), [CRANE], [OURS, CRANE]),
        (_leave_out_and_rename, [CRANE, FERRY, TIDE], [{**CRANE, "title": "A crane &amp;amp; more"}, FERRY]),
        (_hide_and_choose_again, [FERRY], [FERRY]),
    ],
    ids=["another order", "one of the editor's", "one left out, another title", "hidden and chosen again"],
)
def test_pictures_that_an_editor_changed_keep_what_their_file_says_of_them(
    write_article, run_import, tmp_path, edit, before, after
):
    path = write_article("one", images=before)
    run_import(path)
    edit(Article.objects.get())
    export_articles(tmp_path / "out")
    assert (tmp_path / "out" / path.name).read_bytes() == write_article("one", images=after).read_bytes()


def test_what_a_file_says_later_of_a_picture_an_editor_chose_is_exported(write_article, run_import, tmp_path):
    path = write_article("one", images=[CRANE, FERRY])
    run_import(path)
    set_picture(Article.objects.get(), _image("ferry"))
    later = {**CRANE, "width": 1600, "height": 1200}
    run_import(write_article("one", images=[later, FERRY]))
    export_articles(tmp_path / "out")
    written = (tmp_path / "out" / path.name).read_bytes()
    assert written == write_article("one", images=[FERRY, later]).read_bytes()


def test_a_file_that_would_be_too_big_written_anew_changes_in_one_line(write_article, run_import, tmp_path):
    path = write_article("one")
    quotes = b'"' * 1_100_000  # each of which is two bytes written anew
    path.write_bytes(path.read_bytes()[:-5] + b"extra: '" + quotes + b"'\n---\n\n")
    run_import(path.parent)
    _edit("one", quality=80)
    export_articles(tmp_path / "out")
    written = (tmp_path / "out" / path.name).read_bytes()
    assert written == path.read_bytes().replace(b"quality: 57", b"quality: 80")


def test_an_article_that_no_file_can_hold_is_reported_and_the_rest_written(
    write_article, run_import, tmp_path
):
    path = write_article("big")
    room = MAX_BYTES - len(path.read_bytes()) - len(b"extra: \n")
    path.write_bytes(path.read_bytes()[:-5] + b"extra: " + b"x" * room + b"\n---\n\n")
    run_import(path.parent, write_article("one"))
    _edit("big", title="A title longer than it was")
    err = StringIO()
    with pytest.raises(CommandError, match="1 could not be written; the rest is"):
        call_command("export_articles", str(tmp_path / "out"), stdout=StringIO(), stderr=err)
    assert err.getvalue() == f"refused: {path.name}: the file would be larger than 2 MiB\n"
    assert list(_files(tmp_path / "out")) == ["2023-05-04-one.md"]


def test_files_already_there_are_not_written_again_and_what_changed_can_be_asked_for_alone(
    write_article, run_import, tmp_path
):
    write_article("one")
    run_import(write_article("two").parent)
    export_articles(tmp_path / "out")
    report = export_articles(tmp_path / "out")
    assert (report.written, report.unchanged, report.refused) == (0, 2, [])
    _edit("one", quality=80)
    export_articles(tmp_path / "changed", changed_only=True)
    assert list(_files(tmp_path / "changed")) == ["2023-05-04-one.md"]


def test_a_topic_and_a_date_narrow_the_export(write_article, run_import, tmp_path):
    write_article("old", publishedDateTime="2020-01-01T00:00:00Z")
    write_article("other", topics=["Ferries"])
    run_import(write_article("wanted").parent)
    narrowed = ["--topic", "tidal-energy", "--since", "2023-01-01"]
    call_command("export_articles", str(tmp_path / "out"), *narrowed, stdout=StringIO())
    assert list(_files(tmp_path / "out")) == ["2023-05-04-wanted.md"]


def test_several_stores_get_a_folder_each_unless_one_is_named(write_article, run_import, tmp_path):
    run_import(write_article("one", folder="east").parent)
    run_import(write_article("two", folder="west").parent)
    export_articles(tmp_path / "all")
    call_command("export_articles", str(tmp_path / "one"), store="west/", stdout=StringIO())
    assert list(_files(tmp_path / "all")) == ["east/2023-05-04-one.md", "west/2023-05-04-two.md"]
    assert list(_files(tmp_path / "one")) == ["2023-05-04-two.md"]
    for name in ("north", "caf\udce9"):
        with pytest.raises(CommandError, match="there is no store"):
            call_command("export_articles", str(tmp_path / "out"), store=name)


def test_a_link_in_the_folder_is_not_followed(write_article, run_import, tmp_path):
    run_import(write_article("one").parent)
    outside = tmp_path / "outside"
    outside.write_text("untouched")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2023-05-04-one.md").symlink_to(outside)
    with pytest.raises(CommandError):
        call_command("export_articles", str(tmp_path / "out"), stdout=StringIO(), stderr=StringIO())
    assert outside.read_text() == "untouched"


def test_refreshing_brings_heat_and_copies_up_to_date(write_article, run_import, tmp_path):
    own = {"webUrl": "https://ferry.example/report", "title": "The ferry's own words", "quality": 20}
    write_article("ferry", provider={"name": "Ferry", "domain": "ferry.example"}, **own)
    path = write_article("one", related=("ferry",))
    run_import(path.parent)
    export_articles(tmp_path / "out", refresh=True)
    values = parse((tmp_path / "out" / path.name).read_bytes()).values
    assert (values["heat"], values["related"][0]["title"]) == (77, "The ferry's own words")


def test_a_refreshed_heat_is_one_that_a_file_may_hold(write_article, run_import, tmp_path):
    path = write_article("one")
    run_import(path)
    for added, heat in ((MAX_NUMBER, MAX_NUMBER), (-500, -1)):
        story_editing.adjust_heat(Article.objects.get().story, added)
        export_articles(tmp_path / str(added), refresh=True)
        assert parse((tmp_path / str(added) / path.name).read_bytes()).values["heat"] == heat
    assert run_import(tmp_path / str(MAX_NUMBER), tmp_path / "-500").counts["refused"] == 0


@pytest.mark.thorough
@pytest.mark.corpus
def test_a_real_store_comes_out_byte_for_byte(run_import, tmp_path):
    store = SHARED / "corpus" / "powerapps"
    if not store.is_dir():
        pytest.skip("no corpus here")
    run_import(store)
    export_articles(tmp_path / "out")
    stored = {path.name: path.read_bytes() for path in (store / "_news").glob("*.md")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "out" / "_news").iterdir()} == stored
