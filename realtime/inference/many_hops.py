"""The graph of one hop -> the graph of many hops at once, which does the same arithmetic faster.

Each tensor of the graph belongs to one hop. Here it gets an axis of hops: where the graph joins a
carried tail with what is new, the tail and all new frames are joined; where it cuts windows out of
the sound, the windows of all hops are cut; recurrent layers read a sequence of all, not of one.
What no rule is for is refused: then a model is heard hop by hop.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from realtime.inference.onnx_graph import (
    Graph,
    Node,
    read_graph,
    transpose,
    whole_constant,
    with_number,
    write_graph,
)
from realtime.inference.spec import FEATURES, INSTRUMENTS, OUTPUTS, SPECTRUM, ModelSpec

ALIKE = frozenset(
    ("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Neg", "Abs", "Clip", "Log", "Sqrt", "Exp")
) | {"Tanh", "Sigmoid", "Erf", "Relu", "Cast", "Identity", "LayerNormalization", "MatMul"}
"""Operators that leave the axis of hops where it is."""
RECURRENT = frozenset(("LSTM", "GRU", "RNN"))
REDUCING = frozenset(("ReduceL2", "ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin"))


class CannotRunAheadError(Exception):
    """A graph has a node that no rule is for."""


def many_hops(content: bytes, spec: ModelSpec, hops: int) -> bytes:
    """A model file that hears `hops` hops a call.

    Args:
        content: of the file that hears one.
        spec: of the model.
        hops: how many.

    Returns:
        A file with the same inputs and outputs, but for `audio` (1, hops * hop_samples) and
        outputs (1, hops, ...); the state is carried as before.

    Raises:
        CannotRunAheadError: if the graph has a node that no rule is for, or is no graph of ours.
    """
    try:
        graph = read_graph(content)
        work = _Rewriting(graph, spec, hops)
        for node in graph.nodes:
            work.rewrite(node)
        return work.write()
    except (ValueError, IndexError, KeyError, StopIteration) as error:
        raise CannotRunAheadError(str(error)) from error


class _Rewriting:
    """The nodes written so far, and where the hops are in what they give."""

    def __init__(self, graph: Graph, spec: ModelSpec, hops: int) -> None:
        self.graph, self.spec, self.hops = graph, spec, hops
        self.nodes: list[Node] = []
        self.place: dict[str, tuple[int, int]] = {}
        """Tensor with hops -> their axis, and how many axes it has."""
        self.joined: set[str] = set()
        """Tensors in which a carried tail comes before the hops."""
        self.sound: dict[str, int] = {"audio": 0}
        """Samples (1, n) without an axis of hops -> how many came before the first hop."""
        self.state = {state.name: state for state in spec.state}
        """Carried tensors, also under the names of their casts."""
        self.rules: dict[str, Callable[[Node], None]] = {
            "Concat": self._join,
            "Slice": self._cut,
            "Transpose": self._turn,
            "Conv": self._convolve,
            "Reshape": self._reshape,
            "Unsqueeze": self._widen,
            "Squeeze": self._narrow,
            "Gather": self._gather,
            **dict.fromkeys(REDUCING, self._reduce),
            **dict.fromkeys(RECURRENT, self._recur),
            **dict.fromkeys(ALIKE, self._alike),
        }

    def rewrite(self, node: Node) -> None:
        """Write what a node becomes.

        Raises:
            CannotRunAheadError: if no rule is for it.
        """
        heard = [name for name in node.inputs if name in self.place or name in self.sound]
        if not heard:
            self.nodes.append(node)
            if node.op == "Cast" and node.inputs[0] in self.state:
                self.state[node.outputs[0]] = self.state[node.inputs[0]]
        elif node.op == "Shape":
            self.nodes.append(node)
        elif node.domain or node.op not in self.rules:
            raise CannotRunAheadError(f"no rule for {node.op}")
        else:
            self.rules[node.op](node)

    def write(self) -> bytes:
        """Write the graph as the bytes of a whole model file."""
        names = [*OUTPUTS, SPECTRUM, INSTRUMENTS, FEATURES]
        outputs = [name for name in names if name in self.place]
        for name in outputs:
            axis, rank = self.place[name]
            if axis == 0:
                self._rename(name, f"{name}@hops")
                self.nodes.append(transpose(f"{name}@hops", name, [1, 0, *range(2, rank)]))
            elif axis != 1:
                raise CannotRunAheadError(f"{name} has its hops along axis {axis}")
        carried = [f"next_{state.name}" for state in self.spec.state]
        inputs: list[tuple[str, Sequence[int]]]
        inputs = [("audio", (1, self.hops * self.spec.hop_samples))]
        inputs += [(state.name, state.shape) for state in self.spec.state]
        return write_graph(self.graph, self.nodes, inputs, [*outputs, *carried])

    def _rename(self, before: str, after: str) -> None:
        def named(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(after if name == before else name for name in names)

        self.nodes = [
            replace(node, inputs=named(node.inputs), outputs=named(node.outputs))
            for node in self.nodes
        ]

    def _put(self, node: Node, axis: int, rank: int) -> None:
        """Write a node whose first output has its hops there."""
        self.nodes.append(node)
        self.place[node.outputs[0]] = axis, rank

    def _fresh(self, name: str) -> str:
        return f"{name}@{len(self.nodes)}"

    def _constant(self, values: object, name: str) -> str:
        named = self._fresh(name)
        self.nodes.append(whole_constant(named, np.array(values)))
        return named

    def _values(self, name: str) -> list[int]:
        known = self.graph.constants.get(name)
        if known is None or known.values is None:
            raise CannotRunAheadError(f"'{name}' is not known")
        return known.values

    def _whole(self, name: str) -> tuple[int, int]:
        """Place of the hops in a tensor without a tail before them."""
        if name in self.joined:
            raise CannotRunAheadError(f"'{name}' holds a tail")
        return self.place[name]

    def _turned(self, name: str, wanted: int) -> str:
        """A tensor with its hops along the other of its first two axes, of which one is single."""
        axis, rank = self.place[name]
        if axis == wanted:
            return name
        if {axis, wanted} != {0, 1}:
            raise CannotRunAheadError(f"'{name}' has its hops along axis {axis}")
        turned = self._fresh(name)
        self._put(transpose(name, turned, [1, 0, *range(2, rank)]), wanted, rank)
        return turned

    def _alike(self, node: Node) -> None:
        if node.inputs[0] in self.sound:
            self.nodes.append(node)
            self.sound[node.outputs[0]] = self.sound[node.inputs[0]]
            return
        if any(name in self.sound for name in node.inputs):
            raise CannotRunAheadError(f"{node.op} of samples")
        places = [self._whole(name) for name in node.inputs if name in self.place]
        axis, rank = max(places, key=lambda place: place[1])
        known = self.graph.constants
        widest = max((len(known[one].shape) for one in node.inputs if one in known), default=0)
        # Shapes are aligned at their last axis: hops must be equally far from it in every tensor,
        # and no constant may be wider, or values of different hops would meet.
        if len({count - at for at, count in places}) > 1 or widest > rank:
            raise CannotRunAheadError(f"{node.op} of tensors with hops along different axes")
        if node.op == "MatMul" and (node.inputs[0] not in self.place or axis == rank - 1):
            raise CannotRunAheadError("MatMul over hops")
        self._put(node, axis, rank)

    def _join(self, node: Node) -> None:
        axis = node.number("axis")
        first, *others = node.inputs
        # A state before what is new is how a layer remembers: all hops follow one state then, along
        # the axis of time, where hop by hop each would have had its own.
        if first in self.state and len(others) == 1:
            (new,) = others
            if new in self.sound:
                if len(self.state[first].shape) != 2:
                    raise CannotRunAheadError("samples of several channels")
                self.nodes.append(node)
                self.sound[node.outputs[0]] = self.state[first].shape[1]
                return
            turned = self._turned(new, axis)
            self._put(replace(node, inputs=(first, turned)), axis, self.place[new][1])
            self.joined.add(node.outputs[0])
            return
        places = [self._whole(name) for name in node.inputs if name in self.place]
        hops, rank = places[0]
        if len(set(places)) > 1 or axis % rank == hops:
            raise CannotRunAheadError("Concat of tensors with hops along different axes")
        self._put(
            replace(node, inputs=tuple(self._spread(n, hops) for n in node.inputs)), hops, rank
        )

    def _spread(self, name: str, axis: int) -> str:
        """A constant repeated for every hop; what has hops stays."""
        if name in self.place:
            return name
        shape = list(self.graph.constants[name].shape)
        if shape[axis] != 1:
            raise CannotRunAheadError(f"'{name}' is no constant of one hop")
        shape[axis] = self.hops
        wide = self._fresh(name)
        self.nodes.append(Node("Expand", (name, self._constant(shape, "shape")), (wide,)))
        return wide

    def _cut(self, node: Node) -> None:
        source, starts, ends, axes, *steps = node.inputs
        (start,), (end,), (axis,) = (self._values(name) for name in (starts, ends, axes))
        if any(self._values(name) != [1] for name in steps) or end < 1 << 31:
            raise CannotRunAheadError("Slice that does not reach the end")
        (result,) = node.outputs
        if result.startswith("next_") and (source in self.sound or source in self.joined):
            size = self.state[result.removeprefix("next_")].shape[axis]
            first = self._constant([-size], starts)
            self.nodes.append(replace(node, inputs=(source, first, ends, axes, *steps)))
        elif source in self.sound and start < 0 and axis == 1:
            self._cut_windows(node, -start)
        elif source in self.place and self._whole(source)[0] != axis:
            self._put(node, *self.place[source])
        else:
            raise CannotRunAheadError("Slice of another kind")

    def _cut_windows(self, node: Node, size: int) -> None:
        """The last samples before the end of each hop, (hops, size)."""
        hop = self.spec.hop_samples
        ends = self.sound[node.inputs[0]] + hop * np.arange(1, self.hops + 1)
        if ends[0] < size:
            raise CannotRunAheadError("a window before the first sample")
        rows = self._constant(ends[:, None] - size + np.arange(size), "windows")
        cut = self._fresh(node.outputs[0])
        gather = Node("Gather", (node.inputs[0], rows), (cut,))
        self.nodes.append(with_number(gather, "axis", 1))
        shape = self._constant([self.hops, size], "shape")
        self._put(Node("Reshape", (cut, shape), node.outputs), 0, 2)

    def _turn(self, node: Node) -> None:
        (source,) = node.inputs
        axis, rank = self.place[source]
        self._put(node, node.numbers("perm").index(axis), rank)
        if source in self.joined:
            self.joined.add(node.outputs[0])

    def _convolve(self, node: Node) -> None:
        axis, rank = self.place[node.inputs[0]]
        if axis == 1 or (node.inputs[0] in self.joined) != (axis > 1):
            raise CannotRunAheadError("Conv over hops without their past")
        if axis > 1 and node.numbers("strides")[axis - 2 :][:1] != [1]:
            raise CannotRunAheadError("Conv that leaves hops out")
        self._put(node, axis, rank)

    def _reshape(self, node: Node) -> None:
        source, target = node.inputs
        axis, rank = self._whole(source)
        if target not in self.graph.constants:
            # computed from the shape of the tensor itself: axes behind the hops are divided
            self._put(node, axis, rank + 1)
            return
        shape = self._values(target)
        single = [i for i, size in enumerate(shape) if size == 1]
        if not single or 0 in shape:
            raise CannotRunAheadError("Reshape without an axis for hops")
        kept = axis if axis in single else single[0]
        if any(size != 1 for size in shape[:kept]):
            raise CannotRunAheadError("Reshape with hops behind others")
        shape = [*shape]
        shape[kept] = self.hops
        self._put(node.with_inputs(source, self._constant(shape, target)), kept, len(shape))

    def _widen(self, node: Node) -> None:
        axis, rank = self._whole(node.inputs[0])
        for new in sorted(axis_ % (rank + 1) for axis_ in self._values(node.inputs[1])):
            axis, rank = axis + (new <= axis), rank + 1
        self._put(node, axis, rank)

    def _narrow(self, node: Node) -> None:
        self._remove_axes(node, self._values(node.inputs[1]))

    def _reduce(self, node: Node) -> None:
        axes = self._values(node.inputs[1])
        if node.number("keepdims", 1):
            axis, rank = self._whole(node.inputs[0])
            if axis in {one % rank for one in axes}:
                raise CannotRunAheadError(f"{node.op} over hops")
            self._put(node, axis, rank)
        else:
            self._remove_axes(node, axes)

    def _remove_axes(self, node: Node, axes: list[int]) -> None:
        axis, rank = self._whole(node.inputs[0])
        lost = {one % rank for one in axes}
        if axis in lost:
            raise CannotRunAheadError(f"{node.op} over hops")
        self._put(node, axis - sum(one < axis for one in lost), rank - len(lost))

    def _gather(self, node: Node) -> None:
        source, indices = node.inputs
        chosen = node.number("axis")
        axis, rank = self._whole(source)
        chosen %= rank
        if indices not in self.graph.constants or chosen == axis:
            raise CannotRunAheadError("Gather over hops")
        gained = len(self.graph.constants[indices].shape) - 1
        self._put(node, axis + gained * (chosen < axis), rank + gained)

    def _recur(self, node: Node) -> None:
        source, *others = node.inputs
        if self._whole(source)[1] != 3 or any(name in self.place for name in others):
            raise CannotRunAheadError(f"{node.op} of several sequences")
        self._put(node.with_inputs(self._turned(source, 0), *others), 0, 4)
