"""What numbers among the options may be, by the options' names."""

import dataclasses
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from realtime.errors import UserError


class Range(NamedTuple):
    """Numbers that an option may be."""

    words: str
    """The same for people: what to give."""
    holds: Callable[[float], bool]


LEAST_ONE = Range("1 or more", lambda value: value >= 1)
LEAST_ZERO = Range("0 or more", lambda value: value >= 0)
ABOVE_ZERO = Range("a number above 0", lambda value: value > 0)
MOST_ZERO = Range("0 or less", lambda value: value <= 0)
SHARE = Range("0 to 1", lambda value: 0 <= value <= 1)
PART = Range("a number above 0 and below 1", lambda value: 0 < value < 1)
BELOW_ONE = Range("0 or more and below 1", lambda value: 0 <= value < 1)
SOME = Range("a number above 0, at most 1", lambda value: 0 < value <= 1)
PERCENT = Range("0 to 100", lambda value: 0 <= value <= 100)

NAMES: dict[Range, str] = {
    LEAST_ONE: "steps batch_size validate_steps patience group negatives width global_width "
    "channels local_channels related_channels harmonic_channels strides sample_rate hop_samples "
    "window_samples semitones filters mels heads layers feedforward transformer.window "
    "collapse.window memory head_hidden hidden windows windows_per_recording frame_stride threads "
    "jobs workers rounds "
    "clips_per_shard supervised_steps machine.devices machine.nodes machine.accumulate "
    "machine.validation_clips machine.log_steps",
    LEAST_ZERO: "seed seeds label_seed memory_gb hours freeze_steps head_first_steps "
    "cpc.k_min cpc.anchors cpc.exclude_frames warm_up_frames onset_shift look_aheads blocks "
    "logmel.layers attack_cycles lowest_hz machine.workers machine.checkpoint_minutes "
    "machine.stop_after warm_up_steps decay_steps weight_decay gradient_clip after_steps "
    "feature_spread encoder_gradient balance detune_cents transpose_semitones equalizer_db "
    "clip_seconds loss.onset loss.frame loss.offset loss.velocity loss.relative_velocity "
    "loss.instrument",
    ABOVE_ZERO: "temperature learning_rate seconds window_seconds held_out_seconds "
    "manifest_seconds shard_seconds cycles shortest_window_ms longest_window_ms "
    "attack_shortest_ms attack_longest_ms highest_hz floor tar_mb",
    MOST_ZERO: "quietest_db",
    SHARE: "past_chance mix_chance tempo_chance transpose_chance room_chance device_chance "
    "equalizer_chance noise_chance hum_chance click_chance drive_chance carry_chance ema "
    "final_ratio chance_margin least_gain peak_position one_shot_share mixed_share midi_share "
    "drawn_share sung_share effect_share speech_share drums_share noise_share silence_share "
    "background_share",
    PART: "test_share validation_share",
    BELOW_ONE: "dropout beta2",
    SOME: "label_fraction fractions",
    PERCENT: "tempo_percent max_bad_percent",
}
"""Range -> names of options; of two that fit, such as `workers` and `machine.workers`, the longer
counts."""
RANGES = {name: wanted for wanted, names in NAMES.items() for name in names.split()}


def require_ranges(command: Any) -> None:
    """Refuse numbers that no run can be made of.

    Args:
        command: the options of a subcommand, a dataclass; those without a range are not looked at.

    Raises:
        UserError: naming the first option that is out of range, or not a number.
    """
    for name, value in list_numbers(command):
        wanted = range_of(name)
        if wanted and not (math.isfinite(value) and wanted.holds(value)):
            option = name if "." in name else name.replace("_", "-")
            raise UserError(f"--{option} cannot be {value:g}; give {wanted.words}.")


def range_of(name: str) -> Range | None:
    """What an option may be: by its whole name, else by the end of it."""
    words = name.split(".")
    ends = (".".join(words[first:]) for first in range(len(words)))
    return next((RANGES[end] for end in ends if end in RANGES), None)


def list_numbers(settings: Any, before: str = "") -> Iterator[tuple[str, float]]:
    """Names, with dots, and values of all numbers of a (nested) dataclass, in its order."""
    for field in dataclasses.fields(settings):
        value, name = getattr(settings, field.name), before + field.name
        if dataclasses.is_dataclass(value):
            yield from list_numbers(value, f"{name}.")
            continue
        for item in value if isinstance(value, tuple | list) else [value]:
            if isinstance(item, int | float) and not isinstance(item, bool):
                yield name, item
