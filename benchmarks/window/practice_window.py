"""Practice in the window, heard through a virtual microphone: how soon it goes on, and pictures.

    python -m benchmarks.window.practice_window [--out DIR] [--film practice.webp]

Starts PulseAudio and Xvfb of its own, opens the window there, and plays on a synthetic instrument:
a piece in wait mode with a wrong note, two hands in wait mode, one hand along with the other, one
bar in a loop. Prints how long after the last note of a chord was handed to the sound server the
window knew that it goes on (the way to the server, about 40 ms, is part of it), and what was
judged. Pictures of the window go to DIR. With --film only the first of these is played, and filmed.
"""

import argparse
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np

RATE, CHUNK = 48_000, 960
FRAME_S, FRAME_WIDTH, LARGEST_FILM = 0.125, 880, 3 * 2**19
"""A film has so many seconds a frame, pixels, bytes."""
FILM_FRAMES = 88
WRONG = 3
"""The chord before which a wrong note is played."""


class Instrument:
    """Sounds notes at moments of the monotonic clock, on a stream that never stops."""

    def __init__(self) -> None:
        self._due: list[tuple[float, np.ndarray]] = []
        self._notes: dict[tuple[int, float], np.ndarray] = {}
        self._lock = threading.Lock()
        self._pipe = subprocess.Popen(
            ["pacat", "--playback", "--device=vmic", "--latency-msec=20", f"--rate={RATE}",
             "--channels=1", "--format=float32le"],
            stdin=subprocess.PIPE,
        )  # fmt: skip
        assert self._pipe.stdin is not None
        fcntl.fcntl(self._pipe.stdin.fileno(), fcntl.F_SETPIPE_SZ, 4096)  # 21 ms, not 340
        threading.Thread(target=self._play, daemon=True).start()

    def sound(self, at: float, pitch: int, seconds: float = 0.3) -> None:
        """Sound a note at a moment."""
        from realtime.playback.synth import RELEASE_S, Synth
        from realtime.values.notes import Note

        key = pitch, round(seconds, 3)
        if key not in self._notes:
            frames = round((seconds + RELEASE_S) * RATE)
            self._notes[key] = 2 * Synth([Note(0, seconds, pitch, 96, 0)], RATE).render(0, frames)
        with self._lock:
            self._due.append((at, self._notes[key]))

    def _play(self) -> None:
        assert self._pipe.stdin is not None
        next_at = time.monotonic()
        while True:
            block = np.zeros(CHUNK, dtype=np.float32)
            with self._lock:
                for at, wave in self._due:
                    first = round((next_at - at) * RATE)
                    piece = wave[max(0, first) : max(0, first + CHUNK)]
                    begin = max(0, -first)
                    block[begin : begin + len(piece)] += piece[: max(0, CHUNK - begin)]
                self._due = [d for d in self._due if next_at - d[0] < len(d[1]) / RATE]
            try:
                self._pipe.stdin.write(np.tanh(block).astype("<f4").tobytes())
                self._pipe.stdin.flush()
            except OSError:
                return
            next_at += CHUNK / RATE
            now = time.monotonic()
            if now - next_at > 0.03:  # the machine was too busy: go on from here
                next_at = now
            time.sleep(max(0.0, next_at - now))


