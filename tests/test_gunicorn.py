"""The site under another server: gunicorn, which some operators run already."""

import subprocess
import sys
import urllib.request

import pytest

from tests import fronting


@pytest.mark.thorough
def test_gunicorn_serves_the_site_and_ends_gracefully(tmp_path):
    env = fronting.environment(tmp_path, DATABASE_URL="", SITE_URL="")
    fronting.manage(env, "migrate", "-v0")
    (port,) = fronting.free_ports(1)
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4",
               "--log-level", "error", "--control-socket", str(tmp_path / "control"),
               "aggregator.wsgi:application"]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=fronting.ROOT, env=env, stdout=log, stderr=log)
    try:
        fronting.wait_for(f"http://127.0.0.1:{port}/healthz", process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert b'"status": "ready"' in answer.read()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/feed.atom") as answer:
            assert answer.headers["Content-Type"].startswith("application/atom+xml")
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    finally:
        status = fronting.stop(process)
    assert status == 0, (tmp_path / "log").read_text()
