"""However a take is ended and whatever becomes of its folder, the whole of it is there."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import soundfile

from tests.realtime.commands.attacks.test_takes import (
    SHORTEST_SECONDS,
    announced,
    recording,
    small_disk,
    the_take,
    written_seconds,
)
from tests.support.live_session import ROOT, Live, allowed
from tests.support.servers import wait_until
from tests.support.slow_disk import slow_sync

pytestmark = pytest.mark.slow


def kept(live, seconds=SHORTEST_SECONDS):
    """The .mid of the one take that was announced, which is whole; it is removed elsewhere."""
    (take,) = announced(live)
    found = {path.suffix for path in take.parent.glob(f"{take.stem}.*")}
    assert found == {".mid", ".csv", ".flac"}
    length = soundfile.info(os.fsencode(take.with_suffix(".flac"))).duration
    assert length >= seconds, f"{length} s"
    return take


def removed(take):
    for path in take.parent.glob(f"{take.stem}.*"):
        path.unlink()


@pytest.mark.parametrize("numbers", ["TERM TERM", "HUP HUP", "TERM HUP TERM", "INT TERM HUP"])
def test_a_session_that_ends_asks_more_than_once(playing, toy_path, tmp_path, numbers):
    """A closing terminal sends SIGHUP twice, a system SIGTERM and SIGHUP; nobody is impatient."""
    live = recording(playing, toy_path, tmp_path / "takes", **slow_sync(tmp_path, 2.0))
    for number in numbers.split():
        live.process.send_signal(getattr(signal, f"SIG{number}"))
        time.sleep(0.3)
    assert live.wait(allowed(60)) == 0, live.lines
    assert announced(live) == [the_take(tmp_path / "takes").with_suffix(".mid")]


def test_who_presses_ctrl_c_again_does_not_wait(playing, toy_path, tmp_path):
    live = recording(playing, toy_path, tmp_path / "takes", **slow_sync(tmp_path, 4.0))
    for _ in range(2):
        live.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    assert live.wait(allowed(20)) == 1 and live.said("the next start finishes it"), live.lines


def test_a_program_that_stands_still_is_ended_once_it_goes_on(playing, toy_path, tmp_path):
    live = recording(playing, toy_path, tmp_path / "takes")
    live.process.send_signal(signal.SIGSTOP)
    time.sleep(1)
    live.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    live.process.send_signal(signal.SIGCONT)
    assert live.wait(allowed(20)) == 0, live.lines
    kept(live)


def test_with_nohup_it_outlives_its_terminal(playing, toy_path, tmp_path):
    takes = tmp_path / "takes"
    words = ["nohup", sys.executable, ROOT / "jtm.py", "live", "--input", "", "--model", toy_path,
             "--record", takes]  # fmt: skip
    live = subprocess.Popen(
        words, cwd=ROOT, env=playing.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: written_seconds(takes) > 1, allowed(20), "a take")
        live.send_signal(signal.SIGHUP)
        wait_until(lambda: written_seconds(takes) > SHORTEST_SECONDS, allowed(10), "more of it")
        live.send_signal(signal.SIGTERM)
        assert live.wait(allowed(20)) == 0
        the_take(takes)
    finally:
        live.kill()
        live.wait()


def renamed(folder):
    folder.rename(folder.with_name("renamed"))


def replaced_by_a_file(folder):
    shutil.rmtree(folder)
    folder.write_text("mine")


def made_a_link_to_another(folder):
    folder.rename(folder.with_name("renamed"))
    folder.with_name("another").mkdir()
    folder.symlink_to(folder.with_name("another"))


@pytest.mark.parametrize("happens", [renamed, replaced_by_a_file, made_a_link_to_another])
def test_the_name_of_the_folder_means_something_else(playing, toy_path, tmp_path, happens):
    takes = tmp_path / "takes"
    live = recording(playing, toy_path, takes)
    happens(takes)
    time.sleep(2)
    live.end(longest_s=60)
    take = kept(live, SHORTEST_SECONDS + 2)
    if take.parent != takes:
        removed(take)
    assert happens is not replaced_by_a_file or takes.read_text() == "mine"


def test_the_folder_takes_no_new_files(playing, toy_path, tmp_path):
    """What is open can be written on; nothing can be made in it any more."""
    takes = tmp_path / "takes"
    live = recording(playing, toy_path, takes)
    if subprocess.run(["chattr", "+i", str(takes)], capture_output=True, check=False).returncode:
        pytest.skip("no folder of this disk can be closed so")
    try:
        live.end(longest_s=60)
        removed(kept(live))
    finally:
        subprocess.run(["chattr", "-i", str(takes)], check=True)


@pytest.mark.parametrize("freed", [True, False])
def test_the_disk_fills_up_while_the_take_is_finished(playing, toy_path, tmp_path, freed):
    disk = tmp_path / "disk"
    with small_disk(disk, 12):
        live = recording(playing, toy_path, disk, **slow_sync(tmp_path, 1.0))
        live.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        with contextlib.suppress(OSError):
            (disk / "filler").write_bytes(bytes(12 << 20))
        if freed:
            time.sleep(3)
            (disk / "filler").unlink()
        live.wait(allowed(60))
        take = kept(live)
        if take.parent != disk:
            removed(take)


@pytest.mark.parametrize(
    "name",
    ["\u017c" * 127, "a" * 255, "two\nlines", "\x1b[31mred", "tr:ail*? ", "caf\udce9"],
    ids=["254 bytes", "255 bytes", "lines", "escape", "signs", "no text"],
)
def test_a_folder_of_any_name_takes_a_take(playing, toy_path, tmp_path, name):
    takes = tmp_path / name
    live = Live(playing.environment, "--input", "", "--model", toy_path, "--seconds", "3",
                "--record", takes)  # fmt: skip
    assert live.wait(allowed(30)) == 0, live.lines
    (flac,) = takes.glob("*.flac")
    assert len(list(takes.iterdir())) == 3
    assert soundfile.info(os.fsencode(flac)).duration > 2.5


def test_three_programs_record_into_one_folder(playing, toy_path, tmp_path):
    takes = tmp_path / "takes"
    words = ("--input", "", "--model", toy_path, "--record", takes, "--seconds", "4")
    three = [Live(playing.environment, *words) for _ in range(3)]
    assert [live.wait(allowed(40)) for live in three] == [0, 0, 0]
    said = {take for live in three for take in announced(live)}
    assert len(said) == 3 and set(takes.glob("*.mid")) == said
    assert all(soundfile.info(flac).duration > 3.5 for flac in takes.glob("*.flac"))


def test_a_table_that_somebody_else_makes_meanwhile_is_left_alone(playing, toy_path, tmp_path):
    table = tmp_path / "notes.csv"
    live = Live(playing.environment, "--input", "", "--model", toy_path, "--csv", table)
    table.write_text("mine")
    time.sleep(2)
    assert live.end()[0] == 0
    assert table.read_text() == "mine"
    assert (tmp_path / "notes-2.csv").read_text().startswith("onset_s") and live.said("notes-2.csv")


def test_a_source_that_the_server_mutes_is_said(playing, toy_path, tmp_path):
    live = recording(playing, toy_path, tmp_path / "takes")
    for word in ("set-source-mute", "set-source-volume"):
        playing.pactl(word, "vmic.monitor", "1" if word.endswith("mute") else "0")
        wait_until(lambda: live.said("is muted"), allowed(2), "a word")
        playing.pactl(word, "vmic.monitor", "0" if word.endswith("mute") else "100%")
        wait_until(lambda: live.said("well again"), allowed(2), "well again")
        live.lines.clear()
    assert live.end(longest_s=60)[0] == 0
    kept(live)
