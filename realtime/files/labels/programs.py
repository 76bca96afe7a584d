"""Names of General MIDI programs, as tables of notes write them."""

import re

SHORT_NAMES = {
    0: "piano",
    6: "harpsichord",
    25: "guitar",
    40: "violin",
    41: "viola",
    42: "cello",
    43: "double bass",
    56: "trumpet",
    57: "trombone",
    58: "tuba",
    60: "horn",
    65: "saxophone",
    68: "oboe",
    70: "bassoon",
    71: "clarinet",
    73: "flute",
}
"""GM program (from 0) -> name, for the instruments of MusicNet, URMP, GuitarSet and MAESTRO."""
UNKNOWN_PROGRAM = -1
_FULL_NAMES = """
acoustic grand piano; bright acoustic piano; electric grand piano; honky-tonk piano
electric piano 1; electric piano 2; harpsichord; clavinet
celesta; glockenspiel; music box; vibraphone; marimba; xylophone; tubular bells; dulcimer
drawbar organ; percussive organ; rock organ; church organ
reed organ; accordion; harmonica; tango accordion
acoustic guitar (nylon); acoustic guitar (steel); electric guitar (jazz); electric guitar (clean)
electric guitar (muted); overdriven guitar; distortion guitar; guitar harmonics
acoustic bass; electric bass (finger); electric bass (pick); fretless bass
slap bass 1; slap bass 2; synth bass 1; synth bass 2
violin; viola; cello; contrabass; tremolo strings; pizzicato strings; orchestral harp; timpani
string ensemble 1; string ensemble 2; synth strings 1; synth strings 2
choir aahs; voice oohs; synth choir; orchestra hit
trumpet; trombone; tuba; muted trumpet; french horn; brass section; synth brass 1; synth brass 2
soprano sax; alto sax; tenor sax; baritone sax; oboe; english horn; bassoon; clarinet
piccolo; flute; recorder; pan flute; blown bottle; shakuhachi; whistle; ocarina
lead 1 (square); lead 2 (sawtooth); lead 3 (calliope); lead 4 (chiff)
lead 5 (charang); lead 6 (voice); lead 7 (fifths); lead 8 (bass + lead)
pad 1 (new age); pad 2 (warm); pad 3 (polysynth); pad 4 (choir)
pad 5 (bowed); pad 6 (metallic); pad 7 (halo); pad 8 (sweep)
fx 1 (rain); fx 2 (soundtrack); fx 3 (crystal); fx 4 (atmosphere)
fx 5 (brightness); fx 6 (goblins); fx 7 (echoes); fx 8 (sci-fi)
sitar; banjo; shamisen; koto; kalimba; bagpipe; fiddle; shanai
tinkle bell; agogo; steel drums; woodblock; taiko drum; melodic tom; synth drum; reverse cymbal
guitar fret noise; breath noise; seashore; bird tweet; telephone ring; helicopter; applause; gunshot
"""
FULL_NAMES = tuple(name.strip() for name in _FULL_NAMES.strip().replace("\n", ";").split(";"))
"""Names of the programs 0 to 127, in small letters (General MIDI System Level 1)."""


def find_program(name: str) -> int:
    """The program (0-127) of a name in any case and with any marks; UNKNOWN_PROGRAM of others."""
    return _PROGRAMS.get(_plain(name), UNKNOWN_PROGRAM)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.lower()).strip()


_PROGRAMS = {
    **{_plain(name): program for program, name in enumerate(FULL_NAMES)},
    **{_plain(name): program for program, name in SHORT_NAMES.items()},
}
