"""Drives the guide through a virtual microphone, from the first note to before and after.

    xvfb-run -s "-screen 0 1280x1000x24" python -m benchmarks.window.teach_guide OUT [--minutes 0.5]

A PulseAudio server of its own has a sink whose monitor is the microphone; a player of rendered
metal bars plays what the guide asks for into it, and six times something else: the guide must name
each of these faults. What was taught is then renamed, exported, taught more, and deleted from the
list. OUT gets a picture of every page. Exit code 1 where the guide got stuck, a fault was not named
or the list did not do as it was told.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import soxr

RATE = 44_100
PARTIALS = (1, 2.76, 5.4, 8.9)
"""Partials of a metal bar: no string has them."""
LONGEST_MINUTES = 14
AT_ONCE = ["chrt", "-r", "5"] if shutil.which("chrt") else []
"""Runs the virtual sound card before everything else, as a real one's driver does."""


def bar(pitch: int, gain: float, seconds: float = 1.0) -> np.ndarray:
    """Give the sound `(n,)` of a struck bar at the rate `RATE`."""
    time_s = np.arange(int(seconds * RATE)) / RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    sound = sum(
        np.sin(2 * np.pi * frequency * n * time_s) * np.exp(-2.2 * n**0.6 * time_s) / n**0.8
        for n in PARTIALS
        if frequency * n < 0.45 * RATE
    )
    sound = sound * np.minimum(1, time_s / 0.003)
    sound[-int(0.05 * RATE) :] *= np.linspace(1, 0, int(0.05 * RATE))
    return (gain * sound).astype(np.float32)


FAULTS = {
    4: ("soft", "soft"), 6: ("other", "other"), 8: ("two", "several"), 10: ("cut off", "clipped"),
    12: ("short", "short"), 14: ("telephone", "telephone"),
}  # fmt: skip
"""Number of the sound -> what is wrong with it, and what the guide calls that."""


def spoiled(fault: str, pitch: int, gain: float) -> np.ndarray:
    """Give a sound `(n,)` with which something is wrong, at the rate `RATE`."""
    if fault == "other":
        return bar(pitch + 2, gain)
    if fault == "two":
        return np.concatenate([bar(pitch, gain, 0.5), bar(pitch + 5, gain, 0.8)])
    if fault == "cut off":
        return np.clip(bar(pitch, 8.0), -1, 1)
    if fault == "short":
        return bar(pitch, gain, 0.12)
    if fault == "telephone":
        hiss = 2e-3 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
        return soxr.resample(soxr.resample(bar(pitch, gain) + hiss, RATE, 8000), 8000, RATE)
    return bar(pitch, 0.012 * gain)


