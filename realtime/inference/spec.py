"""What a model file promises: rates, pitch range, look-ahead, thresholds, state."""

import json
import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from realtime.inference.schema import require_fit, unfit
from realtime.troubles.codes import Code
from realtime.troubles.errors import UsageError, UserError
from realtime.troubles.trouble import what_is_unfit
from realtime.values.strictness import Strictness

FORMAT = "jaka-to-melodia"


FORMAT_VERSION = 1


METADATA_KEY = "jtm_spec"


SELF_TEST_KEY = "jtm_self_test"


FEATURE_KEY = "jtm_features"
"""Metadata of a file that gives features and no notes."""


UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What Python raises where values are not of the kind that was expected."""
MOST_STATE_VALUES = 1 << 24
"""64 MiB of numbers carried from hop to hop."""


VelocityMap = tuple[tuple[float, float], ...]


USUAL_FRAME_SECONDS = 0.01
"""Length of the frames that the decoder's own frame counts are meant for."""
FRAME_COUNTS = (
    "repeat_frames",
    "minimum_frames",
    "release_frames",
    "swell_frames",
    "gathered_frames",
)
"""Settings of the decoder that count frames and have a value to begin with."""


@dataclass(frozen=True)
class DecoderSettings:
    """Thresholds of the note tracker for one look-ahead; tuned on the development set."""

    onset_threshold: float = 0.3
    """A note starts where its onset probability reaches this (0-1)."""
    frame_threshold: float = 0.3
    """A sounding note is held while its frame probability stays at or above this (0-1)."""
    offset_threshold: float = 0.9
    """An offset probability at or above this ends the note at once (0-1; above 1 never does)."""
    rearm_ratio: float = 0.6
    """A repeated note needs its onset to have dipped below this part of the threshold."""
    repeat_frames: int = 5
    """Shortest distance between two onsets of one pitch, in frames."""
    minimum_frames: int = 3
    """A note is held at least this long, in frames."""
    release_frames: int = 2
    """Frames in a row below `frame_threshold` before a note ends."""
    release_by_depth: bool = False
    """A weak frame counts for `release_frames` only by the part of `frame_threshold` that it lacks,
    and the note is dated to have ended with the first of them: a bow that hesitates is forgiven, a
    string that fades slowly is not heard until it is silent."""
    release_lag_frames: int = 0
    """A note that ended by itself is dated to have ended so many frames before: a damped string
    rings on, and that it fades is heard later than the key was let go. Its off leaves at once."""
    frame_support: float = 0.0
    """An onset counts only where the frame probability is at least this (0-1)."""
    swell_threshold: float = 1.1
    """A note also starts, without an onset, where the frame probability stays at or above this for
    `swell_frames` (0-1; above 1 never): tones that swell in have no attack to be heard."""
    swell_frames: int = 4
    ghost_ratio: float = 0.0
    """An onset an octave, twelfth or two octaves above one in the same frames that is weaker than
    this part of it is taken for its overtone and left out (0 = keep all)."""
    gathered_threshold: float = 0.0
    """A silent pitch also starts where its onset probabilities of the last `gathered_frames` add up
    to this (0 = never): a soft attack is sure to be there before it is sure when it was."""
    gathered_frames: int = 14
    gathered_support: float = 0.5
    """Such a start counts only where the frame probability is at least this (0-1)."""
    early: tuple[tuple[int, float], ...] = ()
    """(shorter look-ahead of the model in frames, onset probability 0-1): a note also starts, and
    leaves at once, where that look-ahead is as sure as this."""
    velocity_map: VelocityMap = ()
    """(network's velocity 0-1, MIDI velocity), both rising, straight lines between; none = times
    127. The network learned the keys of its training instruments, a player expects loudness."""

    def __post_init__(self) -> None:
        knots = tuple((float(heard), float(midi)) for heard, midi in self.velocity_map)
        object.__setattr__(self, "velocity_map", knots)
        early = tuple((int(frames), float(threshold)) for frames, threshold in self.early)
        object.__setattr__(self, "early", early)


def usual_decoder(frame_seconds: float) -> DecoderSettings:
    """The decoder's own settings, with the durations they have at 10 ms a frame.

    Args:
        frame_seconds: hop of the network.
    """
    usual = DecoderSettings()
    ratio = USUAL_FRAME_SECONDS / frame_seconds
    counts = {name: max(1, round(getattr(usual, name) * ratio)) for name in FRAME_COUNTS}
    return replace(usual, **counts)


@dataclass(frozen=True)
class HeadSpec:
    """One look-ahead of the network: which output it is, and the thresholds that suit it."""

    look_ahead_frames: int
    """Output t is due when frame t + look_ahead_frames has been heard completely."""
    decoder: DecoderSettings = field(default_factory=DecoderSettings)


