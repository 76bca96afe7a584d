"""A take is in its folder, whole, when the program says that it ended, or at the next start."""

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from realtime.files.note_files import read_csv
from tests.support.live_session import ROOT, Live, allowed
from tests.support.servers import wait_until
from tests.support.slow_disk import slow_sync

pytestmark = pytest.mark.slow
RATE = 48_000
SHORTEST_SECONDS = 3.0
"""So long is recorded at least before anything happens."""


def growing_ones(folder: Path) -> set[Path]:
    """What takes are while they are recorded, of this and of earlier versions."""
    return {*folder.glob("*.recording"), *folder.glob(".*.journal")}


def recording(pulse, toy_path, takes, **more) -> Live:
    """`jtm live`, some seconds into a take."""
    environment = {**pulse.environment, **more}
    live = Live(environment, "--input", "", "--model", toy_path, "--record", takes)
    time.sleep(SHORTEST_SECONDS + 0.5)
    wait_until(lambda: written_seconds(takes) > SHORTEST_SECONDS, allowed(10), "so much on disk")
    return live


def written_seconds(folder: Path) -> float:
    """How far the newest take of a folder is on disk: the time of its last whole event."""
    files = sorted((growing / "events.jsonl" for growing in growing_ones(folder)), key=str)
    lines = files[-1].read_bytes().splitlines(keepends=True) if files else []
    whole = [line for line in lines if line.endswith(b"\n")]
    return float(json.loads(whole[-1])["at_s"]) if whole else 0.0


