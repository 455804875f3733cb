"""The examples of deploy/: every command is there, every variable documented, nothing runs as root.

No container engine runs here: files are read, and each shell line is taken apart, not executed.
"""

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.soak.deployment import blocks

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
DOCUMENTED = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "docs" / "deployment.md").read_text()))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "news"}
PINNED = re.compile(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+")


def unit(path):
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read(path)
    return parser


def check_manage(words):
    """Take apart the words after manage.py as the command itself would."""
    app = get_commands()[words[0]]
    command = load_command_class(app if isinstance(app, str) else app.name, words[0])
    command.create_parser("manage.py", words[0]).parse_args(words[1:])


def manage_lines(text):
    return [shlex.split(found) for found in re.findall(r"manage\.py ([^;&|\\\n\"]+)", text)]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_what_there_is_as_nobody_special(path):
    service = unit(path)["Service"]
    assert service["User"] == service["Group"] == "news"
    for line in (service["ExecStart"], service.get("ExecStartPre", "")):
        for words in manage_lines(line):
            check_manage(words)
        program = line.partition(" ")[0].removeprefix("/srv/news/")
        assert not program or program == ".venv/bin/python" or (ROOT / program).stat().st_mode & 0o100
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["StateDirectory"] == "news"


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_a_timer_has_its_service(path):
    assert path.with_suffix(".service") in UNITS
    assert unit(path)["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_understands_the_units():
    command = ["systemd-analyze", "verify", *UNITS, *TIMERS]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    lines = [line for line in said.splitlines() if str(DEPLOY) in line or "news-" in line]
    assert [line for line in lines if "is not executable" not in line] == []


@pytest.mark.skipif(not shutil.which("caddy"), reason="there is no caddy here")
def test_caddy_understands_its_example():
    command = ["caddy", "adapt", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "not formatted" not in done.stderr


def test_every_variable_of_the_examples_is_documented():
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "systemd" / "news.env").read_text(), re.MULTILINE))
    for path in UNITS:
        named |= set(re.findall(r"^Environment=([A-Z_]+)=", path.read_text(), re.MULTILINE))
    named |= {name for each in OURS.values() for name in each["environment"]}
    named |= set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    named |= set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "serve").read_text()))
    named |= set(re.findall(r"\b(STATIC_ROOT|VAR_DIR|WEB_[A-Z]+|BIN)=", (DEPLOY / "Dockerfile").read_text()))
    assert named - DOCUMENTED == set()


def test_images_are_pinned_and_nothing_of_ours_runs_as_root():
    images = [each["image"] for each in COMPOSE["services"].values() if each["image"] != "news"]
    docker = (DEPLOY / "Dockerfile").read_text()
    images += re.findall(r"^FROM (\S+)", docker, re.MULTILINE)
    assert [image for image in images if not PINNED.fullmatch(image)] == []
    assert re.findall(r"^USER (\S+)", docker, re.MULTILINE) == ["10001"]
    assert docker.index("\nUSER 10001") < docker.index("\nCMD ")
    for name, each in OURS.items():
        assert (each["read_only"], each["cap_drop"]) == (True, ["ALL"]), name
        assert "user" not in each


def test_the_compose_file_has_the_whole_site_and_opens_only_web_ports_to_this_machine():
    services = COMPOSE["services"]
    assert {"database", "cache", "web1", "web2", "worker", "poller", "migrate"} <= set(services)
    ports = [port for each in services.values() for port in each.get("ports", [])]
    assert ports == ["127.0.0.1:8000:8000", "127.0.0.1:8001:8000"]
    for each in services.values():
        assert set(each.get("depends_on", {})) <= set(services)
        for volume in each.get("volumes", []):
            assert volume.partition(":")[0] in COMPOSE["volumes"]


def test_every_command_of_the_containers_is_there(settings):
    assert COMPOSE["x-site"]["environment"]["TASKS"] == "database"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    found = [line for each in OURS.values() for line in manage_lines(" ".join(each.get("command", [])))]
    found += manage_lines((DEPLOY / "Dockerfile").read_text())
    assert {words[0] for words in found} >= {"migrate", "collectstatic", "run", "db_worker"}
    for words in found:
        check_manage(words)


def test_files_that_the_image_is_built_from_are_there():
    docker = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", docker, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists()
    assert re.search(r'^CMD \["deploy/serve"\]$', docker, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", "var"} <= set(ignored)


def test_the_ten_minutes_name_commands_and_files_that_are_there():
    steps = blocks()
    assert len(steps) == 5
    for step in steps:
        assert subprocess.run(["bash", "-n"], input=step, text=True, check=False).returncode == 0
        for words in manage_lines(step):
            check_manage(words)
        for name in re.findall(r"\bdeploy/\S+", step):
            assert list(ROOT.glob(name)), name
    units = {word for step in steps for word in re.findall(r"news-[a-z]+(?:@\d+|\.timer|\.service)", step)}
    for name in units:
        assert (DEPLOY / "systemd" / re.sub(r"@\d+", "@.service", name)).exists(), name
