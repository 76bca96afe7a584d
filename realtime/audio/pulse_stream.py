"""A source of PulseAudio or PipeWire as a `DeviceStream`: `parec` writes a pipe, we read it.

ALSA's `pulse` device, the other way to the same sound, brought it 10 ms later (docs/latency.md),
names no source and hides moves. The pipe is the ring: `parec` fills it whatever Python does.
"""

import contextlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from realtime.audio import pulse
from realtime.audio.pulse import PulseSource, Recording
from realtime.audio.sound_pipe import SoundPipe
from realtime.audio.sources import pick_channel
from realtime.processes.tied_process import TiedProcess
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why
from realtime.values.arrays import Floats

SETTLE_SECONDS = 0.03
"""A change comes as several events; look once they are over."""


DOUBT_SECONDS = 0.5
"""For at most so long nothing is read where the server reports a change of our recording."""
LOOK_SECONDS = 10.0
"""So often we look without having been told of a change: what tells us may hang."""
CLOSE_SECONDS = 1.0
"""Changes of a recording with less than this between may be a move there and back."""
AGAIN_SECONDS = 0.3
"""Seconds after which a subscription that has ended is begun anew."""


class SourceWatch:
    """Follows one recording of a server; costs nothing until the server reports a change.

    A recording is moved to another source by a server whose default changes or whose microphone is
    unplugged (often to what the computer plays), by rules for programs, and by people in a mixer;
    none of them says who it was. What the player chose here holds: a source by its name, or the
    system's default, whichever that is. Every other source is a problem, and what comes from it is
    not read.

    Args:
        pid: of the recording process.
        source: it was connected to.
        follows: whether the player chose the system's default, and so every default to come.
        look: gives (index of the source that `pid` records from or None, all sources).
        move: connects `pid` to the source of a name.
        glance: gives the recording of `pid` alone, sooner than `look`; None where it does not
            record.
    """

    def __init__(
        self,
        pid: int,
        source: PulseSource,
        follows: bool,
        look: Callable[[int], tuple[int | None, list[PulseSource]]] | None = None,
        move: Callable[[int, str], None] = pulse.move,
        glance: Callable[[int], Recording | None] = pulse.recording_of,
    ) -> None:
        self._pid, self.source, self._follows = pid, source, follows
        self._look, self._move, self._glance = look or query_server, move, glance
        self._doubted_until = 0.0
        self._seen: Recording | None = None
        self._before: Recording | None = None
        """What was seen of our recording last, and before the changes that come close together."""
        self._changes = 0
        """How many of those there are."""
        self._changed_at = -math.inf
        self._astray = False
        """Whether our recording was seen elsewhere, and why is still to be found out."""
        self.problem: Trouble | None = None
        """Why what is heard is not what was chosen."""
        self.hush: Trouble | None = None
        """Why silence comes although all is well."""
        self._remarks: list[Trouble] = []
        self._closed = False
        self._wake = threading.Event()
        self._subscription: TiedProcess | None = None

    def start(self) -> None:
        """Subscribe to the server's changes, anew wherever that ends."""
        threading.Thread(target=self._run, name="sound server", daemon=True).start()
        threading.Thread(target=self._watch, name="source", daemon=True).start()

    def take_remark(self) -> Trouble | None:
        """A change of source that is fine, once."""
        return self._remarks.pop(0) if self._remarks else None

    @property
    def in_doubt(self) -> bool:
        """Whether the server has just changed our recording, and we do not know yet how."""
        return time.monotonic() < self._doubted_until

    def note_change(self, number: int) -> None:
        """The server has changed the recording of this number: ours is not read until we know how.

        A move is one change, a move there and back are two, and so is a slider that is dragged,
        which leaves another loudness behind.
        """
        if self._seen is not None and number != self._seen.number:
            return
        now = time.monotonic()
        if now - self._changed_at > CLOSE_SECONDS:
            self._changes, self._before = 0, self._seen
        self._changes += 1
        self._changed_at, self._doubted_until = now, now + DOUBT_SECONDS

    def resolve_doubt(self) -> None:
        """Find out whether we are where we were, and have been all the time."""
        until = self._doubted_until
        try:
            seen = self._glance(self._pid)
        except UserError:
            return
        if seen is None:
            return
        if seen.source != self.source.index:
            self._astray = True
            return
        if self._astray or (self._changes > 1 and self._before in (None, seen)):
            self.problem = Trouble(Code.INPUT_WAS_AWAY, name=self.source.description)
        self._seen = seen
        if until == self._doubted_until:
            self._doubted_until = 0.0

    def check(self) -> None:
        """Look where the recording is connected now."""
        try:
            index, sources = self._look(self._pid)
        except UserError:
            return
        now = next((source for source in sources if source.index == index), None)
        if now is not None:
            muted = now.muted and now.name == self.source.name
            self.hush = Trouble(Code.INPUT_MUTED, name=now.description) if muted else None
        if now is None or self._closed:
            return
        if now.name == self.source.name:
            if self._astray:
                self.problem = Trouble(Code.INPUT_WAS_AWAY, name=self.source.description)
            self._follow_default(now, sources)
            return
        self._astray = False
        name = self.source.description
        if all(source.name != self.source.name for source in sources):
            self.problem = Trouble(Code.INPUT_UNPLUGGED, name=name)
        elif not (self._follows and now.default):
            self.problem = Trouble(Code.INPUT_MOVED, name=name, other=now.description)
        elif now.monitor and not self.source.monitor:
            self.problem = Trouble(Code.LEFT_FOR_MONITOR, name=name)
        else:
            self.source = now
            code = Code.INPUT_CHANGED_TO_MONITOR if now.monitor else Code.INPUT_CHANGED
            self._remarks.append(Trouble(code, name=now.description))

    def _follow_default(self, now: PulseSource, sources: list[PulseSource]) -> None:
        """Go along where the default is another one and the server leaves us behind."""
        default = next((source for source in sources if source.default), now)
        chosen = default.name != now.name and (now.monitor or not default.monitor)
        if self._follows and chosen:
            with contextlib.suppress(UserError):
                self._move(self._pid, default.name)

    def close(self) -> None:
        """End the subscription to the server's changes, and both threads."""
        self._closed = True
        self._wake.set()
        if self._subscription is not None:
            self._subscription.kill()

    def _run(self) -> None:
        while not self._closed:
            with contextlib.suppress(OSError, ValueError):
                self._follow_changes()
            time.sleep(AGAIN_SECONDS)

    def _follow_changes(self) -> None:
        """One subscription, until it ends."""
        subscription = self._subscription = TiedProcess(["pactl", "subscribe"], pulse.environment())
        self._wake.set()
        try:
            for line in subscription.lines():
                if self._closed:
                    break
                if b"'change' on source-output #" in line:
                    self.note_change(int(line.rpartition(b"#")[2]))
                if b"on source" in line or b"on server" in line:
                    self._wake.set()
        finally:
            subscription.close()

    def _watch(self) -> None:
        """Look where we are connected whenever something has changed, and now and then."""
        pause = threading.Event()
        while not self._closed:
            self._wake.wait(LOOK_SECONDS if self._seen else AGAIN_SECONDS)
            self._wake.clear()
            self.resolve_doubt()
            pause.wait(0 if self.in_doubt else SETTLE_SECONDS)
            if not self._closed:
                self.check()


