"""Transcriber -> ONNX graph: one hop in, logits and next state out."""

import io
import itertools
import warnings
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch import Tensor, nn

from export.one_hop import for_one_hop
from realtime.inference.spec import FEATURES, HEAD_TENSORS, INSTRUMENTS, OUTPUTS, SPECTRUM
from realtime.troubles.errors import UserError
from trainer.network.architectures import encoder_with_future
from trainer.network.backbone import Backbone
from trainer.network.heads import TranscriptionHead
from trainer.network.model import Transcriber

OPSET = 18

LARGE_CONSTANT = 10_000
"""Values; smaller constants stay as they are."""

LOOKS_AHEAD: tuple[type[nn.Module], ...] = (
    nn.InstanceNorm1d,
    nn.InstanceNorm2d,
    nn.GroupNorm,
)
"""Layers whose statistics run over time: what they say about now depends on later. A layer of ours
says so itself, by `streams = False`."""


def output_names(model: Transcriber) -> tuple[str, ...]:
    """What the graph of a model gives beside the state."""
    classes = (INSTRUMENTS,) if model.class_names else ()
    return (*OUTPUTS, SPECTRUM, *classes, *((FEATURES,) if feature_width(model) else ()))


def feature_width(model: Transcriber) -> int:
    """Values of a pitch that its head reads, where all pitches share the head; else 0."""
    return model.head.hidden.in_features if isinstance(model.head, TranscriptionHead) else 0


class OneHop(nn.Module):
    """The transcriber's own forward with flat inputs and outputs, as ONNX wants them."""

    def __init__(self, model: Transcriber) -> None:
        super().__init__()
        self.model = model

    def forward(self, audio: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """(audio, *state) -> (onset, frame, offset, velocity, spectrum, *next state).

        Before the state a model that tells instruments apart says which, and one whose pitches
        share a head gives what that reads.
        """
        said = self.model.outputs(audio, state)
        classes = (said.classes,) if self.model.class_names else ()
        features = (said.context,) if feature_width(self.model) else ()
        return (*said.activations, said.spectrum, *classes, *features, *said.state)


def refuse_non_causal(model: nn.Module) -> None:
    """Stop at the first layer that cannot stream.

    Raises:
        UserError: naming the layer.
    """
    for name, layer in model.named_modules():
        bidirectional = isinstance(layer, nn.RNNBase) and layer.bidirectional
        unstreamable = not getattr(layer, "streams", True)
        if isinstance(layer, LOOKS_AHEAD) or bidirectional or unstreamable:
            kind = encoder_with_future(model)
            instead = f"--model.encoder.{kind}.norm channel" if kind else "causal layers only"
            raise UserError(
                f"Layer '{name}' ({type(layer).__name__}) needs the future and cannot be exported; "
                f"train with {instead}."
            )


def build_graph(model: Transcriber) -> bytes:
    """Trace one hop in evaluation mode.

    Returns:
        A serialised ONNX model: inputs `audio` (1, hop_samples) and the named state; outputs
        logits (1, 1, look_aheads, 88), `spectrum` (1, 1, bins), `instruments` (1, 1, classes) where
        the model tells them apart, `features` (1, 1, 88, width) where pitches share a head, and
        `next_NAME` for each state. What nobody fetches costs a hop nothing. The weights of a shared
        head are initialisers called as `HEAD_TENSORS` says, which teaching replaces.

    Raises:
        UserError: if a layer cannot stream.
    """
    refuse_non_causal(model)
    fold_batch_norms(model)
    graph = trace(OneHop(for_one_hop(model)), model, output_names(model))
    if isinstance(model.head, TranscriptionHead):
        name_head_weights(graph, model.head)
    onnx.checker.check_model(graph)
    return bytes(graph.SerializeToString())


def trace(hop: nn.Module, model: Backbone, outputs: Sequence[str]) -> onnx.ModelProto:
    """The graph of one hop of `model`, its large constants halved where that loses nothing.

    Args:
        hop: (audio, *state) -> (*outputs, *next state).
        model: whose state is carried.
        outputs: names of what `hop` gives before the state.
    """
    state_names = list(model.state_shapes())
    example = (torch.zeros(1, model.hop_samples), *model.initial_state(1))
    buffer = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        # The tracer warns that sizes are fixed: one hop, batch 1, is what the live path runs.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            hop.eval(),
            example,
            cast(Any, buffer),
            dynamo=False,
            opset_version=OPSET,
            input_names=["audio", *state_names],
            output_names=[*outputs, *(f"next_{name}" for name in state_names)],
            do_constant_folding=True,
        )
    graph = onnx.load_model_from_string(buffer.getvalue())
    drop_idle_casts(graph)
    halve_constants(graph)
    return graph


