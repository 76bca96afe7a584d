"""The sound server connects us elsewhere: unplugged microphones, other defaults, monitors."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from realtime.audio import pulse as pactl
from realtime.audio.input_devices import InputOpener, default_source, source_named
from realtime.audio.pulse import PulseSource, Recording
from realtime.audio.pulse_stream import SourceWatch
from realtime.audio.sources import pick_channel
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from tests.support.servers import pulse_server, wait_until

ROOT = Path(__file__).resolve().parents[3]
WATCHING = """
import time
from tests.realtime.audio import test_moved_sources as sources
sources.SourceWatch(1, sources.MIC, True, lambda pid: (0, [sources.MIC])).start()
time.sleep(60)
"""
MIC = PulseSource(0, "mic", "Scarlett", 48_000, 2, "front-left,front-right", False, True)
OTHER = PulseSource(1, "other", "Webcam", 48_000, 1, "mono", False, False)
SPEAKER = PulseSource(2, "spk.monitor", "Monitor of Speaker", 48_000, 2, "fl,fr", True, False)


def watch(follows, index, present):
    seen = SourceWatch(1, MIC, follows, lambda pid: (index, present))
    seen.check()
    return seen


@pytest.mark.slow
def test_the_subscription_ends_with_a_program_that_is_killed(tmp_path):
    with pulse_server(tmp_path / "pulse") as pulse:
        program = subprocess.Popen(
            [sys.executable, "-c", WATCHING],
            env={**pulse.environment, "PYTHONPATH": str(ROOT)},
        )
        ours = psutil.Process(program.pid)
        wait_until(
            lambda: any(p.name() == "pactl" for p in ours.children(recursive=True)), 20, "pactl"
        )
        helpers = ours.children(recursive=True)
        program.kill()
        program.wait()
        wait_until(lambda: not any(p.is_running() for p in helpers), 10, "no process left")


def test_silence_of_a_muted_source_is_told_until_it_sounds_again():
    present = [replace(MIC, muted=True), OTHER]
    seen = watch(True, 0, present)
    assert seen.hush == Trouble(Code.INPUT_MUTED, name="Scarlett") and not seen.problem
    present[:] = [MIC, replace(OTHER, muted=True)]
    seen.check()
    assert seen.hush is None


def test_staying_is_fine():
    seen = watch(True, 0, [MIC, OTHER, SPEAKER])
    assert not seen.problem and not seen.take_remark() and seen.source == MIC


def test_unplugged_and_moved_to_the_loudspeaker_s_monitor():
    for follows in (True, False):
        seen = watch(follows, 2, [OTHER, SPEAKER])
        assert "'Scarlett' was unplugged" in str(seen.problem)


def test_unplugged_and_moved_to_another_microphone():
    assert watch(False, 1, [OTHER, SPEAKER]).problem.code is Code.INPUT_UNPLUGGED
    nobody_chose_the_webcam = watch(True, 1, [OTHER, SPEAKER])
    assert nobody_chose_the_webcam.problem.code is Code.INPUT_UNPLUGGED


def test_another_default_is_followed_but_not_to_what_the_computer_plays():
    from dataclasses import replace

    seen = watch(True, 1, [replace(MIC, default=False), replace(OTHER, default=True), SPEAKER])
    assert not seen.problem and str(seen.take_remark()) == "Now listening to 'Webcam'."
    assert seen.take_remark() is None and seen.source.name == "other"
    seen = watch(True, 2, [replace(MIC, default=False), OTHER, replace(SPEAKER, default=True)])
    assert seen.problem.code is Code.LEFT_FOR_MONITOR and seen.source == MIC


@pytest.mark.parametrize("follows", [True, False])
@pytest.mark.parametrize("other", [OTHER, SPEAKER])
def test_a_move_that_was_not_chosen_here_is_a_problem_whoever_made_it(follows, other):
    seen = watch(follows, other.index, [MIC, OTHER, SPEAKER])
    assert (
        seen.problem == Trouble(Code.INPUT_MOVED, name="Scarlett", other=other.description)
        and not seen.take_remark()
    )


def test_who_chose_by_name_stays_when_the_default_changes():
    present = [replace(MIC, default=False), replace(OTHER, default=True)]
    seen = watch(False, 1, present)
    assert seen.problem.code is Code.INPUT_MOVED and seen.source == MIC
    seen = watch(False, 0, present)
    assert not seen.problem and not seen.take_remark()


def test_a_default_that_the_server_does_not_bring_along_is_followed():
    moves = []
    present = [replace(MIC, default=False), replace(OTHER, default=True), SPEAKER]
    seen = SourceWatch(7, MIC, True, lambda pid: (0, present), lambda *move: moves.append(move))
    seen.check()
    assert moves == [(7, "other")] and not seen.problem
    present[1:] = [OTHER, replace(SPEAKER, default=True)]
    seen.check()
    assert moves == [(7, "other")], "not to what the computer plays"


def glanced(*seen):
    """A watch that has seen the first of these of its recording, and sees the others next."""
    rest = iter(seen)
    watched = SourceWatch(1, MIC, False, lambda pid: (0, [MIC]), glance=lambda pid: next(rest))
    watched.resolve_doubt()
    return watched


def test_sound_is_not_read_until_it_is_known_whose_it_is():
    here = Recording(4, 0, "50 %")
    watched = glanced(here, replace(here, source=1), here)
    watched.note_change(5)
    assert not watched.in_doubt, "another program's recording"
    watched.note_change(4)
    watched.resolve_doubt()
    assert watched.in_doubt, "on another source"
    watched.resolve_doubt()
    assert not watched.in_doubt


def test_there_and_back_is_a_problem_and_another_loudness_is_none():
    here = Recording(4, 0, "50 %")
    watched = glanced(here, here)
    watched.note_change(4)
    watched.note_change(4)
    watched.resolve_doubt()
    assert watched.problem.code is Code.INPUT_WAS_AWAY
    watched = glanced(here, replace(here, loudness="60 %"), replace(here, loudness="60 %"))
    for _ in range(2):
        watched.note_change(4)
        watched.note_change(4)
        watched.resolve_doubt()
        assert not watched.problem and not watched.in_doubt


def test_which_source_is_opened_again():
    from dataclasses import replace

    assert default_source([MIC, OTHER], None) == MIC
    monitor = replace(SPEAKER, default=True)
    assert default_source([monitor], None) == monitor, "a rig, or a player who set it so"
    with pytest.raises(UserError, match="Scarlett' was unplugged"):
        default_source([replace(OTHER), monitor], MIC)
    assert default_source([replace(MIC, default=False), monitor], MIC).name == "mic"
    with pytest.raises(UserError, match="Scarlett' was unplugged"):
        default_source([replace(OTHER, default=True), monitor], MIC)
    with pytest.raises(UserError, match="plugged in"):
        default_source([], None)
    assert source_named("PulseAudio: Webcam", [MIC, OTHER]) == OTHER
    with pytest.raises(UserError, match="No sound input named"):
        source_named("PulseAudio: Piano", [MIC, OTHER])


def test_one_channel_of_several():
    block = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert pick_channel(block, 2).tolist() == [1, 5, 9]
    assert pick_channel(block, 0).tolist() == [1.5, 5.5, 9.5]
    assert pick_channel(block, 9).tolist() == [1.5, 5.5, 9.5], "the card came back with fewer"


@pytest.fixture
def pulse(tmp_path, monkeypatch):
    with pulse_server(tmp_path / "p") as running:
        for key in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR", "HOME"):
            monkeypatch.setenv(key, running.environment[key])
        yield running


@contextmanager
def opened(name, channel=0):
    stream = InputOpener(channel)(name)
    try:
        yield stream
    finally:
        stream.close()


def read_sound(stream, samples):
    """So many samples, from the first that is not silence."""
    blocks, end = np.zeros(0, dtype=np.float32), time.monotonic() + 20
    while len(blocks) < samples:
        assert time.monotonic() < end, f"{len(blocks)} samples in 20 s"
        blocks = np.concatenate([blocks, stream.read(100_000)])
        loud = np.flatnonzero(np.abs(blocks) > 0.01)
        blocks = blocks[loud[0] :] if len(loud) else blocks[:0]
        time.sleep(0.01)
    return blocks


@pytest.mark.slow
def test_the_server_moves_us_to_another_source_and_we_say_so(pulse):
    pulse.load_sink("spk")
    with opened("PulseAudio: vmic.monitor") as stream:
        wait_until(lambda: len(stream.read(10_000)), 5, "sound")
        pulse.unplug()
        wait_until(lambda: stream.problem or not stream.alive(), 3, "the loss to be noticed")
        assert not stream.alive()


@pytest.mark.slow
def test_the_default_changes_and_is_followed_where_it_was_chosen(pulse):
    pulse.load_sink("spk")
    with opened("") as follower, opened("PulseAudio: vmic.monitor") as stayer:
        wait_until(lambda: len(follower.read(10_000)) and len(stayer.read(10_000)), 5, "sound")
        pulse.pactl("set-default-source", "spk.monitor")
        remarks = []
        wait_until(lambda: remarks.append(follower.take_remark()) or remarks[-1], 3, "a remark")
        assert "what the computer plays" in str(remarks[-1]) and follower.alive()
        wait_until(lambda: stayer.problem, 3, "the other to notice")
        assert stayer.problem.code is Code.INPUT_MOVED and not stayer.alive()


@pytest.mark.slow
def test_waiting_ends_when_the_sound_is_there(pulse):
    with opened("") as stream:
        wait_until(lambda: len(stream.read(10_000)), 5, "sound")
        until = time.monotonic() + 10
        while stream.waiting() < 4_800 and time.monotonic() < until:
            stream.wait(4_800, 5.0)
        assert stream.waiting() >= 4_800 and len(stream.read(4_800)) == 4_800
        began = time.monotonic()
        stream.wait(10**6, 0.05)
        assert 0.045 < time.monotonic() - began < 1, "no longer than it was asked to"
        os.kill(stream.pid, signal.SIGKILL)
        wait_until(lambda: not stream.alive(), 5, "its end")
        while len(stream.read(10**6)):
            pass
        began = time.monotonic()
        stream.wait(480, 0.05)
        assert time.monotonic() - began > 0.04, "the end of the recording makes nobody spin"


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "channels"), [(44_100, 1), (48_000, 4), (96_000, 8)])
def test_rates_and_channels_of_the_card(pulse, tmp_path, rate, channels):
    pulse.load_sink("card", rate, channels)
    path = tmp_path / "tone.wav"
    tone = np.zeros((9 * rate, channels), dtype=np.float32)
    tone[:, -1] = 0.4 * np.sin(2 * np.pi * 440 * np.arange(9 * rate) / rate)
    soundfile.write(path, tone, rate)
    pulse.pactl("set-default-sink", "card")
    with (
        opened("PulseAudio: card.monitor", channels) as last,
        opened("PulseAudio: card.monitor", 1) as first,
    ):
        assert last.rate == rate
        wait_until(lambda: len(first.read(10**6)), 5, "sound")
        player = pulse.play(path)
        try:
            sound = {"last": read_sound(last, rate // 2)}
            while len(first.read(10**6)):
                pass  # from before the tone
            wait_until(lambda: first.waiting() > rate // 10, 5, "the other channel")
            sound["first"] = first.read(10**6)
        finally:
            player.kill()
            player.wait()
    heard = sound["last"]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(np.argmax(spectrum) * rate / len(heard) - 440) < 4
    assert np.abs(heard).max() == pytest.approx(0.4, abs=0.05)
    if channels > 1:
        assert np.abs(sound["first"]).max() < 0.01


@pytest.mark.parametrize("does", ["exec sleep 60", "exit 1"])
def test_a_server_that_hangs_or_refuses_a_move_ends_no_watch(monkeypatch, tmp_path, does):
    program = tmp_path / "pactl"
    ours = '[{"index": 7, "properties": {"application.process.id": "42"}}]'
    program.write_text(f"#!/bin/sh\ncase $* in *list*) echo '{ours}' ;; *) {does} ;; esac\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(pactl, "ASK_SECONDS", 1.5)
    if does == "exit 1":
        assert pactl.move(42, "the desk") is None
        return
    with pytest.raises(UserError) as silent:
        pactl.move(42, "the desk")
    assert silent.value.trouble.code is Code.SOUND_SERVER_SILENT
