"""What is wrong with a recording before it is trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realtime.files.labels.label_files import MIDI_SUFFIXES
from realtime.files.labels.midi_notes import find_oddities
from realtime.files.labels.note_table import describe_impossible, find_rewritten
from realtime.files.labels.pitch_units import HIGHEST_KEY, LOWEST_KEY
from realtime.troubles.errors import UserError
from trainer.datasets.recordings import Recording
from trainer.shards.decoding import LEAST_MIX, SAMPLE_RATE, Decoded, decode
from trainer.shards.health.same_sounds import SILENT_PEAK

FATAL = (
    "unreadable",
    "NaN",
    "silent",
    "channels cancel",
    "wrong length",
    "missing label",
    "unreadable label",
    "bad label",
    "label past the end",
    "contradictory label",
    "duplicate id",
)
"""Faults that keep a recording out of training."""

BEARABLE = (
    "no notes",
    "notes without end",
    "notes off the keyboard",
    "notes on the drum channel",
    "notes twice",
    "clipped",
    "wrong rate",
    "duplicate audio",
)
"""Faults that are counted, but trained on; a label without notes may be meant so."""

MOST_LOST = 0.1
"""Share of a recording whose channels may cancel before it is too bad to train on."""
UNKNOWN_FRAMES = 1 << 40
"""Lengths from here on stand for a stream whose header left the length open."""
CLIPPED_SHARE = 1e-3
LOWEST_RATE = 16_000
"""Hz; less lacks what the model listens to."""
LATE_OFFSET_SECONDS = 1.0
"""How far past the end a last note may ring."""
SHORT_SECONDS, LONG_SECONDS = 1.0, 10.0
"""How much shorter or longer than stated audio may be."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one recording or clip."""

    id: str
    kind: str
    """One of FATAL or BEARABLE."""
    detail: str


@dataclass(frozen=True)
class Examined:
    """A recording with all that was found out about it."""

    recording: Recording
    faults: tuple[Fault, ...]
    audio: Decoded | None
    notes: np.ndarray | None
    """SECONDS_DTYPE (n_notes,); None where the corpus has none or they cannot be read."""

    @property
    def usable(self) -> bool:
        """Whether no fault is fatal, so that the recording may be used."""
        return not any(fault.kind in FATAL for fault in self.faults)


def examine(recording: Recording) -> Examined:
    """Decode a recording, read its notes, and list every fault."""
    found: list[tuple[str, str]] = []
    audio = notes = None
    try:
        audio = decode(recording.audio, recording.channel)
        found += audio_faults(recording, audio)
    except UserError as error:
        found.append(("unreadable", str(error)))
    if recording.read_notes is not None:
        missing = [path for path in recording.labels if not path.is_file()]
        if missing:
            found.append(("missing label", recording.no_label or f"no '{missing[0]}'"))
        else:
            try:
                notes = recording.read_notes()
                heard_s = np.inf if audio is None or not len(audio.pcm) else audio.seconds
                found += label_faults(notes, heard_s)
                found += label_oddities(recording.labels, len(notes))
                if not len(notes) and count_drums(recording.labels):
                    notes = None  # drums sound there: it is no silence, and learned by none
            except Exception as error:  # foreign bytes: any parser error means unreadable
                found.append(("unreadable label", reason_of(error, recording.labels)))
    faults = tuple(Fault(recording.id, kind, detail) for kind, detail in found)
    return Examined(recording, faults, audio, notes)


def reason_of(error: Exception, labels: tuple[Path, ...]) -> str:
    """Why labels cannot be read, in words: our own sentence, or what a parser says of the file."""
    if isinstance(error, UserError):
        return str(error)
    said = " ".join(str(error).split())
    if isinstance(error, LookupError):
        said = f"no entry {said}"
    files = " and ".join(f"'{path}'" for path in labels)
    return f"{files or 'The label'} cannot be read{f' ({said})' if said else ''}; replace it."