class BarPlayer:
    """Plays what is asked for, but for the sounds of `FAULTS`."""

    def __init__(self, pulse, folder: Path) -> None:
        self._pulse, self._folder = pulse, folder
        self._playing: subprocess.Popen | None = None
        self._count = 0
        self._wrong = dict(FAULTS)

    def play(self, ask) -> None:
        """Play, unless something sounds still."""
        if self._playing is not None and self._playing.poll() is None:
            return
        gain = {"usual": 0.12, "soft": 0.05, "loud": 0.25}[ask.touch]
        pitches = {"lowest": (60,), "highest": (84,), "phrase": (60, 64, 67, 72, 67, 76)}
        chosen = pitches.get(ask.kind, ask.pitches)
        self._count += 1
        wrong, _ = self._wrong.pop(self._count, ("", ""))
        if wrong:
            sound = spoiled(wrong, chosen[0], gain)
        elif ask.kind == "phrase":
            sound = np.concatenate([bar(pitch, gain, 0.4) for pitch in chosen])
        else:
            sound = sum(bar(pitch, gain) for pitch in chosen)
        path = self._folder / f"played-{self._count}.wav"
        soundfile.write(path, np.concatenate([sound, np.zeros(RATE // 2)]), RATE)
        # All of it waits in the server at once, so that a busy machine cannot make gaps.
        command = [*AT_ONCE, "paplay", "--latency-msec=3000", str(path)]
        self._playing = subprocess.Popen(command, env=self._pulse.environment)


def main() -> int:
    """Drive the guide; returns 0 where it came to its end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--language", default="en")
    parser.add_argument("--theme", default="dark")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    from tests.support.servers import pulse_server

    home = Path(tempfile.mkdtemp(prefix="jtm-guide-"))
    with pulse_server(home) as pulse:
        pid = str(pulse.process.pid)
        subprocess.run([*AT_ONCE[:1], "-a", "-r", "-p", "5", pid], check=False)
        os.environ.update(pulse.environment)
        os.environ["XDG_DATA_HOME"] = str(home / "data")
        os.environ["XDG_STATE_HOME"] = str(home / "state")
        os.environ["QT_LOGGING_RULES"] = "qt.qpa.*=false"
        return drive(options, pulse, home)


def drive(options: argparse.Namespace, pulse, home: Path) -> int:
    """Open the window on a real engine and play through the guide."""
    from dataclasses import replace

    from PySide6.QtWidgets import QApplication

    from gui.app import bundled
    from gui.controller.controller import Controller
    from gui.controller.device_scan import DeviceScan, read_device_names
    from gui.language.translate import set_language
    from gui.notices.wish import Wish
    from gui.settings.choices import Choices
    from gui.settings.store import SettingsStore
    from gui.window.main_window import MainWindow
    from realtime.engine.host import EngineHost
    from realtime.values.settings import EngineSettings

    application = QApplication([])
    set_language(options.language)
    store = SettingsStore(home / "window.ini")
    store.save(replace(Choices(), theme=options.theme, language=options.language))
    settings = EngineSettings(record=str(home / "takes"))
    host = EngineHost(settings)
    controller = Controller(host, settings, bundled("performance.flac"))
    window = MainWindow(controller, store, DeviceScan(read_device_names))
    window.resize(1180, 720)
    window.show()
    controller.start()
    began, shots = time.monotonic(), iter(range(1, 1000))

    def turn(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            application.processEvents()
            time.sleep(0.005)

    def shoot(name: str, widget) -> None:
        turn(0.15)
        widget.grab().save(str(options.out / f"{next(shots):02d}-{name}.png"))
        print(f"{time.monotonic() - began:6.1f} s  {name}", flush=True)

    def waits(true, minutes: float = LONGEST_MINUTES) -> bool:
        until = time.monotonic() + 60 * minutes
        while not true() and time.monotonic() < until:
            turn(0.02)
        return true()

    try:
        if not waits(lambda: host.snapshot().state == "listening", 1):
            print("no input")
            return 1
        window.do(Wish.TEACH)
        teaching = window.wishes.teaching
        guide = teaching.guide
        guide.minutes = options.minutes
        guide.start.name.setText("metal bars" if options.language == "en" else "metalowe sztabki")
        guide.start.family.setCurrentIndex(3)
        shoot("start", guide)
        guide.start.begin.click()
        player, seen, named = BarPlayer(pulse, home), set(), set()
        until = time.monotonic() + 60 * LONGEST_MINUTES
        while guide.session.guide.status.state != "done" and time.monotonic() < until:
            turn(0.03)
            status = guide.session.guide.status
            if status.state == "play":
                player.play(status.ask)
            named.add(status.fault)
            state = status.state if status.state in ("hearing", "taken") else ""
            ask = status.ask
            key = "-".join(filter(None, (ask.kind, ask.touch, state, status.fault) if ask else ()))
            if key not in seen:
                seen.add(key)
                shoot(key.replace(" ", "_"), guide)
        for one in guide.session.guide.taken:
            print(one.ask.kind, one.pitches, f"{one.level_db:.0f} dB")
        if guide.session.guide.status.state != "done":
            shoot("stuck", guide)
            return 1
        shoot("all-taken", guide)
        lacking = {fault for _, fault in FAULTS.values()} - named
        print("faults that the guide named:", ", ".join(sorted(named - {""})))
        if lacking:
            print("not named:", ", ".join(sorted(lacking)))
            return 1
        guide.play.learn.click()
        waits(lambda: guide.job is not None and guide.job.part > 0.3)
        shoot("learning", guide)
        if not waits(lambda: guide.pages.currentWidget() is guide.result_page):
            shoot("learning-stuck", guide)
            return 1
        shoot("result", guide)
        heard = {}
        for place, name in ((0, "before"), (1, "after")):
            guide.result_page.switch.buttons[place].click()
            waits(lambda: host.snapshot().state == "listening", 1)
            turn(3.0)
            from realtime.teach.guide.plan import Ask

            player.play(Ask("phrase"))
            turn(6.0)
            shown = host.snapshot()
            heard[name] = sorted(n.pitch for n in shown.notes if n.onset_s > shown.stream_s - 7)
            shoot(f"switched-{name}", window)
        print(heard)
        guide.result_page.keep.click()
        turn(1.0)
        print("model now:", controller.settings.model)
        shoot("kept", window)
        return 0 if use_list(teaching, window, options.out, shoot) else 1
    finally:
        window.close_unasked()


def use_list(teaching, window, out: Path, shoot) -> bool:
    """Rename, export, teach more and delete what was taught; returns whether all of it was done."""
    from realtime.inference.instruments import list_instruments

    dialog = teaching.open_list(window.pane.ink)
    shoot("list", dialog)
    before = list_instruments()
    dialog.rename_to("bars of steel")
    shoot("list-renamed", dialog)
    renamed = list_instruments() == ["bars of steel"] != before
    exported = out / "exported.instrument"
    dialog.export_to(exported)
    shoot("list-exported", dialog)
    dialog.more.click()
    shoot("teach-more", teaching.guide)
    more = teaching.guide.session.guide.notes_taken > 0
    teaching.guide.close()
    dialog = teaching.open_list(window.pane.ink)
    dialog.delete_chosen()
    shoot("list-deleted", dialog)
    deleted = not list_instruments()
    dialog.reject()
    print(f"{renamed=} {exported.stat().st_size=} {more=} {deleted=}")
    return renamed and exported.stat().st_size > 10_000 and more and deleted


if __name__ == "__main__":
    sys.exit(main())
