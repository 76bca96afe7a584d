"""The engine as the window sees it: the calls that the controller makes."""

from typing import Protocol

from realtime.practice.live.plan import PracticePlan
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot


class EngineAccess(Protocol):
    """Calls that the controller makes; `EngineHost` and the `FakeEngine` of tests offer them.

    Every method returns at once, except `close`, which may take two seconds.
    """

    def start(self) -> None:
        """Begin to listen, in a process or thread of the engine's own."""

    def snapshot(self) -> Snapshot:
        """The newest picture of the engine."""

    def apply(self, settings: EngineSettings) -> None:
        """Use these settings from now on."""

    def reopen(self) -> None:
        """Open the input anew: a file plays from its start."""

    def record(self, title: str = "") -> None:
        """Begin a take, called so."""

    def keep_recent(self, title: str = "", whole: bool = False) -> None:
        """Make a take, called so, of the piece that was played last, or of all that is held."""

    def stop_recording(self) -> None:
        """End the take and save it."""

    def panic(self) -> None:
        """Silence every MIDI note that may sound."""

    def measure_loop(self) -> None:
        """Measure how long sound takes from the output back to the input."""

    def stop_measuring(self) -> None:
        """Stop measuring the audio loop, and discard the result of a finished measurement."""

    def press(self, pitch: int) -> None:
        """Send a MIDI pitch (0-127) to MIDI port and synth until `release`."""

    def release(self, pitch: int) -> None:
        """End the MIDI pitch that `press` began."""

    def keep_lesson(self, folder: str) -> None:
        """Keep the sound in this folder; "" ends that."""

    def practise(self, plan: PracticePlan) -> None:
        """Begin a run of practice; snapshots tell how it goes."""

    def stop_practising(self) -> None:
        """End the run; its verdicts stay."""

    def close(self) -> None:
        """Stop, silence what sounds, free the devices."""
