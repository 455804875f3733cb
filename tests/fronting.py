"""Web processes by deploy/serve, and nginx before them by deploy/nginx.conf, all on high loopback ports."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import trustme

ROOT = Path(__file__).resolve().parents[1]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
HOST = "news.example"


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def environment(folder: Path, **given) -> dict[str, str]:
    """Return the environment of a public site whose files lie in this folder."""
    return {
        **os.environ,
        "SECRET_KEY": "only-for-this-run-" * 4, "SITE_URL": f"https://{HOST}", "TRUSTED_PROXIES": "127.0.0.1",
        "VAR_DIR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": "aggregator.settings",
        "BIN": str(Path(sys.executable).parent), **given,
    }  # fmt: skip


def manage(env: dict, *arguments: str) -> str:
    """Run a management command; returns what it said, raises if it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return done.stdout


def serve(env: dict, port: int, log: Path, **given) -> subprocess.Popen:
    """Start a web process on a port and wait until it answers."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [ROOT / "deploy" / "serve"], env={**env, "WEB_PORT": str(port), **given}, stdout=said, stderr=said
        )
    wait_for(f"http://127.0.0.1:{port}/healthz", process)
    return process


def wait_for(url: str, process: subprocess.Popen, seconds: float = 20) -> None:
    """Wait until an address answers at all; raises where the process ends before."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def stop(process: subprocess.Popen, seconds: float = 25) -> int:
    """End a process that was started here as an operator would; returns its exit status."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def front(folder: Path, http: int, https: int, web: list[int]) -> subprocess.Popen:
    """Start nginx with the example's own text, but for ports, folders and the certificate.

    The certificate's authority is left in the folder as ca.pem.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert(HOST)
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "site.pem")
    changes = {
        "user www-data;": "user root;" if os.geteuid() == 0 else "",
        "pid /run/nginx.pid;": f"pid {folder}/nginx.pid;",
        "/var/log/nginx/error.log warn": f"{folder}/nginx-error.log warn",
        "/var/log/nginx/access.log line": f"{folder}/nginx-access.log line",
        "server 127.0.0.1:8000": f"server 127.0.0.1:{web[0]}",
        "server 127.0.0.1:8001": f"server 127.0.0.1:{web[-1]}",
        "/var/cache/nginx-news ": f"{folder}/files ",
        "/var/cache/nginx-news-pages ": f"{folder}/pages ",
        "listen 80 ": f"listen 127.0.0.1:{http} ",
        "listen 443 ": f"listen 127.0.0.1:{https} ",
        "/etc/letsencrypt/live/news.example/fullchain.pem": f"{folder}/site.pem",
        "/etc/letsencrypt/live/news.example/privkey.pem": f"{folder}/site.pem",
    }
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"deploy/nginx.conf has no {old!r} any more")
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)
    command = [NGINX, "-c", folder / "nginx.conf", "-e", folder / "nginx-error.log", "-g", "daemon off;"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 10
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", https)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError(f"nginx does not start: {(folder / 'nginx-error.log').read_text()[-500:]}")
