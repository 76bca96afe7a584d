import threading
import time

import numpy as np
import pytest

from realtime.audio.microphone import Microphone
from realtime.audio.portaudio import InputDevice
from realtime.audio.sources import poll_until_due
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from tests.support.scripted_stream import ScriptedStream
from tests.support.servers import wait_until


class Desk:
    """A clock that the test moves, and a socket where sound cards are plugged in and out."""

    def __init__(self):
        self.now = 1000.0
        self.rate = 48_000
        self.plugged = True
        self.keeps_late, self.speed = False, 1.0
        self.streams = []

    def clock(self):
        return self.now

    def open(self, name):
        if not self.plugged:
            raise UserError(Code.NO_INPUT)
        stream = ScriptedStream(self.clock, self.rate)
        stream.keeps_late, stream.speed = self.keeps_late, self.speed
        self.streams.append(stream)
        return stream

    def microphone(self):
        microphone = Microphone("", self.open, self.clock)
        settle(microphone)
        return microphone

    def run(self, microphone, seconds, step=0.01):
        """Move the clock and read as the engine does. Returns (samples read, statuses)."""
        samples, statuses = 0, []
        for _ in range(round(seconds / step)):
            self.now += step
            settle(microphone)
            samples += len(microphone.read(10_000))
            statuses.append(microphone.status())
        return samples, statuses


def settle(microphone):
    """Wait for the opening thread, which takes no time on the test's clock."""
    assert microphone.wait_for_opening(2)


def test_sound_arrives_and_nothing_is_lost():
    desk = Desk()
    microphone = desk.microphone()
    samples, statuses = desk.run(microphone, 5)
    assert abs(samples - 240_000) <= 480
    assert statuses[-1].lost_s == 0 and statuses[-1].connected and not statuses[-1].trouble
    microphone.close()
    assert desk.streams[0].closed


def test_nothing_plugged_in_then_plugged():
    desk = Desk()
    desk.plugged = False
    microphone = desk.microphone()
    samples, statuses = desk.run(microphone, 2)
    assert (
        samples == 0 and not statuses[-1].connected and statuses[-1].trouble.code is Code.NO_INPUT
    )
    desk.plugged = True
    samples, statuses = desk.run(microphone, 2)
    assert samples > 48_000 and statuses[-1].connected
    microphone.close()


def test_an_impatient_caller_gets_the_reason():
    desk = Desk()
    desk.plugged = False
    microphone = Microphone("", desk.open, desk.clock)
    with pytest.raises(UserError, match="plugged in"):
        microphone.wait_until_open(2)
    microphone.close()


@pytest.mark.parametrize("how", ["silently", "ended"])
def test_unplugged_and_plugged_again(how):
    desk = Desk()
    microphone = desk.microphone()
    desk.run(microphone, 3)
    desk.plugged = False
    if how == "silently":
        desk.streams[0].speed = 0
    else:
        desk.streams[0].ended = True
        desk.streams[0].speed = 0
    began = desk.now
    _, statuses = desk.run(microphone, 1)
    first = next(i for i, s in enumerate(statuses) if not s.connected)
    assert (first + 1) * 0.01 < 0.5, "noticed within half a second"
    desk.run(microphone, 3)
    desk.plugged = True
    desk.rate = 44_100
    samples, statuses = desk.run(microphone, 3)
    first = next(i for i, s in enumerate(statuses) if s.connected)
    assert (first + 1) * 0.01 < 3 and samples > 44_100
    assert microphone.rate == 44_100 and microphone.reconnections == 1
    away = (desk.now - 3 + (first + 1) * 0.01) - began
    assert statuses[-1].lost_s == pytest.approx(away, abs=0.1)
    assert sum(s.gap_s for s in statuses) == pytest.approx(statuses[-1].lost_s)
    microphone.close()


def test_lost_samples_are_counted_against_the_clock():
    desk = Desk()
    microphone = desk.microphone()
    desk.run(microphone, 3)
    for _ in range(4):
        desk.streams[0].swallowed += 24_000
        desk.streams[0].block_frames = 48_000
        _, statuses = desk.run(microphone, 6)
    assert statuses[-1].lost_s == pytest.approx(2.0, abs=0.05)
    microphone.close()


