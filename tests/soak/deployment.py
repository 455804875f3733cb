"""The ten minutes of docs/deployment.md, word for word: `python -m tests.soak.deployment`, as root on Linux.

Clones the last commit and runs the document's own blocks in namespaces of their own: its network is loopback
alone, so its ports are the real ones and nothing else is reached; /etc, /srv, /run and what is written under
/var are copies or empty. Real: git, make, pip (from packages fetched before), PostgreSQL, every command, the
units' own command lines, nginx, TLS. Stand-ins (stand_ins/), because there is neither a network nor an init:
`apt-get` looks whether packages are installed, `certbot` gives a certificate of its own, `systemctl` starts
what units say. Of the document only the block marked `choose` is replaced, as its reader would.
"""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

import trustme

ROOT = Path(__file__).resolve().parents[2]
HOST = "news.test"
_COPIED = ("/etc", "/var/lib/postgresql", "/var/lib/nginx", "/var/log", "/var/cache")
_EMPTY = ("/srv", "/run")


def blocks() -> list[str]:
    """Return the document's blocks in order, without the one that the reader replaces."""
    text = (ROOT / "docs" / "deployment.md").read_text()
    part = text[text.index("## Ten minutes") :].partition("\n## ")[0]
    found = re.findall(r"^( *)```sh\n(.*?)^ *```$", part, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


def stage(folder: Path) -> None:
    """Make what the machine of the document would have from elsewhere: a certificate, pip's packages."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(folder / "site.pem")
    # By the system's own Python, which the document's blocks use too: packages differ with its version.
    fetch = ["/usr/bin/python3", "-m", "pip", "download", "-qq", "--disable-pip-version-check",
             "-r", ROOT / "requirements.txt", "-d", folder / "packages"]  # fmt: skip
    subprocess.run(fetch, check=True)


def script(folder: Path) -> str:
    """Return what runs in the namespaces: the machine is set up, then the document's blocks."""
    lines = ["set -eu", "ip link set lo up"]
    for path in _COPIED:
        copy = folder / "copy" / path.strip("/").replace("/", "-")
        lines += [f"mkdir -p {copy.parent}", f"cp -a {path} {copy}", f"mount --bind {copy} {path}"]
    lines += [f"mount -t tmpfs tmpfs {path}" for path in _EMPTY]
    lines += [
        "mkdir -p /run/postgresql && chown postgres /run/postgresql",
        "rm -rf /var/lib/news /etc/news.env; userdel news 2>/dev/null || true",
        f"echo '127.0.0.1 {HOST} localhost' > /etc/hosts",
        f"export STAGE={folder} PATH={ROOT}/tests/soak/stand_ins:/usr/sbin:/usr/bin:/sbin:/bin",
        f"export PIP_NO_INDEX=1 PIP_FIND_LINKS={folder}/packages CURL_CA_BUNDLE={folder}/ca.pem",
        "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'",
        "unset VAR_DIR DATABASE_URL DJANGO_SETTINGS_MODULE VIRTUAL_ENV",
        f"export SITE={HOST} SOURCE={ROOT}",
        "set -x",
        *blocks(),
        "set +x",
        'echo "- what is served"',
        'curl -fsSI "https://$SITE/" | head -20',
        'curl -sS -o /dev/null -w "plain http: %{http_code} %{redirect_url}\\n" "http://$SITE/"',
        "systemctl stop news-web@8000",
        "curl -fsS -o /dev/null https://$SITE/",
        "echo 'one web process is enough'",
        "echo DONE",
    ]
    return "\n".join(lines)


def main() -> int:
    if os.geteuid() != 0:
        print("skipped: namespaces need root")
        return 0
    with tempfile.TemporaryDirectory(prefix="deployment-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        stage(folder)
        began = time.monotonic()
        # All processes inside end with the first one; mounts end with the last.
        inside = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
        done = subprocess.run([*inside, "bash", "-c", script(folder)], cwd="/", check=False)
        taken = time.monotonic() - began
    print(f"{len(blocks())} blocks in {taken:.0f} s: {'all went well' if not done.returncode else 'FAILED'}")
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
