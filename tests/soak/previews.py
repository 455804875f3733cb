"""Previews that leave no trace: `python -m tests.soak.previews STORE [--steps 1000] [--database postgres://…]`.

Imports a store and mixes previews, edits and readers' requests at random. Every ten steps the cached pages of
readers are compared with the same pages made anew; a difference, or a database that a preview changed, is an
error. Relative times are left out of the comparison.
"""

import argparse
import os
import random
import re
import tempfile
from collections import Counter
from io import StringIO
from pathlib import Path

EVERY = 10  # steps between two comparisons
_TIMES = re.compile(rb"<time.*?</time>", re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="(version|last_edit|shown)" value="(\w*)"')


def hidden(page) -> dict[str, str]:
    """Return the hidden inputs of a story's page, as a browser would send them."""
    return dict(_HIDDEN.findall(page.content.decode()))


class Mix:
    """Random steps of one editor and of readers; `counts` says how many of each kind were made."""

    def __init__(self, editor, reader) -> None:
        self.editor, self.reader, self.counts = editor, reader, Counter[str]()

    def step(self) -> str:
        """Preview an edit (six of ten steps), make one (one of ten), or ask for a page; returns which."""
        kind = random.choices(("preview", "edit", "request"), (6, 1, 3))[0]
        if kind == "request":
            self.reader.get(random.choice(self.paths()))
        else:
            kind = self._edit(is_saved=kind == "edit")
        self.counts[kind] += 1
        return kind

    def paths(self) -> list[str]:
        """Return twelve addresses of readers' pages: fixed ones, random stories and topics."""
        from articles.models import Story, Topic

        stories = Story.objects.public().order_by("?")[:4]
        topics = Topic.objects.with_stories().order_by("?")[:3]
        fixed = ["/", "/feed.atom", "/api/v1/stories", "/archive/", "/search/?q=the"]
        return fixed + [row.get_absolute_url() for row in (*stories, *topics)]

    def _edit(self, is_saved: bool) -> str:
        from articles.models import Story

        story = Story.objects.public().order_by("-article_count" if random.random() < 0.5 else "?").first()
        address = f"/admin/articles/story/{story.pk}/change/"
        members = list(story.articles.values_list("pk", flat=True))
        other = Story.objects.public().exclude(pk=story.pk).order_by("?").values_list("pk", flat=True).first()
        name = random.choice(
            ["unpublish", "quality", "move_out", "split", "lead", "merge", "retitle", "heat"]
        )
        given = {
            "selected": random.sample(members, random.randint(1, len(members))), "others": [other],
            "lead": random.choice(members), "title": f"TRACE {random.random()}", "excerpt": "TRACE",
            "quality": random.randint(0, 100), "heat": random.randint(-50, 50),
        }  # fmt: skip
        first = hidden(self.editor.get(address))
        if random.random() < 0.5 and not is_saved:
            self.editor.post(address, {**first, **given, "preview": name})
            return "preview of a page"
        effect = self.editor.post(address, {**first, **given, "edit": name})
        if not is_saved:
            return "preview of an effect"
        answer = self.editor.post(address, {**hidden(effect), **given, "confirm": name})
        return "edit" if answer.status_code == 302 else "edit refused"

    def differences(self) -> list[str]:
        """Return the addresses whose cached page is not the page made anew."""
        from django.core.cache import caches
        from django.core.management import call_command

        paths = self.paths()
        cached = {path: self._page(path) for path in paths}
        call_command("clear_pages", stdout=StringIO())
        caches["template_fragments"].clear()
        return [path for path in paths if self._page(path) != cached[path]]

    def _page(self, path: str) -> bytes:
        return _TIMES.sub(b"", self.reader.get(path).content)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "aggregator.settings", "VAR_DIR": folder, "ALLOWED_HOSTS": "testserver",
            "DATABASE_URL": options.database, "SITE_VERSION_SECONDS": "0", "SEARCHES_PER_MINUTE": "0",
            "API_PER_MINUTE": "0",
        }  # fmt: skip
        raise SystemExit(run(options.store.resolve(), options.steps))


def run(store: Path, steps: int) -> int:
    """Prepare a site, make the steps; returns 1 if a page differed or a preview changed a row, else 0."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    from tests.newsroom import database

    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("import_articles", str(store), stdout=StringIO())
    editor = Client()
    editor.force_login(User.objects.create_superuser("editor"))
    mix, wrong = Mix(editor, Client()), 0
    for number in range(1, steps + 1):
        before = database() if number % EVERY == 0 else None
        kind = mix.step()
        if before is not None:
            found = mix.differences()
            if kind != "edit" and database() != before:
                found.append(f"rows, after a {kind}")
            wrong += len(found)
            print(f"{number}: {dict(mix.counts)}; different: {found or 'nothing'}", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    main()
