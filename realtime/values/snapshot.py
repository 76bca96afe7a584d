"""What the engine shows the world, thirty times a second: one immutable picture."""

from dataclasses import dataclass, field

from realtime.troubles.trouble import Trouble

REPEATS = 5
"""Probes of a measurement; each takes about a second and a half."""


@dataclass(frozen=True, slots=True)
class LoopState:
    """How a measurement of the audio loop stands. Replaced, never edited."""

    state: str = ""
    """measuring | done | failed, or empty before the first one"""
    done: int = 0
    """Probes that were played so far."""
    of: int = REPEATS
    loop_ms: float = 0.0
    """Delay of the whole loop in ms, once it is measured."""
    heard_ms: tuple[float, ...] = ()
    """Each probe that was heard."""
    input: str = ""
    output: str = ""
    trouble: Trouble | None = None
    """Why the measurement failed, None where it did not."""


@dataclass(frozen=True, slots=True)
class LessonSound:
    """How it stands with the sound of a lesson that teaches an instrument."""

    folder: str = ""
    """Folder of the attempt whose sound is being kept, "" while none is."""
    length_s: float = 0.0
    """Seconds that were kept so far."""
    done_folder: str = ""
    """Folder of the newest attempt whose sound is there."""
    done: str = ""
    """Path of the sound that was kept, "" while there is none."""
    trouble: Trouble | None = None
    """Why the sound cannot be kept."""


@dataclass(frozen=True, slots=True)
class JudgedNote:
    """What became of a note of the piece that is practised."""

    note: int
    """Index into the notes of the plan."""
    judgement: str
    """right | early | late | wrong | missed"""
    error_ms: float | None
    """How much later than due it came; None where no attack is its own."""
    certainty: float
    """0-1; a mistake below 0.5 is unsure and does not count."""
    round: int = 0
    """Number of the pass through a loop, from 0."""


@dataclass(frozen=True, slots=True)
class ExtraNote:
    """A note that the piece does not have."""

    place_s: float
    """Seconds of the piece at which it came."""
    pitch: int
    certainty: float
    round: int = 0


@dataclass(frozen=True, slots=True)
class PracticeState:
    """How practice stands. Replaced, never edited."""

    run: int = 0
    """Number of the run, 0 before the first; each `practise` begins another."""
    state: str = ""
    """counting | playing | ended, "" before the first run"""
    place_s: float = 0.0
    """Seconds of the piece that are reached at `at_s` of the stream."""
    at_s: float = 0.0
    rate: float = 0.0
    """Seconds of the piece that pass in a second, 0 while it waits."""
    beats_left: int = 0
    """Beats until the piece begins, 0 where none are counted."""
    round: int = 0
    """Number of the pass through a loop, from 0."""
    tempo: float = 1.0
    """Part of the written tempo at which this round is played."""
    next: tuple[int, ...] = ()
    """Pitches that are to be played next and have not sounded."""
    judged: tuple[JudgedNote, ...] = ()
    """All verdicts of this run, as they came: of two on one note the later one holds."""
    extras: tuple[ExtraNote, ...] = ()
    final: bool = False
    """Whether the verdicts were made with hindsight of the whole run."""
    loop_measured: bool = False
    """Whether the delay that is taken off was measured for these devices."""
    silent: bool = False
    """Whether click and accompaniment are not heard, for want of an output."""


UNSURE_BELOW = 0.5
"""Certainty from which a note counts as sure. On the development recordings one note in five is
below; 47 % of those are right, of the others 92 %."""


