"""The nodes of an ONNX file, to be looked at and written anew; nothing is run.

Numbers of fields are those of onnx.proto. What is not looked at (attributes, initialisers) is
copied byte by byte.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from realtime.inference.onnx_file import fields_of

_INT64 = 7
"""Data type of a tensor of whole numbers."""
_FLOAT = 1


@dataclass(frozen=True)
class Node:
    """One operator of a graph."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, bytes] = field(default_factory=dict)
    """Name -> the attribute's message."""
    domain: bytes = b""

    def number(self, name: str, default: int = 0) -> int:
        """The value of a whole-number attribute."""
        found = (v for n, v in _of(self.attributes.get(name, b"")) if n == 3 and isinstance(v, int))
        return _signed(next(found, default))

    def numbers(self, name: str) -> list[int]:
        """The values of an attribute that is a list of whole numbers; empty where it is missing."""
        return _whole(self.attributes.get(name, b""), 8)

    def with_inputs(self, *inputs: str) -> "Node":
        """A copy that reads something else."""
        return replace(self, inputs=inputs)


@dataclass(frozen=True)
class Constant:
    """Shape of a constant, and its values where they are whole numbers."""

    shape: tuple[int, ...]
    values: list[int] | None


@dataclass
class Graph:
    """What a model file computes."""

    head: bytes
    """The fields of the model that are not its graph: versions of format and operators."""
    nodes: list[Node]
    initialisers: list[bytes]
    constants: dict[str, Constant]


def read_graph(content: bytes) -> Graph:
    """Take a model file apart.

    Raises:
        ValueError, IndexError, UnicodeDecodeError: if it is none.
    """
    head, graph = b"", memoryview(b"")
    for number, value in _of(content):
        if number == 7 and isinstance(value, memoryview):
            graph = value
        elif number in (1, 8):
            head += _number(1, value) if isinstance(value, int) else _bytes(8, bytes(value))
    found = Graph(head, [], [], {})
    for number, value in _of(graph):
        if number == 1 and isinstance(value, memoryview):
            node = _node(value)
            found.nodes.append(node)
            if node.op == "Constant" and "value" in node.attributes:
                tensor = next(v for n, v in _of(node.attributes["value"]) if n == 5)
                found.constants[node.outputs[0]] = _constant(tensor)[1]
        elif number == 5 and isinstance(value, memoryview):
            found.initialisers.append(bytes(value))
            name, constant = _constant(value)
            found.constants[name] = constant
    return found


def write_graph(
    graph: Graph,
    nodes: Iterable[Node],
    inputs: Sequence[tuple[str, Sequence[int]]],
    outputs: Sequence[str],
) -> bytes:
    """A model file of these nodes with the initialisers of `graph`.

    Args:
        graph: that was read.
        nodes: in an order in which each reads what is there already.
        inputs: name and shape of what is fed, float32.
        outputs: names of what is fetched, float32.
    """
    told = b"".join(_bytes(1, _written(node)) for node in nodes) + _bytes(2, b"hops")
    told += b"".join(_bytes(5, one) for one in graph.initialisers)
    for name, shape in inputs:
        dims = b"".join(_bytes(1, _number(1, size)) for size in shape)
        kind = _bytes(1, _number(1, _FLOAT) + _bytes(2, dims))
        told += _bytes(11, _bytes(1, name.encode()) + _bytes(2, kind))
    for name in outputs:
        kind = _bytes(1, _number(1, _FLOAT))
        told += _bytes(12, _bytes(1, name.encode()) + _bytes(2, kind))
    return graph.head + _bytes(7, told)


def whole_constant(name: str, values: npt.ArrayLike) -> Node:
    """A node that gives whole numbers of any shape."""
    array = np.asarray(values, dtype="<i8")
    tensor = b"".join(_number(1, size) for size in array.shape) + _number(2, _INT64)
    tensor += _bytes(9, array.tobytes())
    message = _bytes(1, b"value") + _bytes(5, tensor) + _number(20, 4)
    return Node("Constant", (), (name,), {"value": message})


def transpose(source: str, result: str, order: Sequence[int]) -> Node:
    """A node that orders axes anew."""
    message = _bytes(1, b"perm") + b"".join(_number(8, axis) for axis in order) + _number(20, 7)
    return Node("Transpose", (source,), (result,), {"perm": message})


def with_number(node: Node, name: str, value: int) -> Node:
    """A copy with another value of a whole-number attribute."""
    message = _bytes(1, name.encode()) + _number(3, value) + _number(20, 2)
    return replace(node, attributes=node.attributes | {name: message})


def _node(message: memoryview) -> Node:
    inputs, outputs, attributes, op, domain = [], [], {}, "", b""
    for number, value in _of(message):
        text = bytes(value) if isinstance(value, memoryview) else b""
        if number == 1:
            inputs.append(text.decode())
        elif number == 2:
            outputs.append(text.decode())
        elif number == 4:
            op = text.decode()
        elif number == 5:
            name = next(bytes(v) for n, v in _of(text) if n == 1 and isinstance(v, memoryview))
            attributes[name.decode()] = text
        elif number == 7:
            domain = text
    return Node(op, tuple(inputs), tuple(outputs), attributes, domain)


def _written(node: Node) -> bytes:
    told = b"".join(_bytes(1, name.encode()) for name in node.inputs)
    told += b"".join(_bytes(2, name.encode()) for name in node.outputs)
    told += _bytes(4, node.op.encode())
    told += b"".join(_bytes(5, message) for message in node.attributes.values())
    return told + (_bytes(7, node.domain) if node.domain else b"")


def _constant(tensor: int | memoryview) -> tuple[str, Constant]:
    """Name and outline of a tensor's message."""
    if isinstance(tensor, int):
        raise ValueError("a number where a tensor should be")
    told = list(_of(tensor))
    shape = tuple(_whole(tensor, 1))
    kind = next((v for n, v in told if n == 2), 0)
    name = next((bytes(v).decode() for n, v in told if n == 8 and isinstance(v, memoryview)), "")
    values = None
    if kind == _INT64:
        raw = next((bytes(v) for n, v in told if n == 9 and isinstance(v, memoryview)), None)
        values = _whole(tensor, 7) if raw is None else np.frombuffer(raw, "<i8").tolist()
    return name, Constant(shape, values)


def _of(message: bytes | memoryview) -> Iterator[tuple[int, int | memoryview]]:
    for number, _, value in fields_of(memoryview(message)):
        yield number, value


def _whole(message: bytes | memoryview, number: int) -> list[int]:
    """The whole numbers of a repeated field, packed or not."""
    found: list[int] = []
    for one, value in _of(message):
        if one == number and isinstance(value, int):
            found.append(_signed(value))
        elif one == number and isinstance(value, memoryview):
            start, shift = 0, 0
            for byte in value:
                start |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    found.append(_signed(start))
                    start = shift = 0
    return found


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(value: int) -> bytes:
    value %= 1 << 64
    told = bytearray()
    while value > 0x7F:
        told.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*told, value])


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value
