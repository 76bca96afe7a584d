"""What `jtm render` can be told."""

import os
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class RenderSettings:
    """Options of `jtm render`."""

    out: str
    """Folder for the shards; created when missing, continued when it holds some already."""
    hours: float = 1.0
    """Hours of audio in total."""
    seed: int = 0
    """Another seed gives other music; the same seed the same bytes, whatever the workers."""
    split: Literal["train", "valid"] = "train"
    """"valid" uses only held-out songs and instruments, "train" never uses them."""
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    """Processes; each loads the SoundFonts once."""
    soundfont: list[str] = field(default_factory=list)
    """SoundFont file (.sf2); may be given several times. Default: Debian's FluidR3_GM.sf2."""
    samples: str | None = None
    """Folder of one-shot recordings with an index.csv (docs/data.md)."""
    midi: str | None = None
    """Folder of MIDI files with an index.csv (docs/data.md)."""
    rooms: str | None = None
    """Folder of room responses with an index.csv; a fifth of the music is put into one."""
    exclude_songs: list[str] = field(default_factory=list)
    """Song ids or MIDI file names never to use."""
    clip_seconds: float = 20.0
    """Length of a clip in seconds."""
    clips_per_shard: int = 32
    """Clips in one file."""
    one_shot_share: float = 0.52
    """Share of the music played by one-shot recordings alone, 0..1."""
    mixed_share: float = 0.13
    """Share of the music in which one-shots and SoundFonts play together, 0..1."""
    drawn_share: float = 0.08
    """Share of the players (pianists left out) whose timbre is drawn at random, 0..1."""
    sung_share: float = 0.1
    """Share of the melodies without a piano that are sung, 0..1; wants espeak-ng or flite."""
    effect_share: float = 0.06
    """Share of the keyboards, guitars and mallets with a tremolo or a rotary speaker, 0..1."""
    midi_share: float = 0.5
    """Share of the music taken from MIDI files where they fit, 0..1; the rest is invented."""
    speech_share: float = 0.06
    """Share of clips with speech and no notes, 0..1."""
    drums_share: float = 0.03
    """Share of clips with drums and no notes, 0..1."""
    noise_share: float = 0.015
    """Share of clips with noise, hum or clicks and no notes, 0..1."""
    silence_share: float = 0.005
    """Share of silent clips, 0..1."""
    background_share: float = 0.2
    """Share of the music with drums or speech behind it at -6 to -25 dB, 0..1."""
