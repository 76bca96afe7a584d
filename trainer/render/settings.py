"""What `jtm render` can be told."""

import os
from dataclasses import dataclass, field
from typing import Annotated, Literal

from realtime.troubles.errors import UserError
from realtime.values.ranges import Count, Positive, Range, Share, Whole


@dataclass(frozen=True)
class RenderSettings:
    """Render labelled training audio from scores, SoundFonts and recorded notes."""

    out: str
    """Folder for the shards; created when missing, continued when it holds some already."""
    hours: Positive = 1.0
    """Hours of audio in total."""
    seed: Whole = 0
    """Another seed gives other music; the same seed the same bytes, whatever the workers."""
    split: Literal["train", "valid"] = "train"
    """"valid" uses only held-out songs and instruments, "train" never uses them."""
    workers: Count = field(default_factory=lambda: os.cpu_count() or 1)
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
    clip_seconds: Annotated[float, Range(2, unit="s")] = 20.0
    """Length of a clip in seconds."""
    clips_per_shard: Count = 32
    """Clips that one shard holds."""
    one_shot_share: Share = 0.52
    """Share of the music played by one-shot recordings alone."""
    mixed_share: Share = 0.13
    """Share of the music in which one-shots and SoundFonts play together."""
    drawn_share: Share = 0.08
    """Share of the players (pianists left out) whose timbre is drawn at random."""
    sung_share: Share = 0.1
    """Share of the melodies without a piano that are sung; wants espeak-ng or flite."""
    effect_share: Share = 0.06
    """Share of the keyboards, guitars and mallets with a tremolo or a rotary speaker."""
    midi_share: Share = 0.5
    """Share of the music taken from MIDI files where they fit; the rest is invented."""
    speech_share: Share = 0.06
    """Share of clips with speech and no notes."""
    drums_share: Share = 0.03
    """Share of clips with drums and no notes."""
    noise_share: Share = 0.015
    """Share of clips with noise, hum or clicks and no notes."""
    silence_share: Share = 0.005
    """Share of clips in which nothing sounds."""
    background_share: Share = 0.2
    """Share of the music with drums or speech behind it at -6 to -25 dB."""

    def check_together(self) -> None:
        """Refuse shares of one whole that add up to more.

        Raises:
            UserError: naming the options.
        """
        if self.speech_share + self.drums_share + self.noise_share + self.silence_share > 1:
            raise UserError(
                "--speech-share, --drums-share, --noise-share and --silence-share add up to more "
                "than 1."
            )
        if self.one_shot_share + self.mixed_share > 1:
            raise UserError("--one-shot-share and --mixed-share add up to more than 1.")
        if self.drawn_share + self.sung_share > 1:
            raise UserError("--drawn-share and --sung-share add up to more than 1.")
