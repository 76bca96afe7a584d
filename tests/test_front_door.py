"""`jtm` with a first word that is no subcommand: files are transcribed, near words suggested."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import jtm
from realtime.commands.demo import FOLDER

ROOT = Path(jtm.__file__).parent


def test_a_sound_file_alone_is_transcribed(tmp_path, capsys):
    song = tmp_path / "song.flac"
    shutil.copy(FOLDER / "performance.flac", song)
    assert jtm.main([str(song)]) == 0
    assert "notes" in capsys.readouterr().out
    assert song.with_suffix(".mid").read_bytes().startswith(b"MThd")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("transcrib", "did you mean transcribe?"),
        ("pretrian", "did you mean pretrain"),
        ("song.wav", "no such file: 'song.wav'"),
        (str(Path("nowhere") / "song"), "no such file"),
        ("xylophone", "Known: live, transcribe"),
    ],
)
def test_an_unknown_word_is_one_line_and_a_usage_error(word, said, capsys):
    assert jtm.main([word]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [["transcribe", "LONG.wav"], ["live", "--input", "LONG.wav"], ["practice", "LONG.mid"],
     ["practice", "LONG"], ["doctor", "LONG"], ["doctor", "LONG.onnx"]],
)  # fmt: skip
def test_a_name_that_no_disk_takes_is_said_in_words(words, capfd):
    assert jtm.main([word.replace("LONG", "x" * 5000) for word in words]) == 1
    assert "xxx" in "".join(capfd.readouterr())


class Absent:
    """Finds no module of one name, as in a build that left it out."""

    def __init__(self, name):
        self.name = name

    def find_spec(self, name, *_):
        if name == self.name:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)


@pytest.mark.parametrize("name", ["train", "export", "data"])
def test_a_build_without_the_trainer_says_so(name, monkeypatch, capsys):
    room = jtm.SUBCOMMANDS[name][0].partition(".")[0]
    for module in [known for known in sys.modules if known.split(".")[0] == room]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "meta_path", [Absent(room), *sys.meta_path])
    assert jtm.main([name]) == 1
    told = capsys.readouterr().err
    assert f"jtm {name}: this build" in told and "jaka-to-melodia[train]" in told


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a Linux device")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["transcribe", "--help"]])
def test_a_full_disk_behind_standard_output_is_said_in_a_line(words):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "jtm.py", *words], stdout=full, stderr=subprocess.PIPE, cwd=ROOT
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "jtm: Cannot write to standard output: No space left on device."
    ]


EVIL = "ev\nil\r\x1b[31m\x07\x9b"


@pytest.mark.parametrize(
    "words",
    [
        ["live", "--gain-db", EVIL],
        ["live", "--scale", EVIL],
        ["live", f"--{EVIL}"],
        ["doctor", EVIL],
        ["teach", EVIL, "song.wav"],
        ["teach", "name", EVIL],
        ["data", "doctor", EVIL],
        [EVIL],
    ],
    ids=lambda words: " ".join(words).split("ev")[0] or "alone",
)
def test_no_name_steers_the_terminal_or_breaks_the_line(words, capfd):
    try:
        code = jtm.main(words)
    except SystemExit as ended:
        code = ended.code
    out, err = capfd.readouterr()
    assert code in (1, 2)
    assert not any(letter in out + err for letter in "\r\x1b\x07\x9b")
    assert err.count("\n") <= 1, "a sentence is one line"


def test_whatever_prints_a_name_the_terminal_sees_plain_text(capfd, monkeypatch):
    """And what progress bars write passes."""
    import realtime.commands.devices as devices

    def main(argv):
        print(f"a {EVIL}")
        sys.stderr.write("\r\x1b[K[##] 50 %")
        return 0

    monkeypatch.setattr(devices, "main", main)
    assert jtm.main(["devices"]) == 0
    assert capfd.readouterr() == ("a ev\nil\ufffd\ufffd[31m\ufffd\ufffd\n", "\r\x1b[K[##] 50 %")
