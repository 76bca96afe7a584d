"""No note sticks: counted at the receiver, by note-offs alone."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
import soundfile

from realtime.midi import guarded_port, guardian_process, patchbay
from realtime.midi.guardian import Guard
from realtime.midi.messages import ACTIVE_SENSING, HEARTBEAT, PortOpened
from realtime.midi.sink import MidiOut
from realtime.processes.message_lines import to_line
from realtime.values.notes import NoteOff, NoteOn
from tests.support.list_output import ListOutput
from tests.support.live_session import Listener, allowed, connect, guardians, patched, session
from tests.support.servers import wait_until

ON, OFF = bytes([0x90, 60, 80]), bytes([0x80, 60, 0])
OFF_60 = tuple(OFF)


class Out:
    def __init__(self):
        self.sent = []

    def send_message(self, message):
        self.sent.append(tuple(message))


def test_offs_that_nobody_heard_are_sent_to_whoever_connects():
    out = Out()
    guard = Guard(out)
    guard.forward(ON + OFF + HEARTBEAT + bytes([0x90, 64, 80]) + bytes([0x80, 64, 0]))
    guard.forward(ON)
    out.sent.clear()
    for _ in range(3):
        guard.update(heard=False, came=False)
    assert out.sent == []
    guard.update(heard=True, came=True)
    assert out.sent == [(0x80, 64, 0)], "60 sounds again"
    out.sent.clear()
    guard.forward(OFF)
    guard.update(heard=False, came=False)
    guard.update(heard=True, came=True)
    assert out.sent == [OFF_60, OFF_60], "and nothing is owed twice"


def test_offs_that_were_heard_are_not_repeated():
    out = Out()
    guard = Guard(out)
    guard.forward(ON + OFF)
    guard.update(heard=True, came=False)
    guard.update(heard=True, came=False)
    guard.update(heard=True, came=True)
    assert out.sent == [tuple(ON), OFF_60]


def test_the_end_ends_every_note_whose_off_may_have_been_lost():
    """A late cycle of the MIDI system swallows an off: nobody here can see that."""
    port, out = ListOutput(), Out()
    sink, guard = MidiOut(port, channel=3), Guard(out)
    sink.send([NoteOn(0, 60, 80), NoteOff(1, 60), NoteOn(1, 64, 80)])
    port.messages.clear()
    sink.panic()
    assert [m for m in port.messages if m[0] & 0xF0 == 0x80] == [(0x82, 64, 0), (0x82, 60, 0),
                                                                 (0x82, 64, 0)]  # fmt: skip
    guard.forward(ON + OFF + bytes([0x91, 64, 80]))
    out.sent.clear()
    guard.silence()
    assert out.sent[:2] == [(0x81, 64, 0), OFF_60] and (0xB0, 123, 0) in out.sent


def test_notes_whose_offs_fell_into_an_outage_are_ended_when_the_port_is_back():
    port = ListOutput()
    out = MidiOut(port, channel=3)
    out.send([NoteOn(0, 60, 80), NoteOn(0, 64, 80)])
    write, port.write = port.write, lambda messages: False
    out.send([NoteOff(1, 60), NoteOff(1, 64)])
    port.messages.clear()
    port.write, port.poll = write, lambda: True
    out.status()
    offs = [message for message in port.messages if message[0] & 0xF0 == 0x80]
    assert offs == [(0x82, 60, 0), (0x82, 64, 0)]


@pytest.mark.parametrize("seen", [True, False])
def test_a_guardian_that_hangs_before_its_first_word_is_replaced(monkeypatch, seen):
    """The one before was killed: without another the port would never be there again.

    Where the system shows that it does nothing, at once; elsewhere after a while.
    """
    opened = to_line(PortOpened("a port")).decode()
    well = f"import sys; print({opened!r}, end='', flush=True); sys.stdin.read()"
    scripts = [well, "import time; time.sleep(60)", well]
    monkeypatch.setattr(guarded_port, "open_seconds", lambda: 5.0)
    monkeypatch.setattr(
        guardian_process, "python_command", lambda *words: [sys.executable, "-c", scripts.pop(0)]
    )
    if not seen:
        monkeypatch.setattr(guardian_process, "processor_of", lambda process: None)
    port, guardian = guarded("virtual")
    guardian.kill()
    wait_until(lambda: not port.write(ON), allowed(5), "its end")
    port.poll()
    assert not port.write(ON) and port.trouble
    soon = 30.0 if seen else 0.2
    monkeypatch.setattr(guarded_port, "open_seconds", lambda: soon if len(scripts) else 30.0)
    wait_until(port.poll, allowed(10), "a port")
    assert port.write(ON) and not port.trouble and not scripts
    port.close()


TALKS = """
import select, sys, time
from realtime.midi.messages import StillThere
from realtime.processes.message_lines import to_line
def talk():
    sys.stdout.write(to_line(StillThere()).decode())
    sys.stdout.flush()
