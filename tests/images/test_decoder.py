"""Decoders: a process that dies, hangs or lies costs one picture and nothing else."""


import pytest

from articles.http.sandbox import ROOT
from articles.images.decoder import LOGO, Decoders, PictureError
from articles.images.renditions import make_renditions
from tests.pictures import encoded, halves, jpeg

ANSWER = "import sys, json; w = sys.stdout.buffer; w.write({answer!r}); w.flush(); sys.stdin.buffer.read()"


def test_a_picture_is_decoded_as_it_would_be_here():
    with Decoders(1) as decoders:
        assert decoders.decode(jpeg()) == make_renditions(jpeg())
        assert decoders.decode(jpeg(), LOGO) == make_renditions(jpeg(), LOGO)
        with pytest.raises(PictureError, match="is no JPEG"):
            decoders.decode(b"<svg/>")


def test_one_process_serves_many_pictures_and_is_replaced_in_time_and_none_is_left_over(monkeypatch):
    monkeypatch.setattr(Decoders, "max_requests", 2)
    with Decoders(1) as decoders:
        seen = []
        for shade in range(4):
            decoders.decode(jpeg(shade=shade))
            seen.append(decoders._free[0].process)
    assert seen[0] == seen[1] != seen[2] == seen[3]
    assert seen[2].poll() is not None


@pytest.mark.parametrize(
    "program",
    ["import time; time.sleep(60)", "import os; os.kill(os.getpid(), 9)", "", "raise SystemExit(3)"],
    ids=["hangs", "killed", "ends", "fails"],
)
def test_a_decoder_that_dies_or_hangs_costs_one_picture(monkeypatch, program):
    good = Decoders.program
    monkeypatch.setattr(Decoders, "start_seconds", 0)
    with Decoders(1, seconds=0.5) as decoders:
        monkeypatch.setattr(Decoders, "program", program)
        with pytest.raises(PictureError, match="limits"):
            decoders.decode(jpeg())
        monkeypatch.setattr(Decoders, "program", good)
        decoders.seconds = 10
        assert decoders.decode(jpeg())


def test_a_busy_machine_that_starts_a_decoder_slowly_costs_no_picture(monkeypatch):
    monkeypatch.setattr(Decoders, "program", "import time; time.sleep(1.5); " + Decoders.program)
    with Decoders(1, seconds=1) as decoders:
        assert decoders.decode(jpeg())


@pytest.mark.parametrize(
    "answer",
    [b"nonsense\n", b"{}\n", b"[]\n", b'{"reason": "", "files": [["whole", 10, 10, 99999999999]]}\n',
     b'{"reason": "", "files": [["whole", -1, 10, 5]]}\nabcde',
     b'{"reason": "", "files": [["page", 1, 1, 5]]}\n',
     b'{"reason": "", "files": [["whole", 1, 1, 9]]}\n<script>x', b'{"reason": "", "files": []}\n'],
)  # fmt: skip
def test_a_decoder_that_lies_is_not_believed(monkeypatch, answer):
    monkeypatch.setattr(Decoders, "program", ANSWER.format(answer=answer))
    with Decoders(1, seconds=5) as decoders, pytest.raises(PictureError):
        decoders.decode(jpeg())


def test_a_decoder_finds_no_environment_and_writes_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "tide-table")
    program = (
        "import os, sys, json; from pathlib import Path\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from articles.http.sandbox import limit; limit(2**28)\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n"
        f"    Path({str(tmp_path / 'out')!r}).write_text('x'); wrote = True\n"
        "except OSError: wrote = False\n"
        "print(json.dumps({'reason': f'{wrote} {sorted(os.environ)}', 'files': []}), flush=True)\n"
        "sys.stdin.buffer.read()"
    )
    monkeypatch.setattr(Decoders, "program", program)
    with Decoders(1, seconds=5) as decoders, pytest.raises(PictureError) as caught:
        decoders.decode(jpeg())
    assert "SECRET_KEY" not in str(caught.value)
    assert str(caught.value).startswith("False")


def test_a_picture_that_needs_too_much_memory_is_refused(monkeypatch):
    program = Decoders.program.replace("; main()", "; renditions.MEMORY = 20_000_000; main()").replace(
        "from articles.images.renditions import main",
        "from articles.images import renditions; main = renditions.main",
    )
    monkeypatch.setattr(Decoders, "program", program)
    with Decoders(1) as decoders:
        with pytest.raises(PictureError, match="memory"):
            decoders.decode(encoded(halves(4000, 3000), "PNG"))
        assert decoders.decode(jpeg())
