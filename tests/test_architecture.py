"""Rules about the code as a whole."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "articles"
MODULES = [path for path in ROOT.rglob("*.py") if "migrations" not in path.parts]


@cache
def _tree(path):
    return ast.parse(path.read_text())


@cache
def _imports(path):
    return list(_walk_imports(_tree(path)))


def _walk_imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_every_module_says_what_lives_in_it():
    assert not [path for path in MODULES if _tree(path).body and not ast.get_docstring(_tree(path))]


# From the top down: a package imports only packages of lower rows, models, and pure modules. `models` may
# import `caching`, whose `writing` all writers share.
LAYERS = [
    {"operations"},
    {"editions"},
    {"sources"},
    {"editing"},
    {"importing", "exporting"},
    {"stories"},
    {"images", "search"},
    {"caching"},
    {"http"},
]
FACES = {"pages", "api", "admin", "management", "templatetags"}
PURE = {
    "frontmatter", "demo", "http.throttle", "http.response", "http.sandbox",
    "images.decoder", "images.renditions", "search.text", "sources.feed", "sources.links", "sources.opml",
    "sources.parse", "sources.classify", "stories.clustering",
    "importing.files", "stories.clusters", "stories.ranking", "stories.reclustering", "stories.similarity",
}  # fmt: skip


def _is_pure(name):
    return any(name == pure or name.startswith(f"{pure}.") for pure in PURE)


def _may_import(package, imported):
    """Return whether modules of a package may import a module, both named without `articles.`."""
    target = imported.split(".")[0]
    if target == package or _is_pure(imported):
        return True
    if package in FACES or package in ("apps", "checks", "admin_site"):
        shown = {"pages"} | ({"pages", "api", "admin"} & {package})
        return target not in FACES or (target in shown and package != "pages") or target == package
    if target in FACES:
        return False
    rank = {name: row for row, names in enumerate(LAYERS) for name in names}
    if package == "models":
        return target == "caching"
    if target == "models":
        return package in rank or package == "monitoring"
    if package == "monitoring":
        return target == "models"
    return package in rank and target in rank and rank[target] > rank[package]


def _project_imports(path):
    return [name.removeprefix("articles.") for name in _imports(path) if name.startswith("articles.")]


def test_packages_import_only_what_lies_below_them():
    wrong = []
    for path in MODULES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        package = name.split(".")[0]
        for imported in _project_imports(path):
            if _is_pure(name):
                fine = _is_pure(imported) or imported.split(".")[0] == "http"
            else:
                fine = _may_import(package, imported)
            if not fine:
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_pure_modules_import_no_django():
    wrong = [
        f"{path} imports {imported}"
        for path in MODULES
        if _is_pure(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for imported in _imports(path)
        if imported.split(".")[0] == "django"
    ]
    assert wrong == []


def test_no_two_packages_import_each_other():
    arrows = set()
    for path in MODULES:
        package = path.relative_to(ROOT).parts[0]
        arrows |= {(package, each.split(".")[0]) for each in _project_imports(path)}
    assert {(a, b) for a, b in arrows if a != b and (b, a) in arrows} == set()


# What opens connections: only the HTTP client may import it, and it alone decides where to.
CLIENTS = {
    "aiohttp", "asyncio", "boto3", "botocore", "ftplib", "http", "httpcore", "httpx", "imaplib", "importlib",
    "nntplib", "poplib", "pycurl", "requests", "selectors", "smtplib", "socket", "socketserver", "ssl",
    "telnetlib", "urllib3", "xmlrpc",
}  # fmt: skip
CODE = [*MODULES, *(ROOT.parent / "aggregator").glob("*.py"), ROOT.parent / "manage.py"]


def test_only_the_http_client_can_reach_the_network():
    wrong = []
    for path in CODE:
        if path == ROOT / "http" / "client.py":
            continue
        wrong += [
            f"{path} imports {imported}"
            for imported in _imports(path)
            if imported.split(".")[0] in CLIENTS or imported.startswith("urllib.request")
        ]
        names = {node.id for node in ast.walk(_tree(path)) if isinstance(node, ast.Name)}
        wrong += [f"{path} uses __import__"] if "__import__" in names else []
    assert wrong == []