def audio_faults(recording: Recording, audio: Decoded) -> list[tuple[str, str]]:
    """(kind, detail) of what is wrong with the sound."""
    found = []
    seconds = audio.frames / audio.rate
    if audio.bad_samples:
        found.append(("NaN", f"{audio.bad_samples} samples are not numbers"))
    if audio.frames and audio.peak < SILENT_PEAK:
        found.append(("silent", f"peak {audio.peak:.1e}"))
    elif audio.mix_share < LEAST_MIX:
        kept = f"{10 * np.log10(max(audio.mix_share, 1e-10)):.0f} dB of their power"
        found.append(
            ("channels cancel", f"the mono mix keeps {kept}; turn the phase of one, or drop it")
        )
    elif audio.lost_seconds > MOST_LOST * seconds:
        told = f"in {audio.lost_seconds:.0f} of {seconds:.0f} s the mono mix is silent"
        found.append(("channels cancel", f"{told}; turn the phase of one channel, or drop it"))
    if audio.clipped_samples > CLIPPED_SHARE * max(1, audio.frames):
        found.append(("clipped", f"{audio.clipped_samples} samples at full scale"))
    if audio.rate < LOWEST_RATE or (recording.rates and audio.rate not in recording.rates):
        found.append(("wrong rate", f"{audio.rate} Hz"))
    stated = recording.seconds
    if not audio.frames:
        found.append(("wrong length", "empty"))
    elif is_cut_short(recording.audio) or ends_early(audio):
        found.append(
            ("wrong length", f"the file ends after {seconds:.1f} s, before its header says")
        )
    elif stated and not stated - SHORT_SECONDS <= seconds <= stated + LONG_SECONDS:
        found.append(("wrong length", f"{seconds:.1f} s, the corpus states {stated:.1f} s"))
    return found


def ends_early(audio: Decoded) -> bool:
    """Were fewer frames decoded than the header promises?"""
    return audio.frames < audio.stated_frames < UNKNOWN_FRAMES


def count_drums(labels: tuple[Path, ...]) -> int:
    """How many notes of MIDI labels are on the drum channel."""
    files = (path for path in labels if path.suffix.lower() in MIDI_SUFFIXES)
    return sum(find_oddities(path).drums for path in files)


def label_oddities(labels: tuple[Path, ...], count: int) -> list[tuple[str, str]]:
    """(kind, detail) of what was made of doubtful MIDI labels that gave `count` notes."""
    files = [path for path in labels if path.suffix.lower() in MIDI_SUFFIXES]
    odd = [find_oddities(path) for path in files]
    endless, drums = sum(one.endless for one in odd), sum(one.drums for one in odd)
    found = []
    if endless:
        held = "held to the next of their pitch or the end of the file"
        found.append(("notes without end", f"{endless} without an off, {held}"))
    if outside := sum(one.outside for one in odd):
        kept = f"{outside} are left out, a piano has pitches {LOWEST_KEY}-{HIGHEST_KEY}"
        found.append(("notes off the keyboard", kept))
    if drums and count:
        found.append(("notes on the drum channel", f"{drums} are left out, drums have no pitches"))
    elif drums:
        found.append(("no notes", f"all {drums} are on the drum channel (10)"))
    return found


def label_faults(notes: np.ndarray, seconds: float) -> list[tuple[str, str]]:
    """(kind, detail) of what is wrong with notes (SECONDS_DTYPE) over `seconds` of sound."""
    if not len(notes):
        return [("no notes", "the label is empty")]
    found = []
    if told := describe_impossible(notes):
        found.append(("bad label", told))
    past = (notes["onset"] >= seconds) | (notes["offset"] > seconds + LATE_OFFSET_SECONDS)
    if past.any():
        last = float(np.nanmax(notes["offset"]))
        found.append(("label past the end", f"{last:.1f} s in {seconds:.1f} s of audio"))
    if told := describe_rewritten(notes):
        found.append(("notes twice", told))
    return found


def describe_rewritten(notes: np.ndarray) -> str:
    """How many notes (SECONDS_DTYPE) begin twice at one moment with other ends; "" for none."""
    twice = notes[find_rewritten(notes)]
    if not len(twice):
        return ""
    first = twice[0]
    return (
        f"{len(twice)} begin twice at one moment with other ends (first: pitch {first['pitch']} at "
        f"{first['onset']:g} s); if no two players play them, remove the wrong ones"
    )


def is_cut_short(path: Path) -> bool:
    """Does a WAV header promise more bytes than the file has? libsndfile does not mind."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return False
    promised = int.from_bytes(head[4:8], "little")
    return promised != 0xFFFFFFFF and promised + 8 > size + 1


def duplicate_ids(recordings: Sequence[Recording]) -> list[Fault]:
    """One fault for each recording whose id an earlier one has."""
    first: dict[str, Recording] = {}
    faults = []
    for one in recordings:
        if (before := first.setdefault(one.id, one)) is not one:
            detail = f"both '{before.audio}' and '{one.audio}' are called so"
            faults.append(Fault(one.id, "duplicate id", detail))
    return faults


def notes_in_samples(notes: np.ndarray, n_samples: int) -> np.ndarray:
    """SECONDS_DTYPE -> the onset, offset columns in samples at 16 kHz, int64 (n_notes, 2)."""
    times = np.stack([notes["onset"], notes["offset"]], axis=1) * SAMPLE_RATE
    return np.clip(np.round(times).astype(np.int64), 0, n_samples)
