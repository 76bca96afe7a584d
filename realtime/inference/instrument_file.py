"""A taught instrument as a small file: the head's weights, thresholds and a card for people.

The layout is that of safetensors (a length, a JSON header, raw numbers), which holds nothing that
could be executed or unpacked into more than it is. The file is untrusted input all the same: sizes,
names, shapes and numbers are checked before anything is made of them.
"""

import json
import re
import struct
from dataclasses import asdict, dataclass, field, replace
from math import prod
from typing import Any

import numpy as np

from realtime.inference.instrument_names import readable_name
from realtime.inference.schema import unfit
from realtime.inference.spec import (
    HEAD_TENSORS,
    OUTPUTS,
    UNREADABLE,
    HeadSpec,
    ModelSpec,
    RefineSettings,
    heads_from,
    refine_from,
)
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, what_is_unfit
from realtime.values.arrays import Floats
from realtime.values.json_text import parse_json

FORMAT = "jaka-to-melodia-instrument"
VERSION = 1
LARGEST_INSTRUMENT = 4 * 2**20
LARGEST_HEADER = 256 * 2**10
LARGEST_WEIGHT = 1e4
"""A head that was learned stays far below."""


@dataclass(frozen=True)
class TaughtInstrument:
    """What teaching changed of a model."""

    name: str
    base: str
    """SHA-256 of the model file that it belongs to, hexadecimal."""
    weights: dict[str, Floats]
    """The tensors named in `HEAD_TENSORS`, by name."""
    heads: tuple[HeadSpec, ...]
    """Look-aheads of the model with the thresholds that suit the instrument."""
    refine: RefineSettings | None = None
    card: dict[str, Any] = field(default_factory=dict)
    """What people are told, as JSON values: taught by what, when, scores before and after."""

    def to_bytes(self) -> bytes:
        """Encode the instrument as the content of its file."""
        tensors: dict[str, Any] = {}
        parts, end = [], 0
        for name in HEAD_TENSORS:
            raw = self.weights[name].astype("<f4").tobytes()
            shape = list(self.weights[name].shape)
            tensors[name] = {
                "dtype": "F32",
                "shape": shape,
                "data_offsets": [end, end + len(raw)],
            }
            parts.append(raw)
            end += len(raw)
        taught = {
            "name": self.name,
            "base": self.base,
            "heads": [asdict(head) for head in self.heads],
            "refine": asdict(self.refine) if self.refine else None,
        }
        tensors["__metadata__"] = {
            "format": FORMAT,
            "version": str(VERSION),
            "taught": json.dumps(taught),
            "card": json.dumps(self.card),
        }
        header = json.dumps(tensors).encode()
        header += b" " * (-len(header) % 8)
        return struct.pack("<Q", len(header)) + header + b"".join(parts)

    def spec_of(self, spec: ModelSpec) -> ModelSpec:
        """The specification of the model with this instrument's name and thresholds.

        Raises:
            UserError: if the model has other look-aheads or another head.
        """
        width, hidden = spec.feature_width, spec.head_hidden
        answers = len(OUTPUTS) * len(spec.heads)
        wanted = ((width, hidden), (hidden,), (hidden, answers), (answers,))
        shapes = tuple(self.weights[name].shape for name in HEAD_TENSORS)
        frames = [head.look_ahead_frames for head in spec.heads]
        if shapes != wanted or [head.look_ahead_frames for head in self.heads] != frames:
            raise UserError(Code.HEAD_UNFIT, name=self.name, model=spec.name)
        provenance = f"{spec.name}, taught by its player"
        return replace(
            spec, name=self.name, heads=self.heads, refine=self.refine, provenance=provenance
        )


def is_instrument(content: bytes) -> bool:
    """Whether a file's content may be a taught instrument: an ONNX file begins otherwise."""
    return len(content) > 9 and content[8:9] == b"{" and FORMAT.encode() in content[:LARGEST_HEADER]


def read_instrument(content: bytes) -> TaughtInstrument:
    """A taught instrument from the content of its file.

    Raises:
        UserError: if it is none, damaged, or made by a later version.
    """
    try:
        return _read(content)
    except UserError:
        raise
    except (*UNREADABLE, struct.error) as error:
        raise UserError(Code.INSTRUMENT_DAMAGED, reason=what_is_unfit(error)) from error


def _read(content: bytes) -> TaughtInstrument:
    (size,) = struct.unpack_from("<Q", content)
    if size > LARGEST_HEADER or 8 + size > len(content) or len(content) > LARGEST_INSTRUMENT:
        raise ValueError(Trouble(Code.ENDS_TOO_SOON))
    header = parse_json(content[8 : 8 + size])
    about = header.pop("__metadata__")
    if about["format"] != FORMAT:
        raise unfit("format", about["format"])
    if about["version"] != str(VERSION):
        raise UserError(
            Code.INSTRUMENT_VERSION, version=str(about["version"])[:20], ours=str(VERSION)
        )
    data = content[8 + size :]
    weights = {name: _tensor(header.pop(name), data) for name in HEAD_TENSORS}
    if header:
        raise unfit("weights", [*header])
    taught, card = parse_json(about["taught"]), parse_json(about["card"])
    if not (isinstance(card, dict) and re.fullmatch("[0-9a-f]{64}", taught["base"])):
        raise unfit("card", card)
    refine = refine_from(taught["refine"]) if taught["refine"] else None
    heads = heads_from(taught["heads"])
    return TaughtInstrument(
        readable_name(taught["name"]), taught["base"], weights, heads, refine, card
    )


def _tensor(about: dict[str, Any], data: bytes) -> Floats:
    begin, end = (int(place) for place in about["data_offsets"])
    shape = tuple(int(count) for count in about["shape"])
    if about["dtype"] != "F32" or not 0 <= begin <= end <= len(data) or len(shape) > 2:
        raise unfit("data_offsets", (begin, end))
    if any(count <= 0 for count in shape) or 4 * prod(shape) != end - begin:
        raise unfit("shape", shape)
    values = np.frombuffer(data[begin:end], "<f4").astype(np.float32).reshape(shape)
    if not (np.isfinite(values).all() and np.abs(values).max() <= LARGEST_WEIGHT):
        raise ValueError(Trouble(Code.VALUES_UNFIT))
    return values
