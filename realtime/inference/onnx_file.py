"""Looks into an ONNX file without running it: metadata, external data, foreign operators.

It can also put other values into an initialiser, as a taught head has the place of the model's own,
and other entries into the metadata.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

STANDARD_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml"})
DEEPEST = 32
"""Graphs nested deeper than this are refused."""

_METADATA = 14
"""Number of a model's metadata entries."""
_FLOAT = 1
"""Data type of a tensor in single precision."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_CHILDREN: dict[str, dict[int, str]] = {
    "model": {7: "graph", 14: "metadata", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
    "metadata": {},
}
"""Message kind -> field number -> kind of the message inside; numbers from onnx.proto."""
_NAMES = {
    ("node", 4): "name",
    ("node", 7): "domain",
    ("function", 1): "name",
    ("function", 10): "domain",
}
"""Where an operator is named: by who uses it, and by a function of the file that defines it."""


@dataclass
class OnnxSummary:
    """What a model file contains, found without running it."""

    metadata: dict[str, str] = field(default_factory=dict)
    operators: set[tuple[str, str]] = field(default_factory=set)
    """(domain, name) of every operator that a node uses."""
    domains: set[str] = field(default_factory=set)
    """Operator domains used by nodes that are not defined inside the file."""
    external_data: bool = False
    graphs: int = 0


def summarize(content: bytes) -> OnnxSummary:
    """Read the outline of an ONNX file.

    Raises:
        UserError: if the bytes are not an ONNX model.
    """
    summary = OnnxSummary()
    own: set[tuple[str, str]] = set()
    try:
        _visit(memoryview(content), "model", summary, own, 0)
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        raise UserError(Code.NOT_ONNX) from error
    if not summary.graphs:
        raise UserError(Code.NOT_ONNX)
    summary.domains = {
        domain for domain, _ in summary.operators - own if domain not in STANDARD_DOMAINS
    }
    return summary


def with_weights(content: bytes, weights: Mapping[str, "npt.NDArray[np.float32]"]) -> bytes:
    """Copy a model with other values in some of its initialisers.

    Args:
        content: of the file.
        weights: initialiser's name -> its values, float32, as many as it holds.

    Raises:
        UserError: if the file does not hold an initialiser of that name, type and shape.
    """
    changed = memoryview(bytearray(content))
    left = dict(weights)
    try:
        # Field 7 of a model is its graph, field 5 of a graph an initialiser.
        graphs = [graph for number, _, graph in fields_of(changed) if number == 7]
        for number, _, tensor in fields_of(_bytes(graphs[-1])):
            if number == 5:
                _overwrite(_bytes(tensor), left)
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        raise UserError(Code.NOT_ONNX) from error
    if left:
        raise UserError(Code.NO_SUCH_WEIGHTS, name=min(left))
    return bytes(changed)


def with_metadata(content: bytes, values: Mapping[str, str]) -> bytes:
    """Copy a model with these entries of its metadata added or replaced.

    Raises:
        UserError: if the bytes are not an ONNX model.
    """
    message = memoryview(content)
    kept: list[bytes] = []
    begin = 0
    try:
        for number, _, payload, end in _placed_fields(message):
            # Old entries of these keys are dropped and new ones appended: the order means nothing.
            if number != _METADATA or _key_of(_bytes(payload)) not in values:
                kept.append(bytes(message[begin:end]))
            begin = end
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        raise UserError(Code.NOT_ONNX) from error
    added = [
        _field(_METADATA, _field(1, key.encode()) + _field(2, value.encode()))
        for key, value in values.items()
    ]
    return b"".join(kept + added)


def _key_of(entry: memoryview) -> str:
    keys = [
        bytes(_bytes(payload)).decode() for number, _, payload in fields_of(entry) if number == 1
    ]
    return keys[-1] if keys else ""


def _field(number: int, payload: bytes) -> bytes:
    """A field of a protobuf message that holds bytes."""
    return _to_varint(number << 3 | _BYTES) + _to_varint(len(payload)) + payload


def _to_varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def read_weights(content: bytes, names: Sequence[str]) -> dict[str, "npt.NDArray[np.float32]"]:
    """Initialisers of a model by name, float32.

    Raises:
        UserError: if the file does not hold one of them in single precision.
    """
    import numpy as np

    found: dict[str, npt.NDArray[np.float32]] = {}
    try:
        graphs = [graph for number, _, graph in fields_of(memoryview(content)) if number == 7]
        for number, _, payload in fields_of(_bytes(graphs[-1])):
            tensor = _tensor(_bytes(payload)) if number == 5 else None
            if tensor is not None and tensor.name in names:
                values = np.frombuffer(tensor.data, "<f4").astype(np.float32)
                found[tensor.name] = values.reshape(tensor.dims)
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        raise UserError(Code.NOT_ONNX) from error
    missing = set(names) - set(found)
    if missing:
        raise UserError(Code.NO_SUCH_WEIGHTS, name=min(missing))
    return found


@dataclass(frozen=True)
class _Tensor:
    """A named tensor of single precision whose numbers stand in the file as they are."""

    name: str
    dims: tuple[int, ...]
    data: memoryview


def _tensor(message: memoryview) -> _Tensor | None:
    """The tensor that a message is, None where its numbers are of another kind."""
    name, kind, data = "", 0, None
    dims: list[int] = []
    for number, _, payload in fields_of(message):
        # Fields of TensorProto: 1 dims (packed, or one by one as old writers do), 2 data type,
        # 8 name, 9 raw data. Tensors with their numbers in a typed field have no raw data.
        if number == 1 and isinstance(payload, memoryview):
            dims += list(_varints(payload))
        elif number == 1 and isinstance(payload, int):
            dims.append(payload)
        elif number == 2 and isinstance(payload, int):
            kind = payload
        elif number == 8:
            name = bytes(_bytes(payload)).decode()
        elif number == 9:
            data = _bytes(payload)
    return _Tensor(name, tuple(dims), data) if data is not None and kind == _FLOAT else None


def _overwrite(tensor: memoryview, left: dict[str, "npt.NDArray[np.float32]"]) -> None:
    """Give a tensor the values that `left` has for it, and take them out of there."""
    found = _tensor(tensor)
    values = left.get(found.name) if found else None
    if found is None or values is None or found.dims != values.shape:
        return
    raw = values.astype("<f4").tobytes()
    if len(raw) == len(found.data):
        found.data[:] = raw
        del left[found.name]


def _varints(packed: memoryview) -> Iterator[int]:
    position = 0
    while position < len(packed):
        value, position = _varint(packed, position)
        yield value


def _bytes(payload: int | memoryview | None) -> memoryview:
    if not isinstance(payload, memoryview):
        raise ValueError("a number where a message should be")
    return payload


def _visit(
    message: memoryview, kind: str, summary: OnnxSummary, own: set[tuple[str, str]], depth: int
) -> None:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    summary.graphs += kind == "graph"
    key = value = ""
    names = {"domain": "", "name": ""}
    for number, wire, payload in fields_of(message):
        inner = _CHILDREN[kind].get(number)
        if inner is not None and isinstance(payload, memoryview):
            _visit(payload, inner, summary, own, depth + 1)
        # 13 is a list of external files, 14 says where the numbers lie (0: in this file).
        elif kind == "tensor" and (number == 13 or (number == 14 and payload != 0)):
            summary.external_data = True
        elif (kind, number) in _NAMES and isinstance(payload, memoryview):
            names[_NAMES[kind, number]] = bytes(payload).decode()
        elif kind == "metadata" and wire == _BYTES and isinstance(payload, memoryview):
            if number == 1:
                key = bytes(payload).decode()
            elif number == 2:
                value = bytes(payload).decode()
    if kind == "metadata":
        summary.metadata[key] = value
    elif kind in ("node", "function"):
        # A function of the file defines its operator: nodes that use it are not foreign.
        found = summary.operators if kind == "node" else own
        found.add((names["domain"], names["name"]))


def fields_of(message: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Fields of one protobuf message: (number, wire type, integer or bytes)."""
    for number, wire, payload, _ in _placed_fields(message):
        if payload is not None:
            yield number, wire, payload


def _placed_fields(
    message: memoryview,
) -> Iterator[tuple[int, int, int | memoryview | None, int]]:
    """Fields of one protobuf message, those of fixed size as None, each with where it ends."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, position = _varint(message, position)
            yield number, wire, value, position
        elif wire in (_FIXED64, _FIXED32):
            position += 8 if wire == _FIXED64 else 4
            yield number, wire, None, position
        elif wire == _BYTES:
            size, position = _varint(message, position)
            if position + size > len(message):
                raise ValueError("truncated")
            payload = message[position : position + size]
            position += size
            yield number, wire, payload, position
        else:
            raise ValueError("not protobuf")
    if position != len(message):
        raise ValueError("truncated")


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("number too long")
