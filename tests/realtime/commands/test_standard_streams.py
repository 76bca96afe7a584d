"""`jtm transcribe` from standard input and to standard output, and files that break off."""

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import mido
import numpy as np
import pytest
import soundfile

import jtm
from realtime.files.note_files import read_csv
from tests.support.toy_model import melody

RATE = 16_000
ROOT = Path(__file__).parents[3]


class Terminal(io.BytesIO):
    """A standard stream that a person sits at."""

    def isatty(self) -> bool:
        return True


class Pipe(io.BytesIO):
    """A standard stream that another program holds."""

    def isatty(self) -> bool:
        return False


def sound_bytes(kind: str) -> bytes:
    held = io.BytesIO()
    soundfile.write(held, melody(RATE), RATE, format=kind)
    return held.getvalue()


def pipe_in(monkeypatch, data: bytes, kind=Pipe) -> None:
    stream = kind(data)
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=stream, isatty=stream.isatty, close=stream.close)
    )


@pytest.mark.parametrize(
    ("option", "name"), [("-o", "notes.wav"), ("-o", "notes.CSV"), ("--csv", "notes.mid")]
)
def test_a_name_that_promises_another_kind_of_file_is_refused(
    option, name, toy_path, tmp_path, capfd
):
    song = tmp_path / "song.wav"
    song.write_bytes(sound_bytes("wav"))
    assert jtm_code(["transcribe", song, option, tmp_path / name], toy_path) == 2
    said = capfd.readouterr().err
    assert name in said and len(said.strip().splitlines()) == 1
    assert not (tmp_path / name).exists()


def jtm_code(words, toy_path) -> int:
    try:
        return jtm.main([*map(str, words), "--model", str(toy_path)])
    except SystemExit as ended:
        return int(ended.code)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "AIFF"])
def test_sound_goes_in_and_midi_comes_out(kind, toy_path, monkeypatch, capfdbinary):
    pipe_in(monkeypatch, sound_bytes(kind))
    assert jtm_code(["transcribe", "-"], toy_path) == 0
    out, err = capfdbinary.readouterr()
    notes = [m for m in mido.MidiFile(file=io.BytesIO(out)) if m.type == "note_on" and m.velocity]
    assert len(notes) == 10
    assert err.decode().startswith("standard input: 10 notes -> standard output")


def test_a_lone_dash_is_transcribe_too_and_csv_may_be_asked_for(
    toy_path, monkeypatch, capfd, tmp_path
):
    pipe_in(monkeypatch, sound_bytes("WAV"))
    assert jtm_code(["-", "--csv", "-"], toy_path) == 0
    table = tmp_path / "notes.csv"
    table.write_text(capfd.readouterr().out)
    assert len(read_csv(table)) == 10


def test_a_file_may_go_to_standard_output_and_nothing_else_does(toy_path, capfdbinary, tmp_path):
    song = tmp_path / "song.wav"
    song.write_bytes(sound_bytes("WAV"))
    assert jtm_code(["transcribe", song, "-o", "-"], toy_path) == 0
    assert capfdbinary.readouterr().out.startswith(b"MThd")
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_a_stream_that_was_never_given_a_length_is_whole(toy_path, monkeypatch, capfd, tmp_path):
    data = bytearray(sound_bytes("WAV"))
    at = data.index(b"data") + 4
    data[4:8] = data[at : at + 4] = b"\xff\xff\xff\xff"
    pipe_in(monkeypatch, bytes(data))
    assert jtm_code(["transcribe", "-", "-o", tmp_path / "a.mid"], toy_path) == 0
    out, err = capfd.readouterr()
    assert "10 notes" in out and not err


