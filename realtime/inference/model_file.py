"""A model's file, or a taught instrument's with its model's: checked before the runtime sees it."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

from realtime.inference.instrument_file import (
    LARGEST_INSTRUMENT,
    TaughtInstrument,
    is_instrument,
    read_instrument,
)
from realtime.inference.instruments import BUNDLED, find_base
from realtime.inference.onnx_file import OnnxSummary, summarize, with_weights
from realtime.inference.sandbox import unusable
from realtime.inference.spec import FEATURE_KEY, METADATA_KEY, SELF_TEST_KEY, ModelSpec
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.given_file import require_file

LARGEST_FILE = 64 * 2**20
LARGEST_STATE = 16 * 2**20
"""Bytes and numbers; a live model is far below both."""


@dataclass(frozen=True)
class OpenedModel:
    """What a session is made of."""

    content: bytes
    """The graph, with the instrument's head in it where one was taught."""
    spec: ModelSpec
    self_test: str
    """What `inference.self_test` replays; "" where the file carries none."""
    base_path: Path
    """File of the graph; not the named one where that is a taught instrument."""
    instrument: TaughtInstrument | None = None


def open_model_file(path: Path | None) -> OpenedModel:
    """Read a model or a taught instrument; None is the bundled model.

    Raises:
        UserError: naming the file and the reason.
    """
    base = named = path or BUNDLED
    instrument = _read_if_instrument(path) if path is not None else None
    if instrument is not None:
        base = _base_of(instrument, named)
    content, summary = read_model_file(base)
    if base == BUNDLED:
        check_bundled(content)
    spec = _spec_of(summary, base)
    if instrument is not None:
        spec, content = _taught(instrument, spec, content, named)
    return OpenedModel(content, spec, summary.metadata.get(SELF_TEST_KEY, ""), base, instrument)


def _read_if_instrument(path: Path) -> TaughtInstrument | None:
    """The taught instrument that a file is; None where it is something else.

    Raises:
        UserError: if it is one and damaged.
    """
    try:
        require_file(path)
        with path.open("rb") as file:
            content = file.read(LARGEST_INSTRUMENT + 1)
    except OSError:
        return None  # `read_model_file` says why
    if not is_instrument(content):
        return None
    try:
        return read_instrument(content)
    except UserError as error:
        raise UserError(Code.INSTRUMENT_UNUSABLE, path=path, reason=error.trouble) from error


def _base_of(instrument: TaughtInstrument, path: Path) -> Path:
    base = find_base(instrument.base, path)
    if base is None:
        raise UserError(Code.INSTRUMENT_BASE_MISSING, name=instrument.name, path=path)
    return base


def _taught(
    instrument: TaughtInstrument, spec: ModelSpec, content: bytes, path: Path
) -> tuple[ModelSpec, bytes]:
    """Specification and file of a model with the instrument's head in it."""
    try:
        return instrument.spec_of(spec), with_weights(content, instrument.weights)
    except UserError as error:
        raise UserError(Code.INSTRUMENT_UNFIT, path=path, reason=error.trouble) from error


def read_model_file(path: Path) -> tuple[bytes, OnnxSummary]:
    """Read a model file and refuse what must not reach the runtime.

    Raises:
        UserError: naming the file and the reason.
    """
    try:
        require_file(path)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise unusable(path, Code.FILE_TOO_LARGE, megabytes=size >> 20, most=LARGEST_FILE >> 20)
        content = path.read_bytes()
    except OSError as error:
        raise UserError(Code.MODEL_UNREADABLE, path=path, reason=why(error)) from error
    try:
        summary = summarize(content)
    except UserError as error:
        raise UserError(Code.MODEL_UNUSABLE, path=path, reason=error.trouble) from error
    if summary.external_data:
        raise unusable(path, Code.EXTERNAL_DATA)
    if summary.domains:
        names = ", ".join(sorted(summary.domains))
        raise unusable(path, Code.FOREIGN_OPERATORS, names=names)
    return content, summary


def check_bundled(content: bytes) -> None:
    """Compare the bundled model with the hash that was released beside it.

    Raises:
        UserError: if it is another file.
    """
    expected = BUNDLED.with_suffix(".sha256")
    if expected.is_file() and hashlib.sha256(content).hexdigest() not in expected.read_text():
        raise UserError(Code.MODEL_CHANGED, path=BUNDLED)


def _spec_of(summary: OnnxSummary, path: Path) -> ModelSpec:
    text = summary.metadata.get(METADATA_KEY)
    if text is None and FEATURE_KEY in summary.metadata:
        raise unusable(path, Code.GIVES_FEATURES)
    if text is None:
        raise unusable(path, Code.SPEC_MISSING)
    try:
        spec = ModelSpec.from_json(text)
    except UserError as error:
        raise UserError(Code.MODEL_UNUSABLE, path=path, reason=error.trouble) from error
    sizes = [math.prod(state.shape) for state in spec.state]
    if any(size <= 0 for size in sizes) or sum(sizes) > LARGEST_STATE:
        raise unusable(path, Code.STATE_ABSURD)
    return spec
