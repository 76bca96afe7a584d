"""How a measurement of the audio loop stands."""

from dataclasses import dataclass

REPEATS = 5
"""Probes of a measurement; each takes about a second and a half."""


@dataclass(frozen=True, slots=True)
class LoopState:
    """How a measurement stands. Replaced, never edited."""

    state: str = ""
    """measuring | done | failed, or empty before the first one"""
    done: int = 0
    """Probes so far."""
    of: int = REPEATS
    loop_ms: float = 0.0
    """The result."""
    heard_ms: tuple[float, ...] = ()
    """Each probe that was heard."""
    input: str = ""
    output: str = ""
    message: str = ""
    """Why it failed."""
