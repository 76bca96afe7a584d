"""A source of PulseAudio or PipeWire as a `DeviceStream`: `parec` writes a pipe, we read it.

ALSA's `pulse` device, the other way to the same sound, brought it 10 ms later (docs/latency.md),
names no source and hides moves. The pipe is the ring: `parec` fills it whatever Python does.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from realtime.audio import pulse
from realtime.audio.pulse import PulseSource
from realtime.audio.sound_pipe import SoundPipe
from realtime.audio.sources import pick_channel
from realtime.processes.tied_process import TiedProcess
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why
from realtime.values.arrays import Floats

SETTLE_SECONDS = 0.03
"""A change comes as several events; look once they are over."""


LOOK_SECONDS = 10.0
"""So often we look without having been told of a change: what tells us may hang."""
AGAIN_SECONDS = 0.3
"""Seconds after which a subscription that has ended is begun anew."""


class SourceWatch:
    """Follows one recording of a server; costs nothing until the server reports a change.

    Where the default changes, a server also moves who had chosen the old default by name: they are
    put back. A player who moves us by hand, in the system's mixer, has chosen anew.

    PulseAudio moves a stream whose microphone was unplugged to whatever is left, often the monitor
    of the loudspeakers, and says nothing: recording that would keep the computer's own sound.

    Args:
        pid: of the recording process.
        source: it was connected to.
        follows: whether the player chose the system's default, and so every default to come.
        look: gives (index of the source that `pid` records from or None, all sources).
        put_back: connects `pid` to the source of a name again.
    """

    def __init__(
        self,
        pid: int,
        source: PulseSource,
        follows: bool,
        look: Callable[[int], tuple[int | None, list[PulseSource]]] | None = None,
        put_back: Callable[[int, str], None] = pulse.put_back,
    ) -> None:
        self._pid, self.source, self._follows = pid, source, follows
        self._look, self._put_back = look or query_server, put_back
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
        if now is None or now.name == self.source.name or self._closed:
            return
        # We were moved. That ends the recording where our microphone is gone, or where we followed
        # the default and that has become a monitor, the computer's own sound.
        unplugged = all(source.name != self.source.name for source in sources)
        if unplugged or (self._follows and now.monitor and not self.source.monitor):
            code = Code.INPUT_UNPLUGGED if unplugged else Code.LEFT_FOR_MONITOR
            self.problem = Trouble(code, name=self.source.description)
            return
        # The default changed, and the server took along who had chosen the old one by its name.
        if now.default and not self._follows and not unplugged:
            with contextlib.suppress(UserError):
                self._put_back(self._pid, self.source.name)
            return
        # Else the player moved us, in the system's mixer, or follows the default: that is a choice.
        self.source = now
        code = Code.INPUT_CHANGED_TO_MONITOR if now.monitor else Code.INPUT_CHANGED
        self._remarks.append(Trouble(code, name=now.description))

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
                if b"on source" in line or b"on server" in line:
                    self._wake.set()
        finally:
            subscription.close()

    def _watch(self) -> None:
        """Look where we are connected whenever something has changed, and now and then."""
        pause = threading.Event()
        while not self._closed:
            self._wake.wait(LOOK_SECONDS)
            pause.wait(SETTLE_SECONDS)
            self._wake.clear()
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

    Raises:
        UserError: if `parec` cannot be started.
    """

    pauses = False
    keeps_late = True

    def __init__(self, source: PulseSource, follows: bool, channel: int = 0) -> None:
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
        # Without a device the server's default is recorded, also after it has become another.
        if not follows:
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

    def take_remark(self) -> Trouble | None:
        """A change that is fine, once."""
        return self._watch.take_remark()

    def waiting(self) -> int:
        """Count the frames that wait in the pipe; 0 once it is closed."""
        return self._sound.waiting() if self._recorder.open else 0

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