class Player:
    """Sits before the window: looks, waits, plays.

    Args:
        out: folder for pictures.
    """

    def __init__(self, out: Path) -> None:
        from PySide6.QtWidgets import QApplication

        from gui.controller.controller import Controller
        from gui.controller.device_scan import DeviceScan, read_device_names
        from gui.settings.store import SettingsStore
        from gui.window.main_window import MainWindow
        from realtime.engine.host import EngineHost
        from realtime.processes.limits import raise_priority
        from realtime.values.settings import EngineSettings

        self.application = QApplication.instance() or QApplication([])
        settings = EngineSettings(record=str(out / "takes"))
        self.host = EngineHost(settings)
        self.controller = Controller(self.host, settings)
        store = SettingsStore(out / "window.ini")
        self.window = MainWindow(self.controller, store, DeviceScan(read_device_names))
        self.window.resize(1100, 660)
        self.window.show()
        self.controller.start()
        raise_priority()
        self.out, self.instrument = out, Instrument()
        self.frames: list | None = None
        """Pictures of a film; None while none is made."""
        self._filmed = 0.0
        self.offset = float("inf")
        """The clock minus the stream, at its least."""

    def run_until(self, until, seconds: float = 30.0, what: str = "") -> None:
        """Let the window live until something is so."""
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, f"not within {seconds} s: {what}"
            self.application.processEvents()
            self._film()
            snapshot = self.host.snapshot()
            if snapshot.state == "listening":
                self.offset = min(self.offset, time.monotonic() - snapshot.stream_s)
            time.sleep(0.002)

    def _film(self) -> None:
        from PySide6.QtCore import Qt

        if self.frames is None or time.monotonic() - self._filmed < FRAME_S:
            return
        self._filmed = time.monotonic()
        smooth = Qt.TransformationMode.SmoothTransformation
        self.frames.append(self.window.grab().toImage().scaledToWidth(FRAME_WIDTH, smooth))

    def rest(self, seconds: float) -> None:
        """Let so many seconds pass, in which the window lives on."""
        end = time.monotonic() + seconds
        self.run_until(lambda: time.monotonic() > end, seconds + 5)

    @property
    def state(self):
        """Give the engine's newest `PracticeState`."""
        return self.host.snapshot().practice

    def picture(self, name: str) -> None:
        """Keep a picture of the window."""
        self.rest(0.15)
        self.window.grab().save(str(self.out / f"practice-{name}.png"))

    def key(self, key, widget=None) -> None:
        """Press a key in the roll, or in another widget."""
        from PySide6.QtTest import QTest

        QTest.keyClick(widget or self.page.roll, key)
        self.application.processEvents()

    @property
    def page(self):
        """Give the page of practice, which must have been shown."""
        return self.window.practice.page

    def open(self, name: str) -> None:
        """Open a bundled piece or a file, and wait until it is read."""
        self.page.read = None
        self.page.open(name)
        self.run_until(lambda: self.page.read is not None, what=name)
        self.rest(0.3)

    def _went_on(self, count: int) -> bool:
        return len(self.state.judged) > count

    def wait_mode(self, wrong: bool, picture: str) -> list[float]:
        """Play what is asked for; returns milliseconds from each chord to going on."""
        from PySide6.QtCore import Qt

        before = self.state.run
        self.key(Qt.Key.Key_Space)
        self.run_until(lambda: self.state.run > before, what="the run")
        late: list[float] = []
        while self.state.state == "playing":
            count, chord = len(self.state.judged), self.state.next
            if not chord:
                break
            if wrong and len(late) == WRONG:
                self.instrument.sound(time.monotonic() + 0.05, chord[0] + 4)
                self.rest(0.9)
                self.picture(f"{picture}-wrong")
            last = time.monotonic() + 0.05 + 0.03 * (len(chord) - 1)
            for index, pitch in enumerate(chord):
                self.instrument.sound(last - 0.03 * index, pitch)
            try:
                self.run_until(partial(self._went_on, count), 4, "going on")
            except AssertionError:
                snapshot = self.host.snapshot()
                heard = [note.pitch for note in snapshot.notes]
                lost = f"{snapshot.lost_s:.1f} s lost, behind {snapshot.behind_s:.1f} s"
                print(f"{chord} not heard: {heard}, {lost}", file=sys.stderr)
                continue
            late.append(1000 * (time.monotonic() - last))
            if len(late) == 8:
                self.picture(picture)
            self.rest(0.35)
        return late

    def along(self, picture: str, part: int) -> None:
        """Play one part with the other, one note 220 ms late, one left out."""
        from PySide6.QtCore import Qt

        before = self.state.run
        self.offset = float("inf")  # a stream that is just opened runs ahead of the clock
        self.key(Qt.Key.Key_Space)
        self.run_until(lambda: self.state.run > before and self.state.rate > 0, what="the beat")
        self.run_until(lambda: self.state.beats_left == 2, what="the count")
        self.picture(f"{picture}-count")
        state, plan = self.state, self.page.performance.plan
        begin = self.offset + state.at_s - state.place_s / state.rate
        for index, note in enumerate(plan.notes):
            shift = 0.22 if index == 6 else 0.0
            if index != 9:
                length = 0.9 * (note.offset_s - note.onset_s)
                at = begin + note.onset_s / state.rate + shift - 0.03
                self.instrument.sound(at, note.pitch, length)
        self.run_until(lambda: self.state.place_s > plan.notes[13].onset_s, 60, "the middle")
        self.picture(picture)
        self.run_until(lambda: self.state.state == "ended", 90, "the end")
        self.rest(0.5)
        self.picture(f"{picture}-result")