def query_server(pid: int) -> tuple[int | None, list[PulseSource]]:
    """Ask the server which source `pid` records from, and for all its sources.

    A recording that is muted by itself counts as a source that is muted.
    """
    index, sources = pulse.source_of(pid), pulse.sources()
    if pulse.mutes(pid):
        sources = [replace(one, muted=one.muted or one.index == index) for one in sources]
    return index, sources


LATENCY_MS = 10
"""What the server is asked for; docs/latency.md measures what comes of it."""


MOST_CHANNELS = 8
"""Channels that are recorded of a source; settings name one of so many."""


class PulseStream:
    """A running recording.

    Args:
        source: to record from.
        follows: whether it was chosen as the system's default.
        channel: 1-8 for one channel, 0 for the mean of all.
        named: whether the server is told the source; else it connects us to what it thinks best.

    Raises:
        UserError: if `parec` cannot be started.
    """

    keeps_late = True

    def __init__(
        self, source: PulseSource, follows: bool, channel: int = 0, named: bool = True
    ) -> None:
        self.name, self.rate = source.full, source.rate
        self._channels, self._channel = min(source.channels, MOST_CHANNELS), channel
        self.block_frames = max(64, source.rate // 100)
        self.latency_ms = float(LATENCY_MS)
        command = ["parec", "--raw", "--format=float32le", f"--rate={source.rate}",
                   f"--channels={self._channels}", f"--latency-msec={LATENCY_MS}",
                   f"--process-time-msec={LATENCY_MS // 2}",
                   "--property=application.name=Jaka to melodia"]  # fmt: skip
        # With another number of channels the map would not fit: then the server mixes them down.
        if self._channels == source.channels:
            command.append(f"--channel-map={source.channel_map}")
        if named:
            command.append(f"--device={source.name}")
        try:
            self._recorder = TiedProcess(command, pulse.environment())
        except OSError as error:
            raise UserError(Code.INPUT_REFUSED, name=self.name, reason=why(error)) from error
        block_frames = max(1, self.rate // 100)
        self._sound = SoundPipe(self._recorder.output, self._channels, block_frames)
        self._watch = SourceWatch(self._recorder.pid, source, follows)
        self._watch.start()

    @property
    def pid(self) -> int:
        """Number of the recording process, by which the server knows it."""
        return self._recorder.pid

    @property
    def problem(self) -> Trouble | None:
        """Why what is heard is not what was chosen."""
        return self._watch.problem

    @property
    def hush(self) -> Trouble | None:
        """Why silence comes although all is well."""
        return self._watch.hush

    @property
    def pauses(self) -> bool:
        """Whether nothing is read for a moment, for it may come from something else."""
        return self._watch.in_doubt

    def take_remark(self) -> Trouble | None:
        """A change that is fine, once."""
        return self._watch.take_remark()

    def waiting(self) -> int:
        """Count the frames that wait in the pipe; 0 once it is closed, or while in doubt whose."""
        return self._sound.waiting() if self._recorder.open and not self._watch.in_doubt else 0

    def read(self, frames: int) -> Floats:
        """Up to `frames` samples, (n,)."""
        if not self._recorder.open:
            return np.zeros(0, dtype=np.float32)
        return pick_channel(self._sound.read(frames), self._channel)

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at the moment at which so many samples are there, or after the timeout."""
        if self._recorder.open:
            self._sound.wait(frames, timeout_s)

    def alive(self) -> bool:
        """False once the recording has ended or was moved to a source nobody chose."""
        return self._recorder.alive and not self._watch.problem

    def close(self) -> None:
        """End the recording and the watch over its source; neither is waited for."""
        self._watch.close()
        self._recorder.close()
