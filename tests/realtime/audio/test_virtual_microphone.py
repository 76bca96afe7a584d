"""Real sound servers: a file is played into a PulseAudio microphone, MIDI arrives over JACK."""

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import mido
import numpy as np
import pytest
import soundfile

from realtime.commands.compare_notes import compare
from realtime.files.note_files import read_csv
from realtime.inference.onnx_model import BUNDLED
from tests.support.live_session import ROOT, Live, allowed, connected, guardians, session
from tests.support.servers import jack_ports, jack_server, need, pulse_server, wait_until
from tests.support.toy_model import melody


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("servers")
    need("pulseaudio", "jackd")
    with pulse_server(folder / "p") as pulse, jack_server(folder / "j", pulse.environment) as env:
        yield pulse, env


@pytest.fixture(scope="module")
def tune(tmp_path_factory):
    path = tmp_path_factory.mktemp("tune") / "tune.wav"
    soundfile.write(path, melody(48_000, 3.0), 48_000)
    return path


@pytest.fixture(scope="module")
def drone(tmp_path_factory):
    path = tmp_path_factory.mktemp("drone") / "drone.wav"
    time_s = np.arange(48_000 * 30) / 48_000
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * 440 * time_s), 48_000)
    return path


def events_of(notes):
    """Notes as the tracker sends them: [(kind, pitch)] in order."""
    rows = [(n.onset_s, 1, n.pitch) for n in notes] + [(n.offset_s, 0, n.pitch) for n in notes]
    return [("on" if on else "off", pitch) for _, on, pitch in sorted(rows)]


def without_farewell(received, expected):
    """What was received before the end repeats the off of every note that was played."""
    farewell = received[len(expected) :]
    assert {kind for kind, _ in farewell} <= {"off"}, "nothing but offs comes at the end"
    assert {pitch for _, pitch in farewell} <= {pitch for _, pitch in expected}
    return received[: len(expected)]


def best_match(original, heard):
    """Compare after the shift in time at which most notes agree."""
    shifts = {b.onset_s - a.onset_s for a in original for b in heard if a.pitch == b.pitch}
    scores = [compare([replace(n, onset_s=n.onset_s + s) for n in original], heard) for s in shifts]
    return max(scores, key=lambda score: score.found)