while {waits} and not select.select([0], [], [], 0.05)[0]:
    talk()
time.sleep({slow} * {waits})
sys.stdout.write({opened!r})
while True:
    talk()
    time.sleep(0.05)
"""
OPENED = to_line(PortOpened("a port")).decode()
SLOW_START_SECONDS = 0.15


@pytest.fixture
def started(monkeypatch):
    """What each guardian is started with; the first talks, others open once they are told to."""
    lines = []

    def command(*words):
        lines.append(words)
        waits = "--waits" in words
        script = TALKS.format(opened=OPENED, waits=waits, slow=SLOW_START_SECONDS)
        return [sys.executable, "-c", script]

    monkeypatch.setattr(guardian_process, "python_command", command)
    return lines


def guarded(name):
    """A port, and the process of its guardian."""
    before = set(psutil.Process().children())
    port = guarded_port.GuardedPort(name)
    (guardian,) = set(psutil.Process().children()) - before
    return port, guardian


def looked_after(port, until, seconds=20.0):
    wait_until(lambda: port.poll() or until(), allowed(seconds), "what was waited for")


@pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped")
def test_another_guardian_is_ready_before_one_that_hangs_is_ended(started):
    """Its start is no part of the second in which the notes must end."""
    port, hung = guarded("virtual")
    try:
        hung.suspend()
        looked_after(port, lambda: len(started) == 2)
        assert hung.is_running() and hung.status() != psutil.STATUS_ZOMBIE
        assert "--waits" in started[1] and "--after=a port" in started[1]
        wait_until(port.poll, allowed(10), "the port")
        assert not psutil.pid_exists(hung.pid) and port.write(ON) and len(started) == 2
    finally:
        port.close()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped")
@pytest.mark.slow
def test_a_guardian_that_speaks_again_stays_and_its_successor_goes(started, monkeypatch):
    """However long it takes the machine to let it speak, as far as this test goes."""
    monkeypatch.setattr(guarded_port, "HANG_SECONDS", 20.0)
    port, first = guarded("virtual")
    try:
        before = set(psutil.Process().children())
        first.suspend()
        looked_after(port, lambda: len(started) == 2)
        first.resume()
        (other,) = set(psutil.Process().children()) - before
        looked_after(port, lambda: not other.is_running())
        assert first.is_running() and port.write(ON)
    finally:
        port.close()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped")
@pytest.mark.parametrize(
    "after_s",
    [0.0, pytest.param(0.2, marks=pytest.mark.slow), pytest.param(0.6, marks=pytest.mark.slow)],
)
def test_whoever_takes_over_may_hang_as_well(started, after_s):
    """The second and the third too: at the start, while it takes over, once it has the port."""
    port, first = guarded("virtual")
    others = set(psutil.Process().children()) - {first}
    try:
        hung = [first]
        first.suspend()
        for _ in range(2):
            wait_until(lambda: port.poll() or len(started) > len(hung), allowed(5), "a successor")
            (other,) = set(psutil.Process().children()) - others - set(hung)
            until = time.monotonic() + after_s
            wait_until(lambda until=until: (port.poll(), time.monotonic() > until)[1], 5, "a while")
            other.suspend()
            hung.append(other)
        wait_until(lambda: port.poll() and port.write(ON), allowed(1), "a port")
        assert not any(psutil.pid_exists(process.pid) for process in hung)
    finally:
        port.close()


@pytest.fixture(scope="module")
def drone(tmp_path_factory):
    path = tmp_path_factory.mktemp("drone") / "drone.wav"
    time_s = np.arange(48_000 * 30) / 48_000
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * 440 * time_s), 48_000)
    return path


def guardian(live):
    (found,) = guardians(live)
    return found


def new_guardian(live, known):
    """Wait for a guardian that is none of those."""
    wait_until(lambda: set(guardians(live)) - set(known), allowed(5), "a guardian")
    return set(guardians(live)) - set(known)


def sounding_note(pulse, drone, listener):
    player = pulse.play(drone)
    wait_until(listener.sounding, 10, "a note")
    return player


@pytest.mark.slow
@pytest.mark.parametrize("attempt", range(3))
def test_the_guardian_is_killed_and_the_music_stops_meanwhile(servers, toy_path, drone, attempt):
    """The new port is connected as the old one was, and every note gets its own off."""
    _, environment = servers
    name = f"killed{attempt}"
    with session(servers, toy_path, name) as (pulse, listener, live):
        player = sounding_note(pulse, drone, listener)
        time.sleep(0.6)
        guardian(live).kill()
        player.kill()
        player.wait()
        wait_until(lambda: not listener.sounding(), allowed(1.5), "an off for every note")
        wait_until(lambda: patched(environment, f"{name}:in"), allowed(3), "its connection")
        live.end()
        assert not listener.sounding()


@pytest.mark.slow
def test_a_server_that_waits_for_another_client_costs_no_guardian(servers, monkeypatch, tmp_path):
    """It lets whoever asks it wait; we ask for a receiver that was connected and is not there."""
    _, environment = servers
    monkeypatch.setattr(os, "environ", {**environment, "XDG_STATE_HOME": str(tmp_path)})
    remembered = patchbay._file("Jaka to melodia:out")
    remembered.parent.mkdir(parents=True)
    remembered.write_text('["of yesterday:in"]')
    other = Listener(environment, "hangs")
    port, guardian = guarded("virtual")
    come = subprocess.Popen(["sh", "-c", "while true; do jack_lsp; done"], env=environment,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        os.kill(other.process.pid, signal.SIGSTOP)
        until = time.monotonic() + 4
        wait_until(lambda: (port.poll(), time.monotonic() > until)[1], 10, "four seconds")
        assert guardian.is_running() and port.write(ON)
    finally:
        come.kill()
        come.wait()
        other.close()
        port.close()


@pytest.mark.slow
def test_a_receiver_that_is_connected_late_gets_the_offs(servers, toy_path, drone):
    """The user connects by hand after seconds: nothing was restored."""
    _, environment = servers
    with session(servers, toy_path, "late") as (pulse, listener, live):
        player = sounding_note(pulse, drone, listener)
        command = ["jack_disconnect", "Jaka to melodia:out", "late:in"]
        subprocess.run(command, env=environment, capture_output=True, timeout=5, check=True)
        player.kill()
        player.wait()
        time.sleep(2)
        assert listener.sounding()
        connect(environment, "late:in")
        wait_until(lambda: not listener.sounding(), allowed(1), "an off for every note")
        live.end()


@pytest.mark.slow
@pytest.mark.parametrize("asked", [True, False])
def test_active_sensing_comes_more_often_than_receivers_wait(servers, toy_path, asked):
    """They end all notes after 0.3 s without it; where nobody asked for it, none of them begins."""
    words = ["--active-sensing"] if asked else []
    with session(servers, toy_path, f"sense{asked}", *words) as (_, listener, live):
        time.sleep(2)
        senses = [at_s for at_s, status, *_ in listener.heard if status == ACTIVE_SENSING]
        live.end()
    assert bool(senses) is asked
    if asked:
        assert len(senses) > 6 and np.median(np.diff(senses)) < 0.3


@pytest.mark.slow
@pytest.mark.parametrize(("which", "longest_s"), [("engine", 0.6), ("guardian", 1.0)])
def test_a_hang_ends_the_notes(servers, toy_path, drone, which, longest_s, record_property):
    with session(servers, toy_path, f"hung-{which}") as (pulse, listener, live):
        player = sounding_note(pulse, drone, listener)
        time.sleep(0.5)
        hung = live.process.pid if which == "engine" else guardian(live).pid
        os.kill(hung, signal.SIGSTOP)
        began = time.monotonic()
        try:
            if which == "guardian":
                player.kill()
            wait_until(lambda: not listener.sounding(), allowed(longest_s), "its off")
            record_property("seconds", round(time.monotonic() - began, 2))
        finally:
            if psutil.pid_exists(hung):
                os.kill(hung, signal.SIGCONT)
            player.kill()
            player.wait()
        if which == "engine":
            wait_until(lambda: live.process.poll() is None, 1, "it goes on")
        live.end()
        assert not listener.sounding()


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.0, 0.3])
def test_guardians_that_hang_one_after_another_end_the_notes(servers, toy_path, drone, after_s):
    """It hangs as it begins to wait or a little later, twice more; the last costs a second."""
    hung = []
    name = "row-" + "-".join(str(after_s).split("."))
    with session(servers, toy_path, name) as (pulse, listener, live):
        player = sounding_note(pulse, drone, listener)
        time.sleep(0.5)
        player.kill()
        player.wait()
        try:
            for _ in range(3):
                (other,) = new_guardian(live, hung)
                time.sleep(after_s if hung else 0)
                other.suspend()
                hung.append(other)
            wait_until(lambda: not listener.sounding(), allowed(1), "an off for every note")
        finally:
            for process in hung:
                with contextlib.suppress(psutil.Error):
                    process.resume()
        live.end()
        assert not listener.sounding()


@pytest.mark.slow
@pytest.mark.parametrize("number", ["SIGTSTP", "SIGSTOP", "SIGQUIT", "SIGKILL"])
def test_what_reaches_all_of_the_group_ends_the_notes(servers, toy_path, drone, number):
    """A terminal stops (Ctrl-Z) and ends all processes of a command, and others kill all."""
    with session(servers, toy_path, number.lower()) as (pulse, listener, live):
        player = sounding_note(pulse, drone, listener)
        try:
            os.killpg(live.process.pid, getattr(signal, number))
            wait_until(lambda: not listener.sounding(), allowed(0.6), "an off for every note")
        finally:
            os.killpg(live.process.pid, signal.SIGCONT)
            player.kill()
            player.wait()
