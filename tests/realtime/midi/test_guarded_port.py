"""The port that follows a lost one gets the offs of what sounded, also where the program ends."""

import sys
import time

import psutil
import pytest

from realtime.midi import guardian_process
from realtime.midi.guarded_port import GuardedPort
from realtime.midi.messages import PortOpened
from realtime.midi.sink import MidiOut
from realtime.processes.message_lines import Failed, to_line
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.notes import NoteOn
from tests.support.live_session import allowed
from tests.support.servers import wait_until

KEEPS = """
import sys, time
time.sleep({slow})
sys.stdout.write({said!r})
sys.stdout.flush()
open({path!r}, "wb").write(sys.stdin.buffer.read())
"""
SLOW_S = 0.1


@pytest.fixture
def guardians_say(monkeypatch, tmp_path):
    """Guardians that answer one after the other as told, and keep what they get in files."""

    def prepare(*said):
        files = [tmp_path / str(number) for number in range(len(said))]
        scripts = [
            KEEPS.format(slow=SLOW_S * bool(i), said=to_line(word).decode(), path=str(files[i]))
            for i, word in enumerate(said)
        ]
        monkeypatch.setattr(
            guardian_process, "python_command", lambda *_: [sys.executable, "-c", scripts.pop(0)]
        )
        return files

    return prepare


def play_and_kill(pitches):
    """A sink with notes that sound, and its port, whose guardian has just been killed."""
    before = set(psutil.Process().children())
    port = GuardedPort("virtual")
    out = MidiOut(port)
    (guardian,) = set(psutil.Process().children()) - before
    out.send([NoteOn(0, pitch, 80) for pitch in pitches])
    guardian.kill()
    guardian.wait()
    return out, port


def test_a_program_that_ends_just_after_its_guardian_died_ends_the_notes(guardians_say):
    files = guardians_say(PortOpened("a port"), PortOpened("a port"))
    out, _ = play_and_kill([60, 64])
    out.close()
    offs = files[1].read_bytes()
    assert bytes([0x80, 60, 0]) in offs and bytes([0x80, 64, 0]) in offs


def test_the_next_guardian_knows_what_sounds_whatever_becomes_of_the_program(guardians_say):
    """Where the engine is killed before the port is open, nobody else could tell it."""
    files = guardians_say(PortOpened("a port"), PortOpened("a port"))
    _, port = play_and_kill([60, 64])
    wait_until(lambda: port.poll() or port.trouble, allowed(5), "the loss")
    port.close()
    assert files[1].read_bytes().startswith(bytes([0x80, 60, 0, 0x80, 64, 0]))


def test_a_program_that_ends_does_not_wait_for_a_system_that_is_gone(guardians_say):
    guardians_say(PortOpened("a port"), Failed(Trouble(Code.NO_MIDI_SYSTEM)))
    out, _ = play_and_kill([60])
    began_at = time.monotonic()
    out.close()
    assert time.monotonic() - began_at < allowed(2)