@dataclass(frozen=True, slots=True)
class RollNote:
    """A note on the roll; `offset_s` is None while it sounds. Times are stream seconds."""

    onset_s: float
    offset_s: float | None
    pitch: int
    velocity: int
    certainty: float = 1.0
    """Highest onset probability of its first frames, 0-1."""

    @property
    def unsure(self) -> bool:
        """Whether it may well be a mistake."""
        return self.certainty < UNSURE_BELOW


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State of the engine at one moment. Replaced, never edited."""

    state: str = "starting"
    """starting | listening | no-input | file-ended | failed"""
    troubles: tuple[Trouble, ...] = ()
    """All that is wrong or worth knowing at this moment, the most important first."""
    stream_s: float = 0.0
    """Seconds of input consumed since the stream began."""
    level_db: float = -120.0
    """RMS of the last 50 ms, dBFS."""
    peak_db: float = -120.0
    """Highest sample since the previous snapshot, dBFS; 0 and above means clipping."""
    notes: tuple[RollNote, ...] = ()
    """Notes of the last 30 seconds, finished and sounding, by onset."""
    spectrum: tuple[float, ...] = ()
    """Newest column of the model's own log spectrum, empty where the model gives none."""
    spectrum_low: float = 0.0
    """MIDI pitch of its first row."""
    spectrum_per_semitone: int = 0
    """Rows a semitone; 0 where rows are not spaced by pitch."""
    a4_hz: float = 440.0
    """What the player's A above middle C is taken for; pitches and spectrum count from it."""
    instrument: str = ""
    """What is probably heard, where the model tells instruments apart; "" while that is open."""
    instrument_share: float = 0.0
    """How sure that is, 0-1."""
    input_name: str = ""
    midi_name: str = ""
    sound_name: str = ""
    """Output on which notes are heard, "" while there is none."""
    model_name: str = ""
    device_rate: int = 0
    """Sample rate of the input in Hz, 0 while there is none."""
    look_ahead_ms: float = 0.0
    look_aheads_ms: tuple[float, ...] = ()
    """All that the model offers; empty until it is loaded."""
    usual_look_ahead_ms: float = 0.0
    """The model's own choice of them."""
    input_latency_ms: float = 0.0
    """What the device driver reports plus what waits in the ring."""
    block_frames: int = 0
    """Typical size of a delivery of the input, in frames at `device_rate`; 0 while unknown."""
    delay_p95_ms: float = 0.0
    """Estimate of how long after its sound a note leaves, 95 times of 100; 0 while unknown. Input,
    95 % of a hop (a sound waits for its end), look-ahead, `hop_p95_ms`; the model's own hesitation
    is not in it."""
    hop_ms: float = 0.0
    """Median time to compute a hop, of the last few seconds."""
    hop_p95_ms: float = 0.0
    """95 of 100 hops of the last few seconds took less."""
    cpu_load: float = 0.0
    """Part of one core the engine uses (1 = all of it)."""
    lost_s: float = 0.0
    """Seconds of input not heard so far, counted against the clock."""
    unheard_s: float = 0.0
    """Part of `lost_s` that came too late to be heard; a take has it, without its notes."""
    gaps: int = 0
    """Places where input was lost; each is marked in the take."""
    behind_s: float = 0.0
    """Seconds of input waiting to be computed."""
    recording: bool = False
    count_in: int = 0
    """Beats until the take begins, 0 where none are counted."""
    loop: LoopState = field(default_factory=LoopState)
    """How the newest measurement of the audio loop stands."""
    practice: PracticeState = field(default_factory=PracticeState)
    """Run of practice: where it is, and its verdicts."""
    take_s: float = 0.0
    """Length of the take being recorded."""
    take_notes: int = 0
    recent_s: float = 0.0
    """Length of the piece that was just played, which can still be kept; 0 where nothing was."""
    held_s: float = 0.0
    """Length of all music that is held in memory, whether it is kept already or not."""
    last_take: str = ""
    """Path of the newest finished take's .mid, empty if none."""
    unwritten: bool = False
    """Whether a take waits in memory because its folder cannot be written."""
    lesson: LessonSound = field(default_factory=LessonSound)
    """The sound of a lesson's attempts."""
    midi_sent: int = 0
    """Count of MIDI messages sent; a change is what lights the activity lamp."""


ENDED = ("file-ended", "failed", "no-input")
"""States in which no more sound comes: the picture stands still."""