def test_late_sound_that_comes_after_all_is_not_lost():
    desk = Desk()
    microphone = desk.microphone()
    desk.run(microphone, 3)
    for _ in range(20):
        desk.run(microphone, 0.4, step=0.2)
        desk.run(microphone, 0.5)
    assert microphone.status().lost_s == 0
    microphone.close()


@pytest.mark.parametrize("late_s", [0.42, 1.5])
def test_a_server_that_is_late_for_seconds_loses_nothing(late_s):
    """On a busy machine sound comes half a second late for three seconds, and all of it comes."""
    desk = Desk()
    desk.keeps_late = True
    microphone = desk.microphone()
    samples, _ = desk.run(microphone, 3)
    stream = desk.streams[0]
    stream.swallowed += round(late_s * 48_000)
    stream.block_frames = 96_000
    more, _ = desk.run(microphone, late_s + 2.5)
    stream.swallowed = 0
    last, statuses = desk.run(microphone, 8)
    assert statuses[-1].lost_s == 0 and len(desk.streams) == 1
    assert samples + more + last == pytest.approx((desk.now - 1000) * 48_000, abs=2)
    microphone.close()


def held_back(desk, microphone, seconds):
    """The server stands still for so long, and keeps the sound. Returns the samples read."""
    samples, stream = 0, desk.streams[0]
    for _ in range(round(seconds / 0.01)):
        stream.swallowed += 480
        samples += desk.run(microphone, 0.01)[0]
    return samples


@pytest.mark.parametrize("seconds", [0.5, 2.0, 9.0])
def test_a_stream_that_stood_still_brings_what_is_late(seconds):
    """It was silent for longer than the watchdog waits: another is opened beside, and left."""
    desk = Desk()
    desk.keeps_late = True
    microphone = desk.microphone()
    samples, _ = desk.run(microphone, 3)
    desk.speed = 0.0
    samples += held_back(desk, microphone, seconds)
    assert not microphone.status().connected and microphone.status().trouble
    desk.streams[0].swallowed = 0
    more, statuses = desk.run(microphone, seconds + 8)
    assert statuses[0].connected and statuses[-1].lost_s == 0 and microphone.reconnections == 0
    assert samples + more == pytest.approx((desk.now - 1000) * 48_000, abs=2)
    wait_until(lambda: all(stream.closed for stream in desk.streams[1:]), 2, "the new ones' end")
    assert not desk.streams[0].closed and len(desk.streams) == 2 + (seconds > 4) + (seconds > 8)
    microphone.close()


def test_a_stream_that_stays_silent_is_replaced_by_one_that_sounds():
    desk = Desk()
    desk.keeps_late = True
    microphone = desk.microphone()
    desk.run(microphone, 3)
    desk.streams[0].speed, desk.streams[0].started_s = 0.0, desk.now
    _, statuses = desk.run(microphone, 3)
    away = next(i for i, s in enumerate(statuses[40:], 40) if s.connected) * 0.01
    assert away < 1.0 and microphone.reconnections == 1
    assert statuses[-1].lost_s == pytest.approx(away, abs=0.4), "but for what the new one has"
    wait_until(lambda: desk.streams[0].closed, 2, "the silent one's end")
    microphone.close()


def test_a_silent_stream_that_ends_is_not_kept():
    desk = Desk()
    desk.keeps_late = True
    microphone = desk.microphone()
    desk.run(microphone, 3)
    desk.plugged = False
    held_back(desk, microphone, 0.5)
    desk.streams[0].ended = True
    desk.run(microphone, 1)
    wait_until(lambda: desk.streams[0].closed, 2, "its end")
    desk.plugged = True
    _, statuses = desk.run(microphone, 3)
    assert statuses[-1].connected and microphone.reconnections == 1
    microphone.close()
    wait_until(lambda: all(stream.closed for stream in desk.streams), 2, "the end of all")


