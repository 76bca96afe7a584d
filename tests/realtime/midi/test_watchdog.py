"""A hang is told from a busy machine: notes end with the one, and ring on through the other."""

import os
import signal
import subprocess
import sys
import time

import pytest

from realtime.midi.guarded_port import OPEN_SECONDS, open_seconds
from realtime.midi.watchdog import STARVED_SECONDS, Processor, Watchdog, processor_of

TICK = 0.1


def silence_after(seconds, processor_at):
    """What counts after so long, one look every tick; `processor_at(seconds)` is what it got."""
    watchdog = Watchdog(1, 0.2)
    watchdog.reset(0.0)
    for tick in range(1, round(seconds / TICK) + 1):
        watchdog.update(tick * TICK, processor_at(tick * TICK))
    return watchdog.silent_s


@pytest.mark.parametrize(
    "processor_at",
    [
        lambda s: Processor(wants=False, got_s=5.0),
        lambda s: Processor(wants=True, got_s=5.0 + 0.9 * s),
        lambda s: None,
    ],
    ids=["it waits or is stopped", "it spins", "the system tells nothing"],
)
def test_a_silence_without_an_excuse_counts_whole(processor_at):
    assert silence_after(0.5, processor_at) == pytest.approx(0.5)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
def test_a_process_that_gets_no_processor_is_waited_for_but_not_for_ever(share):
    def starved(s):
        return Processor(wants=True, got_s=5.0 + share * s)

    assert silence_after(2.0, starved) <= TICK + 1e-9, "the first look has nothing to compare"
    assert silence_after(STARVED_SECONDS + 1.0, starved) > 0.6


@pytest.mark.parametrize(
    ("processor_at", "counted_s"),
    [
        (lambda s: Processor(wants=False, got_s=5.0), 0.9),
        (lambda s: Processor(wants=False, got_s=5.0 + 0.01 * s), 0.0),
        (lambda s: Processor(wants=True, got_s=5.0), 0.0),
        (lambda s: Processor(wants=False, got_s=5.0, reads=True), 0.0),
        (lambda s: None, 0.0),
    ],
    ids=["stopped", "gets on", "gets no processor", "waits for a disk", "the system tells nothing"],
)
def test_who_starts_has_to_get_on_and_not_yet_to_speak(processor_at, counted_s):
    watchdog, now = Watchdog(1, 0.2, starts=True), time.monotonic()
    for tick in range(10):
        watchdog.update(now + tick * TICK, processor_at(tick * TICK))
    assert watchdog.silent_s == pytest.approx(counted_s)
    watchdog.reset(0.0)
    assert watchdog.update(TICK, Processor(wants=False, got_s=5.0)) == pytest.approx(TICK)


def test_a_word_forgives_everything():
    watchdog = Watchdog(1, 0.2)
    watchdog.reset(0.0)
    for tick in range(1, 5):
        watchdog.update(tick * TICK, None)
    watchdog.reset(0.5)
    assert watchdog.update(0.6, None) == pytest.approx(0.1)


def test_our_own_absence_is_not_the_other_ones():
    watchdog = Watchdog(1, 0.2)
    watchdog.reset(0.0)
    assert watchdog.update(30.0, None) == pytest.approx(0.2)


@pytest.fixture
def spinner():
    process = subprocess.Popen([sys.executable, "-c", "print(flush=True)\nwhile True: pass"],
                               stdout=subprocess.PIPE)  # fmt: skip
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what a process gets")
def test_linux_tells_who_wants_a_processor(spinner):
    before = processor_of(spinner.pid)
    deadline = time.monotonic() + 10
    while processor_of(spinner.pid).got_s - before.got_s < 0.01 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert before.wants and processor_of(spinner.pid).got_s - before.got_s >= 0.01
    spinner.send_signal(signal.SIGSTOP)
    while (stopped := processor_of(spinner.pid)).wants and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not stopped.wants
    time.sleep(0.1)
    assert processor_of(spinner.pid).got_s == stopped.got_s


def test_a_process_that_is_not_there_tells_nothing(tmp_path):
    assert processor_of(1, tmp_path) is None


def test_a_busy_machine_is_given_longer_to_open_a_port(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for load, seconds in ((0.1, OPEN_SECONDS), (2.0, OPEN_SECONDS), (8.0, 4 * OPEN_SECONDS)):
        monkeypatch.setattr(os, "getloadavg", lambda load=load: (load, 0.0, 0.0), raising=False)
        assert open_seconds() == pytest.approx(seconds)
    monkeypatch.delattr(os, "getloadavg")
    assert open_seconds() == OPEN_SECONDS