def transcribed(path, toy_path, folder):
    csv = folder / "offline.csv"
    done = subprocess.run(
        [sys.executable, str(ROOT / "jtm.py"), "transcribe", str(path), "--model", str(toy_path),
         "-o", str(folder / "offline.mid"), "--csv", str(csv), "--overwrite"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return read_csv(csv)


@pytest.mark.slow
def test_microphone_to_jack(servers, toy_path, tune, tmp_path):
    for attempt in range(3):
        takes = tmp_path / f"takes{attempt}"
        with session(servers, toy_path, "synth", "--record", takes) as (pulse, listener, live):
            pulse.play(tune).wait(20)
            time.sleep(0.6)
            code, took = live.end()
            time.sleep(0.2)
            assert code == 0 and took < allowed(2), live.lines
            assert not listener.sounding()
        if not live.said("s of sound"):
            break
    flac = next(takes.glob("*.flac"))
    if live.said("s of sound"):
        texts = [message.text for message in mido.MidiFile(flac.with_suffix(".mid")).tracks[0]
                 if message.type == "marker"]  # fmt: skip
        assert texts, "a machine too busy to listen three times, and the take says so"
        return

    same = transcribed(flac, toy_path, tmp_path)
    received = [(kind, pitch) for _, kind, pitch in listener.notes()]
    expected = events_of(same)
    assert without_farewell(received, expected) == expected, (
        "the receiver heard what the same sound gives offline"
    )
    arrived = np.array([t for t, kind, _ in listener.notes() if kind == "on"])
    emitted = np.array(sorted(note.emitted_s for note in same))
    wandering = np.diff(arrived - emitted)
    assert np.median(np.abs(wandering)) < 0.03, "MIDI keeps the rhythm"

    original = transcribed(tune, toy_path, tmp_path)
    found = best_match(original, same)
    assert found.true == 10 and found.found == 10
    assert found.heard <= 13, "a busy machine may tear the sound, and so repeat a note, but rarely"

    import pretty_midi

    take = flac.with_suffix(".mid")
    assert len(pretty_midi.PrettyMIDI(str(take)).instruments[0].notes) == len(same)
    assert mido.MidiFile(take).length > 1
    controls = {(status, key) for _, status, key, _ in listener.heard if status & 0xF0 == 0xB0}
    assert controls == {(0xB0, 123), (0xB0, 120)}


@pytest.mark.slow
def test_the_performance_through_the_bundled_model(servers, tmp_path, record_property):
    """The demo into the microphone: over MIDI come the events of the take's own transcription."""
    takes, performance = tmp_path / "takes", ROOT / "realtime" / "bundled" / "performance.flac"
    sound, rate = soundfile.read(performance, dtype="float32")
    soundfile.write(tmp_path / "performance.wav", sound, rate)
    with session(servers, BUNDLED, "bundled", "--record", takes) as (pulse, listener, live):
        pulse.play(tmp_path / "performance.wav").wait(60)
        time.sleep(0.8)
        code, _ = live.end()
        time.sleep(0.2)
        assert code == 0, live.lines
        assert not listener.sounding()
    same = transcribed(next(takes.glob("*.flac")), BUNDLED, tmp_path)
    expected = events_of(same)
    heard = without_farewell([(kind, pitch) for _, kind, pitch in listener.notes()], expected)
    assert sorted(heard) == sorted(expected)
    left = sorted((note.emitted_s, note.pitch) for note in same)
    ons = [pitch for kind, pitch in heard if kind == "on"]
    assert ons == [pitch for _, pitch in left], "in the order in which they left, not of onsets"

    arrived = np.array([t for t, kind, _ in listener.notes() if kind == "on"])
    emitted = np.array(sorted(note.emitted_s for note in same))
    late_ms = 1000 * np.abs(arrived - emitted - np.median(arrived - emitted))
    median, most = np.percentile(late_ms, [50, 95])
    record_property("jitter_ms", (round(float(median), 1), round(float(most), 1)))
    assert median <= 20, "within two hops: a hop and a period of the MIDI server"

    truth = read_csv(performance.with_suffix(".csv"))
    found = best_match(truth, same)
    print(f"{found.found} of {found.true} notes, {found.heard} heard; {median:.1f}, {most:.1f} ms")
    assert found.found >= 0.85 * found.true


def test_kill_9_leaves_no_note_sounding(servers, toy_path, drone):
    with session(servers, toy_path, "killed") as (pulse, listener, live):
        player = pulse.play(drone)
        try:
            wait_until(listener.sounding, 10, "a note")
            live.end(signal.SIGKILL)
            wait_until(lambda: not listener.sounding(), 2, "its off")
        finally:
            player.kill()
            player.wait()


@pytest.mark.slow
def test_the_guardian_is_killed(servers, toy_path, drone, tune):
    _, environment = servers
    with session(servers, toy_path, "orphan") as (pulse, listener, live):
        player = pulse.play(drone)
        try:
            wait_until(listener.sounding, 10, "a note")
            (old,) = guardians(live)
            old.kill()
            wait_until(lambda: any(new.pid != old.pid for new in guardians(live)), 8, "a new one")
            wait_until(lambda: connected(environment, "orphan:in"), 8, "its port")
            heard = len(listener.heard)
            player.kill()
            pulse.play(tune).wait(20)
            wait_until(lambda: len(listener.heard) > heard + 10, 5, "notes again")
            live.end()
        finally:
            player.kill()
            player.wait()


@pytest.mark.slow
def test_the_source_is_unplugged_and_plugged_again(servers, toy_path, tune, tmp_path):
    takes = tmp_path / "takes"
    with session(servers, toy_path, "plug", "--record", takes) as (pulse, listener, live):
        pulse.play(tune).wait(20)
        before = len(listener.notes())
        assert before >= 18
        pulse.unplug()
        wait_until(lambda: live.said("stopped giving sound"), 3, "the message")
        wait_until(lambda: not listener.sounding(), 1, "offs")
        time.sleep(1)
        pulse.plug_in()
        began = time.monotonic()
        wait_until(lambda: live.said("well again"), 5, "sound again")
        assert time.monotonic() - began < 3.5
        pulse.play(tune).wait(20)
        wait_until(lambda: len(listener.notes()) > before + 15, 5, "notes again")
        code, _ = live.end()
        assert code == 0 and live.said("of sound were lost")
    (flac,) = takes.glob("*.flac")
    assert soundfile.info(flac).duration > 8


@contextlib.contextmanager
def recorded(pulse, path):
    """The microphone's sound, recorded by the server's own program too: 16 bit, mono."""
    command = ["parec", "--raw", "--format=s16le", "--rate=48000", "--channels=1"]
    with path.open("wb") as out:
        recorder = subprocess.Popen(command, env=pulse.environment, stdout=out)
        try:
            yield
        finally:
            recorder.terminate()
            recorder.wait()


@pytest.mark.slow
def test_every_sample_is_in_the_take_through_a_stall(servers, toy_path, tmp_path):
    """The program stands still for a second and a half; the take holds every sample of a ramp.

    Compared with another recorder: on a busy machine the null sink itself leaves samples out.
    """
    ramp = (1 + np.arange(8 * 48_000) % 32_000).astype(np.int16)
    soundfile.write(tmp_path / "ramp.wav", np.stack([ramp, ramp], axis=1), 48_000)
    with session(servers, toy_path, "ramp", "--record", tmp_path / "takes") as (pulse, _, live):
        with recorded(pulse, tmp_path / "heard.raw"):
            wait_until(lambda: pulse.listeners().count("\n") >= 1, allowed(5), "both recorders")
            player = pulse.play(tmp_path / "ramp.wav")
            time.sleep(3)
            live.process.send_signal(signal.SIGSTOP)
            time.sleep(1.5)
            live.process.send_signal(signal.SIGCONT)
            player.wait(60)
            time.sleep(3)
        code, _ = live.end()
        assert code == 0, live.lines
    (flac,) = (tmp_path / "takes").glob("*.flac")
    kept, _ = soundfile.read(flac, dtype="int16")
    heard = np.fromfile(tmp_path / "heard.raw", dtype=np.int16)
    kept, heard = kept[kept != 0], heard[heard != 0]
    both = min(len(kept), len(heard))  # one recorder may have begun a moment after the other
    assert both > 4 * 48_000
    assert max(len(kept), len(heard)) - both < 48_000
    assert np.array_equal(kept[-both:], heard[-both:])


LISTENING_IN = """#!/bin/bash
# What the recorder gives goes into a file as well, and when each piece of it came.
exec {parec} "$@" > >(exec {python} -c '
import os, time
with open("{log}.raw", "wb") as raw, open("{log}.times", "w", buffering=1) as times:
    while piece := os.read(0, 1 << 16):
        raw.write(piece)
        raw.flush()
        print(time.monotonic(), len(piece), file=times)
        os.write(1, piece)
')
"""


@pytest.mark.slow
def test_a_take_begins_with_the_first_sample_and_ends_with_the_last(servers, toy_path, tmp_path):
    """Compared with what its own recorder gave, while a ramp plays before, meanwhile and after."""
    pulse, environment = servers
    ramp = (1 + np.arange(20 * 48_000) % 32_000).astype(np.int16)
    soundfile.write(tmp_path / "ramp.wav", np.stack([ramp, ramp], axis=1), 48_000)
    shim, log = tmp_path / "bin" / "parec", tmp_path / "heard"
    shim.parent.mkdir()
    shim.write_text(
        LISTENING_IN.format(parec=shutil.which("parec"), python=sys.executable, log=log)
    )
    shim.chmod(0o755)
    listening = {**environment, "PATH": f"{shim.parent}:{environment['PATH']}"}
    player = pulse.play(tmp_path / "ramp.wav")
    try:
        live = Live(listening, "--input", "", "--model", toy_path, "--record", tmp_path / "takes")
        announced = time.monotonic()
        time.sleep(3)
        code, _ = live.end()
    finally:
        player.kill()
        player.wait()
    assert code == 0, live.lines
    kept, _ = soundfile.read(next((tmp_path / "takes").glob("*.flac")), dtype="int16")
    heard = np.fromfile(log.with_suffix(".raw"), dtype=np.float32)
    heard = np.round(32_768 * heard[: len(heard) // 2 * 2 : 2]).astype(np.int16)
    lead = int(np.flatnonzero(kept)[0])
    assert lead < 480, "less than a hop of silence, so that hops end with deliveries"
    kept = kept[lead:]
    places = np.flatnonzero(heard[: len(heard) - len(kept) + 1] == kept[0])
    (begin,) = [at for at in places if np.array_equal(heard[at : at + len(kept)], kept)]
    rows = [line.split() for line in log.with_suffix(".times").read_text().splitlines()]
    before = sum(int(size) for at, size in rows if float(at) < announced + allowed(0.05)) // 8
    assert begin <= before, "not a sample was left out from the moment it listened"
    assert len(heard) - begin - len(kept) < allowed(0.05) * 48_000, "nor at the end"


@pytest.mark.slow
def test_the_source_falls_silent_without_a_word(servers, toy_path, tune):
    with session(servers, toy_path, "mute") as (pulse, listener, live):
        pulse.play(tune).wait(20)
        before = len(listener.notes())
        pulse.process.send_signal(signal.SIGSTOP)
        try:
            wait_until(lambda: live.said("stopped giving sound"), 3, "the message")
        finally:
            pulse.process.send_signal(signal.SIGCONT)
        wait_until(lambda: live.said("well again"), 8, "sound again")
        pulse.play(tune).wait(20)
        wait_until(lambda: len(listener.notes()) > before + 15, 5, "notes again")
        assert live.end()[1] < allowed(2)


@pytest.mark.slow
def test_two_instances_have_a_port_each(servers, toy_path, tune):
    _, environment = servers
    with session(servers, toy_path, "one") as (_, _, first):
        second = Live(environment, "--input", "ALSA: pulse", "--midi-out", "virtual",
                      "--model", toy_path)  # fmt: skip
        ours = [port for port in jack_ports(environment) if port.startswith("Jaka to melodia")]
        assert len(ours) == 2
        assert second.end()[0] == 0 and first.process.poll() is None


@pytest.mark.slow
def test_the_sound_server_is_killed_and_started_again(toy_path, tune, tmp_path):
    folder = tmp_path / "p"
    with contextlib.ExitStack() as stack:
        pulse = stack.enter_context(pulse_server(folder))
        live = Live(pulse.environment, "--input", "ALSA: pulse", "--model", toy_path,
                    "--record", tmp_path / "takes")  # fmt: skip
        try:
            pulse.play(tune).wait(20)
            pulse.process.kill()
            pulse.process.wait()
            wait_until(lambda: live.said("stopped giving sound"), 3, "the message")
            again = stack.enter_context(pulse_server(folder))
            wait_until(lambda: live.said("well again"), 6, "sound again")
            again.play(tune).wait(20)
            code, took = live.end()
            assert code == 0 and took < allowed(2)
        finally:
            if live.process.poll() is None:
                live.end(signal.SIGKILL)
    notes = read_csv(next((tmp_path / "takes").glob("*.csv")))
    assert len(notes) >= 18, "both performances are in the take"