@pytest.mark.parametrize("pace", [0.01, 0.3])
def test_sound_that_comes_after_it_was_counted_as_lost_does_not_come_twice(pace):
    """Silence has taken its place in the take: the clock's time is kept."""
    desk = Desk()
    microphone = desk.microphone()
    samples, _ = desk.run(microphone, 3)
    late = 24_000
    desk.streams[0].swallowed += late
    desk.streams[0].block_frames = 48_000
    more, _ = desk.run(microphone, 5)
    samples += more
    assert microphone.status().lost_s == pytest.approx(0.5, abs=0.03), "counted before it comes"
    while late > 0:
        step = min(late, round(pace * 48_000))
        desk.streams[0].swallowed -= step
        late -= step
        more, _ = desk.run(microphone, 0.05)
        samples += more
    more, statuses = desk.run(microphone, 15)
    samples += more
    assert statuses[-1].lost_s == pytest.approx(0.5, abs=0.03)
    heard_s = samples / 48_000 + statuses[-1].lost_s
    assert heard_s == pytest.approx(desk.now - 1000.0, abs=0.03)
    microphone.close()


def test_a_slow_card_loses_nothing_in_twelve_hours():
    desk = Desk()
    desk.rate = 4_000
    microphone = desk.microphone()
    desk.run(microphone, 2)
    stream = desk.streams[0]
    stream.speed = 0.999
    stream.started_s = desk.now - stream.taken / stream.rate / stream.speed
    for _ in range(12 * 60):
        desk.now += 60
        while len(microphone.read(10_000_000)):
            pass
        microphone._heard_at = desk.now
        desk.run(microphone, 0.02)
    assert microphone.status().lost_s == 0
    microphone.close()


def test_a_driver_that_hangs_while_opening_blocks_nobody():
    never = threading.Event()

    def open_stream(name):
        never.wait(5)
        raise UserError("too late")

    microphone = Microphone("", open_stream)
    assert len(microphone.read(100)) == 0
    assert microphone.status().trouble.code is Code.INPUT_AWAITED
    never.set()
    microphone.close()


def test_what_is_read_is_what_was_sent():
    desk = Desk()
    ramp = np.arange(48_000, dtype=np.float32)
    desk.open = lambda name: ScriptedStream(desk.clock, 48_000, ramp)
    microphone = Microphone("", desk.open, desk.clock)
    settle(microphone)
    desk.now += 0.3
    block = microphone.read(100_000)
    assert np.array_equal(block, ramp[: len(block)]) and len(block) >= 14_399
    microphone.close()


def test_waiting_for_a_ring_without_a_bell():
    begun = time.monotonic()

    def waiting():
        return 480 * int((time.monotonic() - begun) / 0.01)

    poll_until_due(waiting, 960, 48_000, 5.0)
    assert waiting() >= 960 and time.monotonic() - begun < 4
    began = time.monotonic()
    poll_until_due(lambda: 0, 480, 48_000, 0.02)
    assert time.monotonic() - began >= 0.02


def test_a_microphone_that_is_away_is_waited_for_in_small_steps():
    desk = Desk()
    desk.plugged = False
    microphone = desk.microphone()
    began = time.monotonic()
    microphone.wait(480, 10.0)
    assert time.monotonic() - began < 5
    microphone.close()


def test_a_loopback_that_gives_nothing_while_nothing_is_played_is_well():
    desk = Desk()
    microphone = desk.microphone()
    stream = desk.streams[0]
    stream.pauses = True
    desk.run(microphone, 3)
    stream.speed = 0
    stream.swallowed = -stream.taken
    _, statuses = desk.run(microphone, 5)
    assert all(status.connected for status in statuses) and microphone.reconnections == 0
    microphone.close()


def test_what_the_computer_plays_is_labelled():
    loopback = InputDevice("Windows WASAPI", "Speakers (Realtek) [Loopback]", 2, 48_000)
    microphone = InputDevice("Windows WASAPI", "Microphone (Realtek)", 2, 48_000)
    assert loopback.plays and not microphone.plays
    assert not InputDevice("ALSA", "loop [Loopback]", 2, 48_000).plays
