"""Puts a trained network into a larger one with the same first outputs, to go on training.

What is added begins as nothing (`begin_as_nothing` of a layer sets the weights that close it to
zeros), so the larger network's first answers are those of the smaller one.
"""

from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from realtime.troubles.errors import UserError
from trainer.network.model import ModelSettings, Transcriber

SEED = 0
"""Seed of the added weights."""


@runtime_checkable
class Growable(Protocol):
    """A layer that may be added to a trained network."""

    def begin_as_nothing(self) -> None:
        """Set the weights that close the layer, so that it changes nothing at first."""


def grow(settings: ModelSettings, trained: dict[str, Tensor]) -> tuple[dict[str, Any], list[str]]:
    """Weights of a larger network that hold a smaller one's, and the names of the added layers.

    Args:
        settings: of the larger network; its widths, look-aheads and encoder are the smaller one's.
        trained: a `Transcriber.state_dict()` of the smaller one.

    Raises:
        UserError: if a weight has no place of its own shape there, or a layer that is added cannot
            begin as nothing.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network = Transcriber(settings)
    grown = network.state_dict()
    for name, value in trained.items():
        if name not in grown or grown[name].shape != value.shape:
            place = "no place" if name not in grown else f"the shape {tuple(grown[name].shape)}"
            raise UserError(
                f"--grow cannot keep '{name}' {tuple(value.shape)}: the network of --model has "
                f"{place} for it. Blocks and harmonic layers can be added; widths must stay."
            )
    added = added_layers(network, set(trained))
    for name in added:
        layer = network.get_submodule(name)
        if not isinstance(layer, Growable):
            raise UserError(f"--grow cannot add '{name}': it would change what the network says.")
        layer.begin_as_nothing()
    return {**network.state_dict(), **trained}, added


def added_layers(network: nn.Module, known: set[str]) -> list[str]:
    """The outermost layers none of whose weights is `known`, by name, in order."""
    added: list[str] = []
    for name, layer in network.named_modules():
        weights = [f"{name}.{own}" for own, _ in layer.named_parameters()]
        inside = any(name.startswith(f"{outer}.") for outer in added)
        single = not isinstance(layer, nn.ModuleList)
        if name and weights and single and not inside and known.isdisjoint(weights):
            added.append(name)
    return added
