"""The instruments that exist, how they behave, and which are held out for validation."""

from dataclasses import dataclass

HELD_OUT_PROGRAMS = frozenset({3, 5, 12, 35, 49, 53, 74})
"""General MIDI programs (from 0) that only `--split valid` may use."""

HELD_OUT_FOLDERS = frozenset(
    {
        "dbass_pizz_rr2",
        "epiano_pianet",
        "guitar_emily_rr2",
        "guitar_fsbs_clean_rr2",
        "harp_celtic",
        "organ_aeolus_fl84",
        "organ_aeolus_reeds_trem",
        "organ_setbfree_gospel",
        "organ_setbfree_principal",
        "ph_oboe",
        "piano_upright_vcsl",
        "sax_mtg_tenor",
        "tj_clarinet",
        "tj_organ",
        "trombone_vsco",
        "ukulele_rr2",
        "vibraphone_vcsl",
        "violins_sect_vsco",
    }
)
"""One-shot folders that only `--split valid` may use."""


RECORDED, DRAWN, SUNG = -1, -2, -3
"""Sources other than SoundFonts: one-shot folders, timbres drawn at random, singing voices."""


@dataclass(frozen=True)
class Timbre:
    """One instrument that can be played, and where its sound comes from."""

    id: str
    program: int
    """General MIDI program 0..127, the nearest one for one-shots."""
    family: str
    low: int
    high: int
    soundfont: int = RECORDED
    """Index of the SoundFont it comes from, or one of RECORDED, DRAWN, SUNG."""

    @property
    def sustained(self) -> bool:
        """Does the sound last as long as the player wants (bow, breath, organ)?"""
        return self.family in SUSTAINED

    @property
    def expressive(self) -> bool:
        """Can the player shape a note after its start (bow, breath, voice)?"""
        return self.family in EXPRESSIVE


EXPRESSIVE = frozenset({"bowed", "ensemble", "brass", "reed", "pipe", "voice"})
SUSTAINED = EXPRESSIVE | {"organ", "accordion", "synth"}
SOLO = frozenset({"bowed", "brass", "reed", "pipe", "voice"})
"""Families that play one note at a time."""

# program: (family, lowest, highest key, weight within the family)
PROGRAMS: dict[int, tuple[str, int, int, float]] = {
    0: ("piano", 21, 108, 5),
    1: ("piano", 21, 108, 3),
    2: ("piano", 21, 108, 1),
    3: ("piano", 21, 108, 0.5),
    4: ("epiano", 28, 103, 2),
    5: ("epiano", 28, 103, 2),
    6: ("harpsichord", 29, 89, 1.5),
    7: ("harpsichord", 36, 96, 0.5),
    8: ("mallet", 60, 108, 1),
    9: ("mallet", 72, 108, 0.5),
    10: ("mallet", 60, 96, 1),
    11: ("mallet", 53, 89, 1.5),
    12: ("mallet", 45, 96, 1.5),
    13: ("mallet", 65, 108, 1),
    14: ("mallet", 60, 84, 0.3),
    16: ("organ", 36, 96, 1),
    17: ("organ", 36, 96, 0.7),
    18: ("organ", 36, 96, 0.7),
    19: ("organ", 28, 96, 1.5),
    20: ("organ", 36, 96, 0.7),
    21: ("accordion", 41, 96, 1.5),
    22: ("reed", 60, 96, 0.5),
    23: ("accordion", 41, 96, 0.7),
    24: ("guitar", 40, 84, 3),
    25: ("guitar", 40, 86, 3),
    26: ("guitar", 40, 86, 1.5),
    27: ("guitar", 40, 86, 2),
    28: ("guitar", 40, 84, 0.4),
    29: ("guitar", 40, 86, 1),
    30: ("guitar", 40, 86, 0.7),
    32: ("bass", 23, 60, 2),
    33: ("bass", 28, 60, 1.5),
    34: ("bass", 28, 60, 1),
    35: ("bass", 28, 60, 1),
    36: ("bass", 28, 60, 0.5),
    38: ("bass", 28, 60, 0.5),
    40: ("bowed", 55, 103, 5),
    41: ("bowed", 48, 91, 3),
    42: ("bowed", 36, 84, 4),
    43: ("bowed", 23, 60, 1.8),
    44: ("ensemble", 36, 96, 0.5),
    45: ("plucked", 36, 96, 1.5),
    46: ("plucked", 28, 103, 2.5),
    48: ("ensemble", 36, 96, 2),
    49: ("ensemble", 36, 96, 1.5),
    50: ("ensemble", 36, 96, 0.7),
    52: ("voice", 48, 84, 1),
    53: ("voice", 48, 84, 1),
    56: ("brass", 54, 86, 2),
    57: ("brass", 40, 74, 1.5),
    58: ("brass", 23, 60, 1.2),
    59: ("brass", 54, 82, 0.7),
    60: ("brass", 41, 77, 2),
    61: ("ensemble", 40, 86, 0.7),
    64: ("reed", 56, 88, 1),
    65: ("reed", 49, 80, 1.5),
    66: ("reed", 44, 76, 1.5),
    67: ("reed", 36, 69, 0.7),
    68: ("reed", 58, 91, 2),
    69: ("reed", 52, 81, 1),
    70: ("reed", 34, 75, 1.5),
    71: ("reed", 50, 94, 3),
    72: ("pipe", 74, 108, 0.7),
    73: ("pipe", 60, 98, 3),
    74: ("pipe", 60, 96, 1),
    75: ("pipe", 60, 96, 0.7),
    78: ("pipe", 60, 96, 0.2),
    79: ("pipe", 60, 96, 0.5),
    80: ("synth", 36, 100, 0.7),
    81: ("synth", 36, 100, 0.7),
    88: ("synth", 36, 96, 0.3),
    89: ("synth", 36, 96, 0.3),
    104: ("plucked", 48, 84, 0.4),
    105: ("plucked", 48, 88, 0.7),
    106: ("plucked", 48, 84, 0.3),
    107: ("plucked", 48, 88, 0.5),
    108: ("mallet", 55, 96, 1),
    109: ("reed", 60, 84, 0.2),
    110: ("bowed", 55, 96, 1),
    114: ("mallet", 60, 84, 0.3),
}