def test_what_is_no_sound_is_called_standard_input(toy_path, monkeypatch, capfd):
    for data, said in (
        (b"", "standard input is empty"),
        (b"RIFF junk", "is damaged or no sound recording"),
    ):
        pipe_in(monkeypatch, data)
        assert jtm_code(["transcribe", "-"], toy_path) == 1
        out, err = capfd.readouterr()
        assert said in err and "standard input" in err and not out and "/" not in err.split("(")[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-", "-"], "name it once"),
        (["-", "a.wav"], "needs --out-dir"),
        (["a.wav", "-o", "-", "--csv", "-"], "cannot both be standard output"),
        (["a.wav", "-o", "-", "--json"], "--json prints to standard output"),
        (["-", "--json"], "--json prints to standard output"),
        (["a.wav", "--out-dir", "-"], "--out-dir is a folder"),
    ],
)
def test_what_one_stream_cannot_hold_is_a_usage_error(words, said, toy_path, monkeypatch, capfd):
    pipe_in(monkeypatch, b"")
    assert jtm_code(["transcribe", *words], toy_path) == 2
    err = capfd.readouterr().err
    assert said in err and err.count("\n") == 1


def test_a_person_at_a_terminal_is_told_to_pipe(toy_path, monkeypatch, capfd, tmp_path):
    pipe_in(monkeypatch, b"", Terminal)
    assert jtm_code(["transcribe", "-"], toy_path) == 2
    assert "pipe some in" in capfd.readouterr().err


def test_no_other_command_writes_a_file_called_dash(toy_path, monkeypatch, capfd, tmp_path):
    song = tmp_path / "song.wav"
    song.write_bytes(sound_bytes("WAV"))
    monkeypatch.chdir(tmp_path)
    assert jtm_code(["live", "--input", song, "--fast", "--csv", "-"], toy_path) == 2
    assert "standard output" in capfd.readouterr().err
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize(("kind", "suffix"), [("WAV", "wav"), ("AIFF", "aiff")])
def test_a_file_that_ends_before_its_header_says_is_transcribed_and_said(
    kind, suffix, toy_path, capfd, tmp_path
):
    whole, cut = tmp_path / f"whole.{suffix}", tmp_path / f"cut.{suffix}"
    samples = np.concatenate([melody(RATE)] * 2)
    soundfile.write(whole, samples, RATE, format=kind)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert jtm_code(["transcribe", whole], toy_path) == 0
    assert not capfd.readouterr().err
    assert jtm_code(["transcribe", cut, "--json"], toy_path) == 0
    out, err = capfd.readouterr()
    length_s = len(samples) / RATE
    assert f"{cut} is cut off: {length_s / 2:.1f} s of {length_s:.1f} s are there" in err
    assert "is cut off" in json.loads(out)["files"][0]["remark"]
    assert cut.with_suffix(".mid").is_file()


@pytest.mark.parametrize("closed", [">&-", "2>&- <&-"])
def test_a_launcher_may_close_any_standard_stream(closed, toy_path, tmp_path):
    """Cron, services and menus do: what is written into files is written all the same."""
    (tmp_path / "song.wav").write_bytes(sound_bytes("wav"))
    words = f"{sys.executable} {ROOT / 'jtm.py'}"
    model = f"--model {toy_path}"
    for line in (
        f"{words} live --input song.wav --fast --record takes {model}",
        f"{words} transcribe song.wav --out-dir notes {model}",
        f"{words} devices --json",
    ):
        done = subprocess.run(["sh", "-c", f"exec {line} {closed}"], cwd=tmp_path, check=False)
        assert done.returncode == 0, line
    (take,) = (tmp_path / "takes").glob("*.flac")
    assert soundfile.info(take).frames and list((tmp_path / "takes").glob("*.mid"))
    assert read_csv(tmp_path / "notes" / "song.csv")


@pytest.mark.parametrize(("words", "closed"), [("song.wav -o -", ">&-"), ("-", "<&-")])
def test_a_closed_stream_that_is_asked_for_is_refused(words, closed, toy_path, tmp_path):
    (tmp_path / "song.wav").write_bytes(sound_bytes("wav"))
    line = f"{sys.executable} {ROOT / 'jtm.py'} transcribe {words} --model {toy_path} {closed}"
    done = subprocess.run(
        ["sh", "-c", f"exec {line}"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 2 and "tandard" in done.stderr and "Traceback" not in done.stderr
