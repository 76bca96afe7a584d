"""Layers for a single hop say what the layers they stand for say, with fewer operators."""

import onnx
import pytest
import torch

from export.one_hop import GROUP_VALUES, HopStack, HopViews, cheapest_groups
from export.to_onnx import build_graph
from trainer.network.encoders.harmonic import HarmonicSettings, SpectralViews
from trainer.network.encoders.spectrum import SpectrumSettings
from trainer.network.layers.causal import HarmonicStack
from trainer.network.model import Transcriber


@pytest.mark.parametrize("attack_cycles", [0.0, 8.0])
def test_the_views_of_a_hop_are_the_views(attack_cycles):
    torch.manual_seed(1)
    spectrum = SpectrumSettings(cycles=20, longest_window_ms=200)
    whole = SpectralViews(HarmonicSettings(spectrum, attack_cycles=attack_cycles))
    hop = HopViews(whole)
    tail, audio = torch.randn(1, whole.tail_samples) / 9, torch.randn(1, 160) / 9
    expected, next_tail = whole(audio, tail)
    found, found_tail = hop(audio, tail)
    assert torch.equal(found_tail, next_tail)
    assert found.shape == expected.shape
    assert (found - expected).abs().max() < 1e-5
    stored = sum(kernel.numel() for kernel in hop.buffers())
    assert stored < sum(kernel.numel() for kernel in whole.buffers())
    silence = torch.zeros(1, 160), torch.zeros_like(tail)
    assert (hop(*silence)[0] - whole(*silence)[0]).abs().max() < 1e-5


def test_a_stack_gathers_the_same_rows():
    torch.manual_seed(2)
    stack = HarmonicStack(5, 7, 88, (-12, 0, 19, 36))
    x = torch.randn(1, 1, 101, 5)
    assert torch.allclose(HopStack(stack)(x), stack(x), atol=1e-6)


def test_windows_are_grouped_where_that_saves_most():
    assert cheapest_groups([4096] * 9) == [(0, 9)]
    assert cheapest_groups([8 * GROUP_VALUES, 8 * GROUP_VALUES, 1, 1]) == [(0, 2), (2, 4)]
    assert cheapest_groups([10, 9, 8, 7]) == [(0, 4)], "a cut costs more than it saves"
    assert cheapest_groups([]) == []


def test_the_graph_of_the_default_network_is_short():
    graph = onnx.load_model_from_string(build_graph(Transcriber().eval())).graph
    operators = [node.op_type for node in graph.node if node.op_type != "Constant"]
    assert len(operators) < 150
