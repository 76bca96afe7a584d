"""What the window and the process that plays a take say to each other."""

from dataclasses import dataclass

from realtime.processes.message_lines import Failed


@dataclass(frozen=True, slots=True)
class Load:
    """Play these notes from now on, where the take stands now."""

    notes: str
    """Path of a .csv file of notes."""
    sound: str
    """Path of the recording, "" where there is none."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play from here, also where something plays already."""

    from_s: float
    """Where to begin, in seconds of the take."""
    due_s: float | None = None
    """Monotonic time at which `from_s` should reach the ear, for what is played beside something
    that goes on already; what has passed by then is left out. None begins with `from_s` at once."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Fall silent and stay there; `Paused` answers where that is."""


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud both are, as factors from 0 to 1."""

    synth: float
    recording: float


@dataclass(frozen=True, slots=True)
class Loop:
    """Repeat a stretch of the take until another order comes."""

    between: tuple[float, float] | None
    """Seconds (from, to), None plays to the end."""


@dataclass(frozen=True, slots=True)
class At:
    """What is heard now; twenty times a second while it plays."""

    second: float


@dataclass(frozen=True, slots=True)
class Paused:
    """Where it fell silent, in seconds of the take."""

    second: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The take was played to its end."""


Order = Load | Play | Pause | Levels | Loop
ORDERS: tuple[type[Order], ...] = (Load, Play, Pause, Levels, Loop)
Report = At | Paused | Ended | Failed
"""`Failed` says why nothing is heard any more."""
REPORTS: tuple[type[Report], ...] = (At, Paused, Ended, Failed)