def name_head_weights(graph: onnx.ModelProto, head: TranscriptionHead) -> None:
    """Call, in place, the initialisers that hold a head's weights as `HEAD_TENSORS` says.

    Raises:
        UserError: if the graph does not hold each of them once, as plain bytes in single precision.
    """
    layers = head.hidden, head.out
    wanted = [values for layer in layers for values in (layer.weight.T, layer.bias)]
    for name, tensor in zip(HEAD_TENSORS, wanted, strict=True):
        values = tensor.detach().numpy().astype(np.float32)
        found = [
            one
            for one in graph.graph.initializer
            if tuple(one.dims) == values.shape
            and np.array_equal(onnx.numpy_helper.to_array(one), values)
        ]
        if len(found) != 1:
            raise UserError(f"The exported graph holds '{name}' {len(found)} times, not once.")
        before = found[0].name
        found[0].CopyFrom(onnx.numpy_helper.from_array(values, name))
        for node in graph.graph.node:
            node.input[:] = [name if one == before else one for one in node.input]


def drop_idle_casts(graph: onnx.ModelProto) -> None:
    """Leave out, in place, what casts numbers to the type that they have, and do without."""
    known = onnx.shape_inference.infer_shapes(graph).graph
    types = {
        value.name: value.type.tensor_type.elem_type
        for value in (*known.value_info, *known.input, *known.output)
    }
    fixed = {value.name for value in (*graph.graph.input, *graph.graph.output)}
    idle = {
        node.input[0]: node.output[0]
        for node in graph.graph.node
        if node.op_type == "Cast"
        and node.input[0] not in fixed
        and types.get(node.input[0]) == node.attribute[0].i
    }
    renamed = {before: after for before, after in idle.items() if before not in idle.values()}
    nodes = [node for node in graph.graph.node if not _is_idle(node, renamed)]
    for node in nodes:
        for names in (node.input, node.output):
            names[:] = [renamed.get(name, name) for name in names]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def _is_idle(node: onnx.NodeProto, renamed: dict[str, str]) -> bool:
    return node.op_type == "Cast" and renamed.get(node.input[0]) == node.output[0]


def halve_constants(graph: onnx.ModelProto) -> None:
    """Store, in place, large constants in half precision where that changes no value.

    The runtime casts them back once, when it loads the file.
    """
    nodes = []
    for node in graph.graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            name = node.output[0]
            halves = exact_halves(node.attribute[0].t)
            if halves is not None:
                graph.graph.initializer.append(onnx.numpy_helper.from_array(halves, f"{name}_half"))
                node = onnx.helper.make_node(
                    "Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT
                )
        nodes.append(node)
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def exact_halves(constant: onnx.TensorProto) -> np.ndarray[Any, np.dtype[np.float16]] | None:
    """A large float32 constant as float16, None where it is small or would change."""
    values = onnx.numpy_helper.to_array(constant)
    if values.dtype != np.float32 or values.size < LARGE_CONSTANT:
        return None
    with np.errstate(over="ignore"):
        halves = values.astype(np.float16)
    return halves if np.array_equal(halves.astype(np.float32), values) else None


def fold_batch_norms(model: nn.Module) -> None:
    """Merge, in place, each BatchNorm that directly follows a convolution in a Sequential."""
    for block in model.modules():
        if not isinstance(block, nn.Sequential):
            continue
        layers: Sequence[nn.Module] = list(block)
        for index, (first, second) in enumerate(itertools.pairwise(layers)):
            if isinstance(first, nn.Conv1d | nn.Conv2d) and isinstance(
                second, nn.BatchNorm1d | nn.BatchNorm2d
            ):
                folded = torch.nn.utils.fusion.fuse_conv_bn_eval(first.eval(), second.eval())
                block[index], block[index + 1] = folded, nn.Identity()


def add_metadata(graph: bytes, values: dict[str, str]) -> bytes:
    """Copy a model with these metadata entries added or replaced."""
    model = onnx.load_model_from_string(graph)
    kept = {entry.key: entry.value for entry in model.metadata_props} | values
    onnx.helper.set_model_props(model, kept)
    return bytes(model.SerializeToString())