@dataclass(frozen=True)
class RefineSettings:
    """How a recording is heard again with hindsight, from the longest look-ahead's outputs."""

    decoder: DecoderSettings = field(default_factory=DecoderSettings)
    support: float = 0.0
    """An onset counts only where the mean frame probability of the frames after it reaches this
    (0-1; 0 asks nothing)."""
    support_frames: int = 10
    smooth_frames: int = 0
    """Frame probabilities are averaged over this many frames to either side."""


def heads_from(values: list[dict[str, Any]]) -> tuple[HeadSpec, ...]:
    """Look-aheads from what `asdict` made of them.

    Raises:
        KeyError, TypeError, ValueError: if they are anything else.
    """
    return tuple(
        HeadSpec(int(head["look_ahead_frames"]), decoder_from(head["decoder"])) for head in values
    )


def refine_from(values: dict[str, Any]) -> RefineSettings:
    """Settings for recordings from what `asdict` made of them; raises as `heads_from`."""
    others = {name: value for name, value in values.items() if name != "decoder"}
    _require_numbers(others, RefineSettings)
    return RefineSettings(decoder_from(values["decoder"]), **others)


def strictness_from(values: dict[str, Any]) -> Strictness:
    """Thresholds of practice from what `asdict` made of them; raises as `heads_from`."""
    rules = Strictness(**values)
    require_fit(rules, Strictness, "practice")
    times = (rules.window_s, rules.in_time_s, rules.in_time_least_s, rules.instead_s)
    if not all(0 < time_s <= 2 for time_s in times):
        raise unfit("practice", times)
    return rules


def decoder_from(values: dict[str, Any]) -> DecoderSettings:
    """Thresholds from what `asdict` made of them; raises as `heads_from`."""
    pairs = [pair for name in ("early", "velocity_map") for pair in values.get(name, ())]
    numbers = [number for pair in pairs for number in pair]
    if len(pairs) > 1000 or not all(0 <= float(number) <= 1000 for number in numbers):
        raise unfit("velocity_map", numbers)
    _require_numbers(values, DecoderSettings)
    settings = DecoderSettings(**values)
    if settings.gathered_threshold > 0 and settings.gathered_frames < 1:
        raise unfit("gathered_frames", settings.gathered_frames)
    return settings


def _require_numbers(values: dict[str, Any], settings: type) -> None:
    """Refuse a field that should be a number and is none, or lies outside 0-1000."""
    for field_ in fields(settings):
        value = values.get(field_.name, 0)
        if field_.type in (float, int, bool) and not (
            isinstance(value, int if field_.type is not float else int | float)
            and 0 <= value <= 1000
        ):
            raise unfit(field_.name, value)


