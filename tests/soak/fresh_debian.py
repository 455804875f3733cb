"""The README's two commands on fresh Debian systems: `python -m tests.soak.fresh_debian [SUITE…]`, as root.

debootstrap makes a minimal tree of each suite in a temporary folder. The tree gets the packages that
README.md names, a user, and a clone of HEAD. There the user runs `make run`, which must serve the front page,
and `make test`, which must pass. Everything runs in mount and process namespaces of its own and ends with
them. apt and pip load from where this machine's configuration tells them to. Where such trees cannot be made,
the script prints the reason and succeeds.
"""

import argparse
import ast
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.fronting import free_ports

ROOT = Path(__file__).resolve().parents[2]
SUITES = ("bookworm", "trixie")  # Debian 12 and 13
_PROGRAMS = ("apt-get", "debootstrap", "git", "setpriv", "unshare")
# All inside ends with the first process there, which ends with this script, however that ends.
_NAMESPACES = shlex.split(
    "setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child"
)
_INTERRUPTED = (2, 130)  # what make and sh return after Ctrl-C
_USER, _HOME = "1000:1000", "/home/visitor"
# $1: the tree; $2: paths of this machine that are seen inside at the same place; then the command.
_ENTER = """
tree=$1 paths=$2; shift 2
mount -t proc proc "$tree/proc" || exit
for path in $paths; do
    mount --bind "$path" "$tree$path" && mount -o remount,bind,ro "$tree$path" || exit
done
chroot "$@"
"""


def install_command() -> str:
    """Return the command in README.md that installs the packages, the one place that names them."""
    return re.search(r"^apt-get install .+$", (ROOT / "README.md").read_text(), re.MULTILINE)[0]


@dataclass(frozen=True, slots=True)
class Downloads:
    """Where this machine's apt and pip load packages from.

    `apt` holds lines of apt's configuration, `environment` variables for pip and debootstrap, `paths` the
    files and folders of this machine that pip's settings name; of an index, the folder above.
    """

    mirror: str
    apt: str
    environment: dict[str, str]
    paths: list[str]

    @classmethod
    def of_this_machine(cls) -> "Downloads":
        pip = _pip_settings()
        environment = {f"PIP_{name.upper().replace('-', '_')}": value for name, value in pip.items()}
        proxies = {f"{scheme}_proxy": _proxy(scheme) for scheme in ("http", "https")}
        environment |= {name: value for name, value in proxies.items() if value}
        words = [word for value in pip.values() for word in value.split()]
        named = [word for word in words if word.startswith("/")]
        named += [str(Path(word[7:]).parent) for word in words if word.startswith("file:///")]  # an index
        configured = _output("apt-config", "dump").splitlines()
        apt = "".join(f"{line}\n" for line in configured if re.match("Acquire::(?!IndexTargets)", line))
        return cls(_mirror(), apt, environment, [path for path in named if Path(path).exists()])

    def has(self, suite: str) -> bool:
        proxies = {key.removesuffix("_proxy"): self.environment[key]
                   for key in self.environment if key.endswith("_proxy")}  # fmt: skip
        opener = build_opener(ProxyHandler(proxies) if proxies else ProxyHandler())
        try:
            with opener.open(f"{self.mirror}/dists/{suite}/Release", timeout=30):
                return True
        except (URLError, OSError, ValueError):
            return False


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _pip_settings() -> dict[str, str]:
    """Return pip's settings by name, from its files and the environment, which goes before them."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in _output(sys.executable, "-m", "pip", "config", "list").splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found:
            found[section][name] = " ".join(ast.literal_eval(value).split())
    found[":env:"].pop("config-file", None)  # what it names has been read
    return {**found["global"], **found["install"], **found[":env:"]}


def _proxy(scheme: str) -> str:
    own = os.environ.get(f"{scheme}_proxy", "")
    return own or _output("apt-config", "shell", "p", f"Acquire::{scheme}::Proxy").strip()[3:-1]


def _mirror() -> str:
    """Return the address from which apt gets this machine's release, or nothing."""
    fields = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    for line in _output("apt-get", "indextargets", "--format", fields, "Created-By: Packages").splitlines():
        address, release, component = line.rsplit(" ", 2)
        if component == "main" and "-" not in release:
            return address.rstrip("/")
    return ""


