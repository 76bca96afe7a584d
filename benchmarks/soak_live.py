"""Runs `jtm live` itself for long, as a user starts it; ends with the take that is in its folder.

`python -m benchmarks.soak_live [--minutes 60]`: a PulseAudio microphone that hears the bundled
performance again and again, MIDI over JACK to a receiver that counts note-ons and note-offs alone,
and SIGTERM at the end. Prints one JSON object; returns 1 where a note sticks, the exit code is not
0, or the take is shorter than what was played by more than what the program says it lost.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import soundfile

from benchmarks.soak import playing
from tests.realtime.live_session import Listener, Live, connect
from tests.realtime.servers import jack_server, pulse_server

SAMPLES = 30


def soak(minutes: float, folder: Path) -> dict[str, Any]:
    """Figures of a run."""
    takes = folder / "takes"
    with (
        pulse_server(folder / "p") as pulse,
        jack_server(folder / "j", pulse.environment) as environment,
        playing(pulse, folder / "demo.wav"),
    ):
        listener = Listener(environment, "soak")
        try:
            live = Live(environment, "--input", "", "--midi-out", "virtual", "--record", takes)
            began = time.monotonic()
            connect(environment, "soak:in")
            process, sizes = psutil.Process(live.process.pid), []
            while time.monotonic() < began + 60 * minutes and live.process.poll() is None:
                time.sleep(60 * minutes / SAMPLES)
                sizes.append(round(process.memory_info().rss / 1e6, 1))
            played_s = time.monotonic() - began
            live.process.terminate()
            code = live.process.wait(600)
            took_s = time.monotonic() - began - played_s
            time.sleep(0.5)
            notes = listener.notes()
            stuck = sorted(listener.sounding())
        finally:
            listener.close()
        lost = [float(s) for line in live.lines for s in re.findall(r"([\d.]+) s of sound", line)]
        lengths = [soundfile.info(take).duration for take in takes.glob("*.flac")]
        return {
            "minutes": round(played_s / 60, 1),
            "exit": code,
            "closed_in_s": round(took_s, 1),
            "takes": len(lengths),
            "take_s": round(sum(lengths), 1),
            "played_s": round(played_s, 1),
            "lost_s": sum(lost),
            "left_unfinished": len(list(takes.glob("*.recording"))),
            "note_ons": sum(kind == "on" for _, kind, _ in notes),
            "stuck_notes": stuck,
            "rss_mb_first_last": [sizes[0], sizes[-1]],
            "load": round(os.getloadavg()[0], 1),
        }


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(options.minutes, Path(folder))
    print(json.dumps(figures, indent=1))
    short_s = figures["played_s"] - figures["take_s"]
    well = figures["exit"] == 0 and not figures["stuck_notes"] and short_s < 2.0
    return 0 if well and not figures["left_unfinished"] else 1


if __name__ == "__main__":
    sys.exit(main())