@dataclass(frozen=True)
class StateSpec:
    """One carried tensor; all zeros means silence before the first sample."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class ModelSpec:
    """Everything the runtime must know about a model. The only place where delay is declared."""

    name: str
    sample_rate: int = 16_000
    """Rate of the samples that the model takes, in Hz."""
    hop_samples: int = 160
    pitch_low: int = 21
    """MIDI number of the first output row."""
    pitch_count: int = 88
    spectrum_bins: int = 0
    """Rows of the optional `spectrum` output (the network's own input, natural log magnitude)."""
    spectrum_low: float = 21 - 1 / 3
    """MIDI pitch of the first of these rows."""
    spectrum_per_semitone: int = 3
    """Rows a semitone; 0 where they are not spaced by pitch."""
    heads: tuple[HeadSpec, ...] = (HeadSpec(look_ahead_frames=4),)
    default_head: int = 0
    refine: RefineSettings | None = None
    """How recordings are heard; None takes the longest look-ahead as it is."""
    practice: Strictness | None = None
    """Thresholds of practice; None takes those that suit the bundled model."""
    state: tuple[StateSpec, ...] = ()
    instruments: tuple[str, ...] = ()
    """What the optional `instruments` output tells apart, in order: scores before a softmax."""
    feature_width: int = 0
    """Values of a pitch in the optional `features` output, which its head reads; 0: none is given
    and no instrument can be taught."""
    head_hidden: int = 0
    """Hidden units of that head."""
    licence: str = ""
    provenance: str = ""
    """Recipe, data and commit that made it, in a sentence."""

    @property
    def hop_ms(self) -> float:
        """Duration of a hop in milliseconds."""
        return 1000.0 * self.hop_samples / self.sample_rate

    @property
    def pitch_high(self) -> int:
        """MIDI pitch of the last output row."""
        return self.pitch_low + self.pitch_count - 1

    def latency_ms(self, head: int) -> float:
        """Look-ahead of a head in milliseconds."""
        return self.heads[head].look_ahead_frames * self.hop_ms

    def head_for(self, latency_ms: float | None) -> int:
        """Index of the head with the longest look-ahead not above `latency_ms` (None: the default).

        Raises:
            UserError: if every head needs more look-ahead than that.
        """
        if latency_ms is None:
            return self.default_head
        fitting = [i for i in range(len(self.heads)) if self.latency_ms(i) <= latency_ms + 1e-6]
        if not fitting:
            choices = ", ".join(f"{self.latency_ms(i):g}" for i in range(len(self.heads)))
            raise UsageError(
                Code.LOOK_AHEAD_MISSING, name=self.name, wanted_ms=latency_ms, offered=choices
            )
        return max(fitting, key=self.latency_ms)

    def nearest_head(self, latency_ms: float) -> int:
        """Index of the head whose look-ahead is nearest to `latency_ms`, of two the shorter."""
        by_distance = [
            (abs(self.latency_ms(i) - latency_ms), self.latency_ms(i), i)
            for i in range(len(self.heads))
        ]
        return min(by_distance)[2]

    def to_json(self) -> str:
        """The text kept in the ONNX file's metadata."""
        return json.dumps({"format": FORMAT, "version": FORMAT_VERSION, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> "ModelSpec":
        """Read what `to_json` wrote.

        Raises:
            UserError: if the text is not a specification of this format and version.
        """
        try:
            values: dict[str, Any] = json.loads(text)
            if values.pop("format") != FORMAT:
                raise UserError(Code.NOT_OURS)
            version = values.pop("version")
            if version != FORMAT_VERSION:
                raise UserError(Code.SPEC_VERSION, version=str(version), ours=FORMAT_VERSION)
            values["heads"] = heads_from(values["heads"])
            if values.get("refine"):
                values["refine"] = refine_from(values["refine"])
            if values.get("practice"):
                values["practice"] = strictness_from(values["practice"])
            values["state"] = tuple(
                StateSpec(state["name"], tuple(int(size) for size in state["shape"]))
                for state in values["state"]
            )
            values["instruments"] = tuple(values["instruments"])
            spec = cls(**values)
            require_fit(spec, cls, "the specification")
        except UNREADABLE as error:
            raise UserError(Code.SPEC_UNREADABLE, reason=what_is_unfit(error)) from error
        spec.check()
        return spec

    def check(self) -> None:
        """Refuse values that the runtime cannot serve.

        Raises:
            UserError: naming the value.
        """
        if not (8_000 <= self.sample_rate <= 48_000 and 16 <= self.hop_samples <= 4096):
            raise UserError(Code.SPEC_RATE, rate=self.sample_rate, hop=self.hop_samples)
        if not (self.pitch_low >= 0 and self.pitch_count > 0 and self.pitch_high <= 127):
            raise UserError(Code.SPEC_PITCHES)
        if not (self.heads and 0 <= self.default_head < len(self.heads)):
            raise UserError(Code.SPEC_HEADS)
        if not 0 <= self.spectrum_per_semitone <= 100:
            raise UserError(Code.SPEC_SPECTRUM)
        names = self.instruments
        if len(names) > 128 or not all(isinstance(name, str) and name for name in names):
            raise UserError(Code.SPEC_INSTRUMENTS)
        if not (0 <= self.feature_width <= 4096 and 0 <= self.head_hidden <= 4096):
            raise UserError(Code.SPEC_HEAD_SIZE)
        if sum(math.prod(state.shape) for state in self.state) > MOST_STATE_VALUES or any(
            size < 1 for state in self.state for size in state.shape
        ):
            raise UserError(Code.SPEC_UNREADABLE, reason=what_is_unfit(unfit("state", self.state)))
        if not 0 <= self.spectrum_bins <= 4096:
            raise UserError(Code.SPEC_SPECTRUM)
        if any(not 0 <= head.look_ahead_frames <= 200 for head in self.heads):
            raise UserError(Code.SPEC_LOOK_AHEAD)

    @property
    def velocity_maps(self) -> dict[int, VelocityMap]:
        """Look-ahead in frames -> its scale from the network's velocity to MIDI velocity."""
        return {head.look_ahead_frames: head.decoder.velocity_map for head in self.heads}

    def with_decoder(self, head: int, decoder: DecoderSettings) -> "ModelSpec":
        """Copy the specification with other thresholds for one head."""
        heads = tuple(
            replace(old, decoder=decoder) if index == head else old
            for index, old in enumerate(self.heads)
        )
        return replace(self, heads=heads)


SELF_TEST_TOLERANCE = 1e-3
"""Largest accepted difference of a logit to the stored one."""


OUTPUTS = ("onset", "frame", "offset", "velocity")


INSTRUMENTS = "instruments"
SPECTRUM = "spectrum"


FEATURES = "features"
"""Optional output: what the head reads of each pitch, (1, 1, pitch_count, feature_width)."""


HEAD_TENSORS = ("head_hidden_weight", "head_hidden_bias", "head_out_weight", "head_out_bias")
"""Initialisers of a head that pitches share: (feature_width, head_hidden), (head_hidden,),
(head_hidden, 4 * look_aheads), (4 * look_aheads,); outputs in the order of `OUTPUTS`, each with all
look-aheads, after a ReLU."""


LOWEST_PITCH = 21
"""MIDI number of the lowest row (A0)."""


PITCHES = 88
