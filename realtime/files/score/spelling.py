"""Pitches as a key spells them: B flat major has B flat and E flat, not A sharp and D sharp."""

FIFTHS = {
    name: fifths
    for fifths, names in enumerate(
        [("Cb", "Abm"), ("Gb", "Ebm"), ("Db", "Bbm"), ("Ab", "Fm"), ("Eb", "Cm"), ("Bb", "Gm"),
         ("F", "Dm"), ("C", "Am"), ("G", "Em"), ("D", "Bm"), ("A", "F#m"), ("E", "C#m"),
         ("B", "G#m"), ("F#", "D#m"), ("C#", "A#m")],
        start=-7,
    )
    for name in names
}  # fmt: skip
"""Name of a key in a MIDI file -> its sharps, or flats below 0."""
LETTERS = "FCGDAEB"
"""The line of fifths without signs; each turn adds a sharp."""
FLATTEST = -3
"""Farthest on the flat side that a pitch outside the key is spelled, in fifths from its tonic."""


def key_fifths(key: str) -> int:
    """Sharps (flats below 0) of a key such as "Bb" or "F#m"; 0 where there is none."""
    return FIFTHS.get(key, 0)


def spell(pitch: int, fifths: int) -> tuple[str, int, int]:
    """Spell a MIDI pitch in a key: (letter, semitones of its sign, octave).

    The name is taken from twelve neighbours on the line of fifths, three on the flat side of the
    major tonic and eight on the sharp side: the whole key, the raised steps of its minor, and the
    usual borrowed ones.

    Args:
        pitch: MIDI number.
        fifths: of the key signature, -7 to 7.
    """
    place = (pitch * 7 - fifths - FLATTEST) % 12 + FLATTEST + fifths
    turns, letter = divmod(place + 1, 7)
    octave = (pitch - turns) // 12 - 1
    return LETTERS[letter], turns, octave
