"""How far a tone is from a pitch, read from a column of the model's own spectrum."""

from collections.abc import Iterable, Sequence

HIGHEST_PITCH = 98
"""Above it the windows of the spectrum are too short: the error would pass 2 cents."""
STANDS_OUT = 0.8
"""Above the median of the spectrum, in its own unit: 17 dB."""
OCTAVE = 12
REACH_SEMITONES = 0.7


def cents_of(spectrum: Sequence[float], low: float, per_semitone: int, pitch: int) -> float | None:
    """Measure the cents from a pitch to the peak nearest to it, or to its octave if that is weak.

    Args:
        spectrum: a column of log magnitudes, rows spaced evenly by pitch.
        low: MIDI pitch of the first row.
        per_semitone: rows a semitone; 0 gives None.
        pitch: MIDI number of the note that sounds.
    """
    if per_semitone < 2 or not spectrum or pitch > HIGHEST_PITCH:
        return None
    floor = middle(spectrum) + STANDS_OUT
    for partial in (pitch, pitch + OCTAVE):
        if partial > HIGHEST_PITCH:
            continue
        row = _peak(spectrum, (partial - low) * per_semitone, REACH_SEMITONES * per_semitone, floor)
        if row is not None:
            return 100.0 * (low + row / per_semitone - partial)
    return None


def _peak(spectrum: Sequence[float], centre: float, reach: float, floor: float) -> float | None:
    """Find the row, with its fraction, of the highest peak near `centre`; None for no clear one."""
    first, last = max(round(centre - reach), 1), min(round(centre + reach), len(spectrum) - 2)
    if first > last:
        return None
    top = max(range(first, last + 1), key=lambda row: spectrum[row])
    below, here, above = spectrum[top - 1], spectrum[top], spectrum[top + 1]
    if here < floor or here < below or here < above:
        return None
    bend = below - 2 * here + above
    return top + 0.5 * (below - above) / bend if bend < 0 else float(top)


def middle(values: Iterable[float]) -> float:
    """Return the median of figures in cents; `statistics` would load decimals and fractions."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