def the_take(folder: Path, seconds: float = SHORTEST_SECONDS) -> Path:
    """The .csv of the one take in a folder, which is whole and beside which nothing is left."""
    left = sorted(path.name for path in folder.iterdir())
    assert sorted(Path(name).suffix for name in left) == [".csv", ".flac", ".mid"], left
    assert not [name for name in left if name.startswith(".")], left
    (csv,) = folder.glob("*.csv")
    sound, rate = soundfile.read(csv.with_suffix(".flac"))
    assert len(sound) / rate >= seconds, f"{len(sound) / rate} s"
    assert len(read_csv(csv)) >= 3 * (seconds - 1), "four notes a second were played"
    loud = np.abs(sound[: len(sound) // 4800 * 4800].reshape(-1, 4800)).max(axis=1) > 0.01
    assert loud.mean() > 0.7
    return csv


def announced(live: Live) -> list[Path]:
    """Takes that the program said."""
    return [Path(line.removeprefix("Take: ")) for line in live.lines if line.startswith("Take: ")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_with_a_disk_that_takes_two_seconds_a_sync(playing, toy_path, tmp_path, number):
    takes = tmp_path / "takes"
    live = recording(playing, toy_path, takes, **slow_sync(tmp_path, 2.0))
    code, _ = live.end(number, 60)
    assert code == 0, live.lines
    assert announced(live) == [the_take(takes).with_suffix(".mid")]


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int):
    """A disk in memory, of so many megabytes."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    done = subprocess.run(["mount", *options], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this user may mount no disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def test_a_disk_that_was_full_for_a_while(playing, toy_path, tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, 12):
        live = recording(playing, toy_path, disk)
        (disk / "filler").write_bytes(bytes(9 << 20))
        wait_until(lambda: live.said("full") or live.said("No space"), allowed(6), "a word")
        time.sleep(2)
        (disk / "filler").unlink()
        wait_until(lambda: live.said("well again"), allowed(8), "well again")
        code, _ = live.end(longest_s=60)
        assert code == 0, live.lines
        assert announced(live) == [the_take(disk, 5.0).with_suffix(".mid")]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT, signal.SIGABRT])
def test_a_crash_and_the_next_start(playing, toy_path, tmp_path, number):
    """At most a second is missing; the next `jtm live` finishes the take and says so."""
    takes = tmp_path / "takes"
    live = recording(playing, toy_path, takes)
    live.end(number)
    following = Live(playing.environment, "--input", "", "--model", toy_path, "--record",
                     tmp_path / "others", "--seconds", "2")  # fmt: skip
    following.wait(60)
    csv = the_take(takes, SHORTEST_SECONDS - 1)
    assert following.said(csv.with_suffix(".mid").name), following.lines


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def make_folder_anew(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def delete_what_grows(folder: Path) -> None:
    for path in growing_ones(folder):
        shutil.rmtree(path)


@pytest.mark.parametrize("happens", [remove_folder, make_folder_anew, delete_what_grows])
def test_the_folder_goes_in_the_middle(playing, toy_path, tmp_path, happens):
    takes = tmp_path / "takes"
    live = recording(playing, toy_path, takes)
    happens(takes)
    time.sleep(2)
    live.end(longest_s=60)
    (take,) = announced(live)
    csv = the_take(take.parent, SHORTEST_SECONDS + 2)
    assert take == csv.with_suffix(".mid")
    if take.parent != takes:
        for path in take.parent.glob(f"{take.stem}.*"):
            path.unlink()


def test_the_disk_is_pulled_out_in_the_middle(playing, toy_path, tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, 50):
        live = recording(playing, toy_path, disk)
        subprocess.run(["umount", "-l", str(disk)], check=True)
        time.sleep(2)
        live.end(longest_s=60)
        (take,) = announced(live)
        assert take.parent != disk or not os.path.ismount(disk)
        the_take(take.parent, SHORTEST_SECONDS + 1)
        for path in take.parent.glob(f"{take.stem}.*"):
            path.unlink()


def test_a_damaged_journal_before_a_good_one(playing, toy_path, tmp_path):
    takes = tmp_path / "takes"
    recording(playing, toy_path, takes).end(signal.SIGKILL)
    (damaged,) = growing_ones(takes)
    (damaged / "meta.json").write_text('{"rate": 1e999}')
    with (damaged / "events.jsonl").open("a") as file:
        file.write("[" * 100_000)
    recording(playing, toy_path, takes).end(signal.SIGKILL)
    following = Live(playing.environment, "--input", "", "--model", toy_path, "--record", takes,
                     "--seconds", "2")  # fmt: skip
    following.wait(60)
    assert not growing_ones(takes), following.lines
    lengths = sorted(soundfile.info(flac).duration for flac in takes.glob("*.flac"))
    assert len(lengths) == 3 and lengths[1] >= SHORTEST_SECONDS - 1, lengths


def test_the_microphone_comes_back_at_another_rate(playing, toy_path, tmp_path):
    """One take, at the right pitch throughout."""
    takes = tmp_path / "takes"
    live = recording(playing, toy_path, takes)
    playing.unplug()
    time.sleep(1)
    playing.load_sink(rate=96_000, channels=8)
    playing.pactl("set-default-source", "vmic.monitor")
    playing.pactl("set-default-sink", "vmic")
    try:
        tone = tmp_path / "tone.wav"
        soundfile.write(tone, 0.3 * np.sin(2 * np.pi * 1000 * np.arange(6 * RATE) / RATE), RATE)
        wait_until(lambda: live.said("well again"), allowed(8), "sound again")
        playing.play(tone).wait(20)
        code, _ = live.end(longest_s=60)
    finally:
        playing.unplug()
        playing.plug_in()
    assert code == 0, live.lines
    (flac,) = takes.glob("*.flac")
    assert announced(live) == [flac.with_suffix(".mid")]
    sound, rate = soundfile.read(flac)
    spectrum = np.abs(np.fft.rfft(sound[-5 * rate : -1 * rate]))
    assert np.argmax(spectrum) / 4 == pytest.approx(1000, abs=5)


@pytest.mark.parametrize("files", [12, 16, 20, 24])
def test_few_files_may_be_open(playing, toy_path, tmp_path, files):
    """It records, or says in a sentence why not."""
    words = [sys.executable, str(ROOT / "jtm.py"), "live", "--input", "", "--synth", "--model",
             str(toy_path), "--record", str(tmp_path / "takes"), "--seconds", "2"]  # fmt: skip
    done = subprocess.run(
        ["sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *words], cwd=ROOT, text=True,
        env=playing.environment, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == (0 if "Take: " in done.stderr else 1), done.stderr
    assert done.returncode == 0 or re.search(r"^jtm live: ", done.stderr, re.MULTILINE)


def test_the_terminal_is_closed(playing, toy_path, tmp_path):
    """Nobody can be told anything any more, and the take is whole all the same."""
    takes = tmp_path / "takes"
    ours, theirs = pty.openpty()
    words = [sys.executable, str(ROOT / "jtm.py"), "live", "--input", "", "--model", str(toy_path),
             "--record", str(takes)]  # fmt: skip
    environment = {**playing.environment, **slow_sync(tmp_path, 1.5)}
    program = subprocess.Popen(words, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs,
                               stderr=theirs, start_new_session=True)  # fmt: skip
    os.close(theirs)
    said = b""
    while b"Listening to" not in said:
        said += os.read(ours, 4096)
    time.sleep(SHORTEST_SECONDS + 0.5)
    os.close(ours)
    time.sleep(1)
    program.send_signal(signal.SIGHUP)
    program.wait(60)
    the_take(takes)
