"""Rules about the code as a whole."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "articles"
MODULES = [path for path in ROOT.rglob("*.py") if "migrations" not in path.parts]


def _imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_every_module_says_what_lives_in_it():
    texts = {path: path.read_text() for path in MODULES}
    parsed = {path: ast.parse(text) for path, text in texts.items() if text.strip()}
    assert not [path for path, tree in parsed.items() if not ast.get_docstring(tree)]


# Whatever opens connections: only the one door may, and it alone decides where to.
CLIENTS = {
    "aiohttp", "asyncio", "boto3", "botocore", "ftplib", "http", "httpcore", "httpx", "imaplib", "importlib",
    "nntplib", "poplib", "pycurl", "requests", "selectors", "smtplib", "socket", "socketserver", "ssl",
    "telnetlib", "urllib3", "xmlrpc",
}  # fmt: skip
CODE = [*MODULES, *(ROOT.parent / "aggregator").glob("*.py"), ROOT.parent / "manage.py"]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT.parent)))
def test_only_the_one_door_can_reach_the_network(path):
    if path == ROOT / "http" / "client.py":
        return
    tree = ast.parse(path.read_text())
    for imported in _imports(tree):
        assert imported.split(".")[0] not in CLIENTS, imported
        assert not imported.startswith("urllib.request"), imported
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "__import__" not in names
