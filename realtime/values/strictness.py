"""How strict the judgements are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strictness:
    """Thresholds of the judgements, tuned on recordings with known notes: see docs/practice.md.

    Strengths are onset probabilities summed over +-100 ms; a clear attack has 2 or more. Evidence
    is in log-odds.
    """

    window_s: float = 0.35
    """An attack belongs to a note that was due within this time."""
    in_time_s: float = 0.11
    """Right means within this time, for a player whose own rhythm is loose."""
    in_time_least_s: float = 0.085
    """Right means within this time, for a player whose rhythm is firm."""
    in_time_spreads: float = 4.0
    """Between the two it is so many times the spread of the player's own errors."""
    surely_off_s: float = 0.125
    """How far off time a note must be for that to be sure."""
    played: float = -1.75
    """Evidence from which an expected note was played."""
    surely_missed: float = -2.65
    """Evidence below which it certainly was not."""
    off_time: float = 0.9
    """Strength from which an attack shows that a note was early or late."""
    in_place: float = 0.25
    """Onset probability summed around the time when a note was due from which it is unsure that it
    came early or late, whatever else is heard; three times as much shows that it came in time."""
    extra: float = 2.3
    """Evidence from which a note that the score does not have is sure."""
    extra_clean: float = 0.5
    """Evidence that makes it sure where few attacks are heard that the score does not explain."""
    extra_told: float = -2.0
    """Evidence from which such a note is told, unsure or not."""
    overtone: float = 2.0
    """Strength from which an attack is no partial of somebody else's note."""
    instead: float = 0.4
    """Strength from which an unexpected attack explains a missing note as a wrong one."""
    instead_s: float = 0.12
    """A wrong note comes within this time of the one that it replaces."""
    instead_semitones: int = 5