class Tree:
    """A fresh Debian system in a folder, and what is run in it, with a transcript on standard output."""

    def __init__(self, folder: Path, suite: str, downloads: Downloads) -> None:
        self.root, self.suite, self.downloads = folder / "tree", suite, downloads
        self.log = folder / "log"

    def make(self) -> None:
        """Make the tree with the README's packages, a user and a clone. Raises CalledProcessError."""
        at, packages = self.downloads, self.root / "etc/apt/apt.conf.d/00machine"
        command = ["debootstrap", "--variant=minbase", self.suite, str(self.root), at.mirror]
        self._check([*_NAMESPACES, *command], " ".join(command[:-2]), seconds=600)
        packages.write_text(at.apt + 'APT::Get::Assume-Yes "true";\n')
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n")
        add_user = f"useradd --create-home {Path(_HOME).name}"
        for command in ("apt-get update", install_command(), "python3 --version", add_user):
            self._check(self._inside(shlex.split(command)), command, seconds=600)
        site = f"{self.root}{_HOME}/site"
        self._check(["git", "clone", "--quiet", str(ROOT), site], "git clone", seconds=60)
        subprocess.run(["chown", "-R", _USER, site], check=True)

    def serves(self) -> bool:
        """Tell whether `make run` serves the front page, and ends when it is interrupted."""
        port = free_ports(1)[0]
        command = ["make", "run", f"PORT={port}"]
        with self._started(self._as_user(command), " ".join(command), good=_INTERRUPTED) as process:
            served = _answers(f"http://127.0.0.1:{port}/", process, seconds=300)
            print(f"the front page is {'served' if served else 'NOT served'}", flush=True)
            ended = _interrupt(process)
        return served and ended

    def passes(self, target: str, seconds: float) -> bool:
        """Tell whether a target of make succeeds."""
        with self._started(self._as_user(["make", target]), f"make {target}") as process:
            try:
                return process.wait(seconds) == 0
            except subprocess.TimeoutExpired:
                print(f"not done after {seconds:.0f} s", flush=True)
                return False

    def _inside(self, command: list[str], *options: str, paths: list[str] | None = None) -> list[str]:
        tree = str(self.root)
        return [*_NAMESPACES, "sh", "-c", _ENTER, "-", tree, " ".join(paths or []), *options, tree, *command]

    def _as_user(self, command: list[str]) -> list[str]:
        for path in self.downloads.paths:
            place = Path(f"{self.root}{path}")
            place.parent.mkdir(parents=True, exist_ok=True)
            if Path(path).is_dir():
                place.mkdir(exist_ok=True)
            else:
                place.touch()
        command = ["env", f"--chdir={_HOME}/site", f"HOME={_HOME}", *command]
        return self._inside(command, f"--userspec={_USER}", "--groups=", paths=self.downloads.paths)

    def _check(self, command: list[str], shown: str, *, seconds: float) -> None:
        with self._started(command, shown) as process:
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired:
                status = -1
        if status:
            raise subprocess.CalledProcessError(status, shown)

    @contextmanager
    def _started(self, command: list[str], shown: str, good=(0,)) -> Iterator[subprocess.Popen]:
        """Start a command; afterwards end it where it still runs, and print the end of what it wrote."""
        print(f"\n[{self.suite}] $ {shown}", flush=True)
        began = time.monotonic()
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root",
                       "DEBIAN_FRONTEND": "noninteractive", **self.downloads.environment}  # fmt: skip
        with self.log.open("wb") as log:
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT}
            process = subprocess.Popen(command, **streams, env=environment, start_new_session=True)
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()  # and with it, by --kill-child, all in its namespace
                    process.wait()
        lines = self.log.read_text(errors="replace").splitlines()
        for line in lines[-6 if process.returncode in good else -200 :]:
            print(f"    {line}")
        print(f"ended with {process.returncode} after {time.monotonic() - began:.0f} s", flush=True)


def _answers(address: str, process: subprocess.Popen, seconds: float) -> bool:
    opener, until = build_opener(ProxyHandler({})), time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(address, timeout=10) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.5)
    return False


def _interrupt(process: subprocess.Popen) -> bool:
    """Press Ctrl-C and tell whether the process ends by it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            print("it goes on after Ctrl-C", flush=True)
            return False
    return True


def reason_to_skip() -> str:
    """Return why no tree can be made here, or nothing."""
    if os.geteuid() != 0:
        return "only root can make them"
    if missing := [name for name in _PROGRAMS if not shutil.which(name)]:
        return f"there is no {', no '.join(missing)}"
    if subprocess.run([*_NAMESPACES, "true"], capture_output=True, check=False).returncode:
        return "no namespaces can be made"
    return ""


def try_suite(suite: str, target: str, downloads: Downloads) -> bool:
    """Make a tree of a suite, run both commands in it and remove it; returns whether both did well."""
    with tempfile.TemporaryDirectory(prefix=f"{suite}-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        tree = Tree(Path(name), suite, downloads)
        try:
            tree.make()
        except subprocess.CalledProcessError as error:
            print(f"FAILED: {error}")
            return False
        return all([tree.serves(), tree.passes(target, seconds=1500)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("suites", nargs="*", default=SUITES, metavar="SUITE", help="Debian's name of it")
    parser.add_argument("--target", default="test", help="what make must do beside `run` (test)")
    options = parser.parse_args()
    if reason := reason_to_skip():
        print(f"skipped: fresh Debian trees cannot be made here: {reason}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that trees are removed
    downloads, failed = Downloads.of_this_machine(), []
    for suite in options.suites:
        began = time.monotonic()
        if not downloads.has(suite):
            print(f"[{suite}] skipped: apt's mirror cannot be reached, or does not have it")
            continue
        if not try_suite(suite, options.target, downloads):
            failed.append(suite)
        result = "FAILED" if suite in failed else "both commands work"
        print(f"[{suite}] {result}, {time.monotonic() - began:.0f} s", flush=True)
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
