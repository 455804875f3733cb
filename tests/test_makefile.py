"""The Makefile, as far as it can be tried without a fresh machine; the rest: tests/soak/fresh_debian.py."""

import subprocess
from pathlib import Path

from tests.soak.fresh_debian import install_command

ROOT = Path(__file__).resolve().parents[1]


def test_without_venv_and_pip_one_line_says_what_to_install(tmp_path):
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    python.chmod(0o755)
    command = ["make", "-f", ROOT / "Makefile", f"PYTHON={python}", ".venv/bin/python"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    message, *rest = done.stderr.splitlines()
    assert f"{message} make".endswith(install_command())
    assert all(line.startswith("make") for line in rest)  # that of make itself, "Error 1"
    assert not (tmp_path / ".venv").exists()