# substring of a one-shot folder: (family, nearest program); the first match counts
FOLDERS: tuple[tuple[str, str, int], ...] = (
    ("epiano_cp80", "epiano", 2),
    ("epiano_fm", "epiano", 5),
    ("epiano", "epiano", 4),
    ("piano", "piano", 0),
    ("harpsichord", "harpsichord", 6),
    ("cyborg", "bowed", 110),
    ("guitar_fsbs_dist", "guitar", 30),
    ("guitar_nylon", "guitar", 24),
    ("guitar_acoustic", "guitar", 25),
    ("guitar_emily", "guitar", 27),
    ("guitar", "guitar", 24),
    ("ganjo", "plucked", 105),
    ("ukulele", "guitar", 24),
    ("sitar", "plucked", 104),
    ("ebass_yr_pick", "bass", 34),
    ("ebass", "bass", 33),
    ("bass_electric", "bass", 33),
    ("bass_clarinet", "reed", 71),
    ("dbass_pizz", "bass", 32),
    ("vc_pizz", "plucked", 45),
    ("strings_pizz", "plucked", 45),
    ("strings_trem", "ensemble", 44),
    ("strings_sect", "ensemble", 48),
    ("violins_sect", "ensemble", 48),
    ("dbass_arco", "bowed", 43),
    ("double_bass", "bowed", 43),
    ("contrabassoon", "reed", 70),
    ("contrabass", "bowed", 43),
    ("bassoon", "reed", 70),
    ("violin", "bowed", 40),
    ("viola", "bowed", 41),
    ("cello", "bowed", 42),
    ("flute", "pipe", 73),
    ("clarinet", "reed", 71),
    ("oboe", "reed", 68),
    ("cor_anglais", "reed", 69),
    ("sax", "reed", 65),
    ("trumpet", "brass", 56),
    ("trombone", "brass", 57),
    ("tuba", "brass", 58),
    ("french_horn", "brass", 60),
    ("shanai", "reed", 111),
    ("squidpipes", "pipe", 75),
    ("kankles", "plucked", 46),
    ("harp", "plucked", 46),
    ("mandolin", "plucked", 25),
    ("banjo", "plucked", 105),
    ("organ_setbfree", "organ", 16),
    ("organ", "organ", 19),
    ("accordion", "accordion", 21),
    ("harmonium", "accordion", 20),
    ("glockenspiel", "mallet", 9),
    ("vibraphone", "mallet", 11),
    ("marimba", "mallet", 12),
    ("xylophone", "mallet", 13),
    ("hang", "mallet", 114),
    ("kalimba", "mallet", 108),
)


def classify_folder(name: str, corpus_family: str = "") -> tuple[str, int]:
    """Family and nearest General MIDI program (-1 unknown) of a one-shot folder."""
    for part, family, program in FOLDERS:
        if part in name:
            return family, program
    words = {"bowed strings": "bowed", "woodwind": "reed", "brass": "brass", "organ": "organ"}
    return words.get(corpus_family, "plucked"), -1


def list_programs(soundfont: int, name: str, split: str) -> list[tuple[Timbre, float]]:
    """General MIDI timbres of one SoundFont that `split` may use, each with its weight."""
    return [
        (Timbre(f"{name}:{program:03d}", program, family, low, high, soundfont), weight)
        for program, (family, low, high, weight) in PROGRAMS.items()
        if (program in HELD_OUT_PROGRAMS) == (split == "valid")
    ]


def allowed_folder(name: str, split: str) -> bool:
    """May `split` use this one-shot folder?"""
    return (name in HELD_OUT_FOLDERS) == (split == "valid")