def inside(out: Path, film: Path | None) -> int:
    """Run in the environment of the servers."""
    from PySide6.QtCore import Qt

    from gui.notices.wish import Wish

    player = Player(out)
    player.run_until(lambda: player.host.snapshot().state == "listening", 60, "the microphone")
    player.rest(1.0)
    player.window.do(Wish.PRACTICE)
    player.rest(0.3)
    player.picture("choose")
    figures: dict[str, object] = {}
    player.open("ode-to-joy")
    if film:
        from benchmarks.window.animation import frame_of, joined

        player.frames = []
        player.wait_mode(wrong=True, picture="film")
        frames = [frame_of(picture) for picture in player.frames[:FILM_FRAMES]]
        film.write_bytes(joined(frames, film.suffix.lower(), 1000 * FRAME_S, LARGEST_FILM))
        print(f"{film}: {len(frames)} frames, {film.stat().st_size / 2**20:.2f} MB")
        player.window.close()
        return 0
    single = player.wait_mode(wrong=True, picture="wait")
    figures["extras"] = [(e.pitch, round(e.place_s, 2), e.certainty) for e in player.state.extras]
    player.rest(0.4)
    player.picture("wait-result")
    player.open("two-hands-in-step")
    chords = player.wait_mode(wrong=False, picture="hands")
    figures["extras of two hands"] = len(player.state.extras)
    for name, late in (("one finger", single), ("two hands", chords), ("all", single + chords)):
        middle, most = np.percentile(late, (50, 95))
        figures[f"goes on, {name}"] = f"half {middle:.0f} ms, 95 % {most:.0f} ms ({len(late)})"
    player.page.result.hide()
    player.page.controls.part_actions[1].trigger()
    player.key(Qt.Key.Key_2)
    player.rest(0.2)
    player.along("along", 0)
    counts = player.page.performance.counts
    figures["along"] = counts
    errors = [abs(v.error_ms) for v in player.state.judged if v.error_ms is not None]
    figures["along, error ms"] = [round(float(np.percentile(errors, p)), 1) for p in (50, 95)]
    figures["along, extras"] = [(e.pitch, round(e.place_s, 2)) for e in player.state.extras]
    player.page.result.hide()
    player.key(Qt.Key.Key_L)
    player.key(Qt.Key.Key_Space)
    player.run_until(
        lambda: player.state.round == 1 and player.state.state == "playing", 60, "a loop"
    )
    player.picture("loop")
    player.key(Qt.Key.Key_Space)
    player.rest(1.0)
    player.key(Qt.Key.Key_G)
    player.picture("large")
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    player.window.close()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("practice-pictures"))
    parser.add_argument("--film", type=Path, help=".webp or .gif to write")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.inside:
        return inside(options.out, options.film)
    from benchmarks.window.x_window import x_server
    from tests.support.servers import pulse_server

    with tempfile.TemporaryDirectory() as folder, pulse_server(Path(folder) / "pulse") as pulse:
        pulse.load_sink("phones")
        pulse.pactl("set-default-sink", "phones")
        with x_server({**os.environ, **pulse.environment}) as environment:
            command = [sys.executable, "-m", "benchmarks.window.practice_window", "--inside"]
            if options.film:
                command += ["--film", str(options.film)]
            done = subprocess.run([*command, "--out", str(options.out)], env=environment)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
