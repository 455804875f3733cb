"""The house's table: imports flow one way, modules and functions stay small."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "articles"
FLOORS = {
    0: ["store.differences", "store.document", "store.emitting", "store.fields", "store.files",
        "store.lines", "store.links", "store.loading", "store.pieces", "store.reader", "store.readers",
        "store.telling", "stories.clustering", "stories.comparing", "stories.copies", "stories.dayterms",
        "stories.decisions", "stories.growing", "stories.identity", "stories.marks", "stories.names",
        "stories.pairing", "stories.placer", "stories.placers", "stories.ranking", "stories.regrouping",
        "stories.reports", "stories.similarity", "images.recipes", "images.renditions", "images.focus",
        "images.decoder", "images.decoding", "beside", "early", "net", "answers", "packing", "plain",
        "politeness", "search.words", "demo", "workers", "sources.assigning", "sources.entries",
        "sources.jsonfeed", "sources.markup", "sources.opml", "sources.parser", "sources.parsers",
        "sources.parsing", "sources.redirectors", "sources.rating", "sources.schedule", "sources.texts"],
    1: ["models"],
    2: ["store.applying", "store.importing", "store.nouns", "store.pictures", "store.relations",
        "store.exporting", "store.refreshing", "store.reporting", "store.rows", "store.taxonomy",
        "store.undoing", "stories.acting", "stories.adding", "stories.deciding", "stories.effects",
        "stories.grouping", "stories.editing", "stories.naming", "stories.placing", "stories.settling",
        "stories.snapshots", "stories.suggesting", "stories.undoing", "stories.explaining", "images.cache",
        "images.keeping", "images.pruning", "images.storage", "search", "health", "generation", "triggers",
        "backup", "language", "tasks", "sources", "watching.jobs", "watching.probes", "watching.metrics"],
    3: ["pages", "templatetags", "admin", "admin_site", "apps", "checks", "management",
        "watching.answering"],
}  # fmt: skip
MODULES = [path for path in ROOT.rglob("*.py") if "migrations" not in path.parts]


def _name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _floor(name):
    for floor, rooms in FLOORS.items():
        if any(name == room or name.startswith(f"{room}.") for room in rooms):
            return floor
    return None


def _imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_stays_on_its_floor(path):
    tree = ast.parse(path.read_text())
    name = _name(path)
    floor = _floor(name)
    if name.endswith("__init__") and floor is None:
        return
    assert floor is not None, "every module has a floor"
    for imported in _imports(tree):
        if imported.startswith("articles."):
            below = _floor(imported.removeprefix("articles."))
            assert below is None or below <= floor, imported
        if floor == 0:
            assert not imported.startswith("django"), imported


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_and_functions_stay_small_and_say_what_they_are(path):
    text = path.read_text()
    assert text.count("\n") <= 400
    tree = ast.parse(text)
    assert not text.strip() or ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 50, node.name
            inner = [n for n in ast.walk(node) if isinstance(n, ast.ImportFrom)]
            assert not [n.module for n in inner if (n.module or "").startswith("articles")], node.name


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=_name)
def test_views_are_short_and_ask_named_questions(path):
    text = path.read_text()
    assert not re.search(r"\.(filter|exclude)\(", text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and any(
            "require" in ast.unparse(d) for d in node.decorator_list
        ):
            assert node.end_lineno - node.lineno < 30, node.name


# Whatever opens connections: only the one door may, and it alone decides where to.
CLIENTS = {
    "aiohttp", "asyncio", "boto3", "botocore", "ftplib", "http", "httpcore", "httpx", "imaplib", "importlib",
    "nntplib", "poplib", "pycurl", "requests", "selectors", "smtplib", "socket", "socketserver", "ssl",
    "telnetlib", "urllib3", "xmlrpc",
}  # fmt: skip
CODE = [*MODULES, *(ROOT.parent / "aggregator").glob("*.py"), ROOT.parent / "manage.py"]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT.parent)))
def test_only_the_one_door_can_reach_the_network(path):
    if path == ROOT / "net.py":
        return
    tree = ast.parse(path.read_text())
    for imported in _imports(tree):
        assert imported.split(".")[0] not in CLIENTS, imported
        assert not imported.startswith("urllib.request"), imported
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "__import__" not in names
