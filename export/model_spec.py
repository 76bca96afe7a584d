"""What the exported file declares: the network's shapes, look-aheads and thresholds."""

from pathlib import Path
from typing import Any

import trainer.recipes
from export.to_onnx import feature_width
from realtime.inference.spec import (
    LOWEST_PITCH,
    PITCHES,
    UNREADABLE,
    DecoderSettings,
    HeadSpec,
    ModelSpec,
    RefineSettings,
    StateSpec,
    decoder_from,
    refine_from,
    strictness_from,
    usual_decoder,
)
from realtime.troubles.errors import UsageError, UserError
from realtime.values.json_text import parse_json
from realtime.values.strictness import Strictness
from trainer.network.encoders.harmonic import HarmonicEncoder
from trainer.network.encoders.spectrum import LogFrequencySpectrum
from trainer.network.model import Transcriber

BUNDLED = Path(trainer.recipes.__file__).parent / "default-thresholds.json"
REFINE = "refine"
"""Key of the settings for recordings among the look-aheads."""
PRACTICE = "practice"
"""Key of how strict practice is."""
FRAME_MS = "frame_ms"
"""Key of the length of the frames that the settings count."""
USUAL_FRAME_MS = 10.0
"""What files of earlier versions, which do not say it, count."""


def make_spec(
    model: Transcriber,
    *,
    name: str,
    decoders: dict[int, DecoderSettings],
    refine: RefineSettings | None = None,
    practice: Strictness | None = None,
    default_latency_ms: float | None = None,
    licence: str,
    provenance: str,
) -> ModelSpec:
    """The specification of `model`; `decoders` holds thresholds by look-ahead in frames.

    Look-aheads without any have the decoder's own, whose durations do not depend on the hop.

    Raises:
        UserError: if `default_latency_ms` is no look-ahead of the model.
    """
    look_aheads = model.settings.look_aheads
    frame_ms = 1000 * model.hop_samples / model.sample_rate
    offered = [frame_ms * frames for frames in look_aheads]
    usual = frame_ms * model.settings.default_look_ahead
    wanted = usual if default_latency_ms is None else default_latency_ms
    if wanted not in offered:
        choices = ", ".join(f"{ms:g}" for ms in offered)
        raise UsageError(
            f"--default-latency-ms {wanted:g} is no look-ahead of this model; it has {choices}."
        )
    return ModelSpec(
        name=name,
        sample_rate=model.sample_rate,
        hop_samples=model.hop_samples,
        pitch_low=LOWEST_PITCH,
        pitch_count=PITCHES,
        spectrum_bins=model.spectrum_bins,
        spectrum_per_semitone=_rows_per_semitone(model),
        heads=tuple(
            HeadSpec(frames, decoders.get(frames, usual_decoder(frame_ms / 1000)))
            for frames in look_aheads
        ),
        default_head=offered.index(wanted),
        refine=refine,
        practice=practice,
        state=tuple(StateSpec(state, (1, *shape)) for state, shape in model.state_shapes().items()),
        instruments=model.class_names,
        feature_width=feature_width(model),
        head_hidden=model.settings.head_hidden if feature_width(model) else 0,
        licence=licence,
        provenance=provenance,
    )


def _rows_per_semitone(model: Transcriber) -> int:
    """0 where the rows of the encoder's spectrum are not spaced by pitch."""
    rows = LogFrequencySpectrum.BINS_PER_SEMITONE
    return rows if isinstance(model.encoder, HarmonicEncoder) else 0


def read_thresholds(path: str, frame_ms: float = USUAL_FRAME_MS) -> dict[int, DecoderSettings]:
    """`{"4": {"onset_threshold": 0.3, ...}, ...}` -> decoder settings by look-ahead in frames.

    `default` stands for the file of the bundled model.

    Raises:
        UserError: if the file is missing, holds something else, or counts other frames.
    """
    try:
        values = _read_table(path)
        meant = float(values.get(FRAME_MS, USUAL_FRAME_MS))
        found = {
            int(frames): decoder_from(fields)
            for frames, fields in values.items()
            if frames not in (REFINE, PRACTICE, FRAME_MS)
        }
    except (OSError, *UNREADABLE) as error:
        raise UserError(
            f"Cannot read thresholds from '{path}' ({_reason_of(error)}); write them with "
            "`jtm evaluate --tune`."
        ) from error
    if meant != frame_ms:
        raise UserError(
            f"The thresholds in '{path}' count frames of {meant:g} ms, and this model's have "
            f"{frame_ms:g} ms; tune some with `jtm evaluate --tune`."
        )
    return found


def read_refine(path: str) -> RefineSettings | None:
    """The entry "refine" of the same file; none if it has none.

    Raises:
        UserError: if the file is missing or holds something else.
    """
    try:
        fields = _read_table(path).get(REFINE)
        if fields is None:
            return None
        return refine_from(fields)
    except (OSError, *UNREADABLE) as error:
        raise UserError(
            f"Cannot read how to refine from '{path}' ({_reason_of(error)}); write it with "
            "`jtm evaluate --tune`."
        ) from error


def _reason_of(error: Exception) -> str:
    """What is wrong, of a file that cannot be opened without its number and path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def read_practice(path: str) -> Strictness | None:
    """The entry "practice" of the same file; none if it has none.

    Raises:
        UserError: if the file is missing or holds something else.
    """
    try:
        fields = _read_table(path).get(PRACTICE)
        return None if fields is None else strictness_from(fields)
    except (OSError, *UNREADABLE) as error:
        raise UserError(
            f"Cannot read how strict practice is from '{path}' ({_reason_of(error)}); write it "
            "with `python -m benchmarks.notes.practice_tune`."
        ) from error


def _read_table(path: str) -> dict[str, Any]:
    file = BUNDLED if path == "default" and not Path(path).exists() else Path(path)
    table: dict[str, Any] = parse_json(file.read_text(encoding="utf-8"))
    return table
