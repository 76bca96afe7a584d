"""Which frames a prediction is told apart from."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

SamplerKind = Literal["same-sequence", "same-category", "uniform", "sequential"]


class Members(NamedTuple):
    """For each sequence of a group, the sequences that its negatives come from."""

    order: Tensor
    """`(group, group)`: the sequence itself, its other sources, then the rest."""
    counts: Tensor
    """`(group,)`: how many of them are sources."""


def choose_members(kind: SamplerKind, categories: Tensor) -> Members:
    """Sources of negatives for each sequence of a group.

    Args:
        kind: same-sequence keeps to the sequence itself (the room and the timbre then tell
            nothing); same-category to sequences with the same number in `categories`; uniform and
            sequential take the whole group.
        categories: `(group,)` integers.
    """
    group = len(categories)
    own = torch.eye(group, dtype=torch.bool, device=categories.device)
    if kind == "same-sequence":
        source = own
    elif kind == "same-category":
        source = categories[:, None] == categories[None, :]
    else:
        source = torch.ones_like(own)
    rank = 2 - source.int() - own.int()
    return Members(torch.argsort(rank, dim=1, stable=True), source.sum(dim=1))


def draw_negatives(
    members: Members,
    positives: Tensor,
    frames: int,
    count: int,
    exclude: int,
    generator: torch.Generator,
) -> Tensor:
    """Draw frames uniformly, with replacement, from a sequence's sources.

    Frames of the sequence itself within `exclude` of the positive are never drawn: a held note
    would make them false negatives.

    Args:
        members: sources of each sequence of the group.
        positives: `(anchors, steps)` frame number of each positive.
        frames: length of the sequences; more than the exclusion zone, 2 * exclude + 1.
        count: negatives of each positive.
        exclude: frames on either side of the positive.
        generator: on the device of `positives`.

    Returns:
        `(group, anchors, steps, count)` places in the group's frames laid end to end, sequence
        `g` beginning at `g * frames`.
    """
    group = len(members.counts)
    first = (positives - exclude).clamp(min=0)[None, ..., None]
    last = (positives + exclude).clamp(max=frames - 1)[None, ..., None]
    zone = last - first + 1
    own_allowed = frames - zone
    allowed = own_allowed + (members.counts - 1)[:, None, None, None] * frames
    chance = torch.rand(
        (group, *positives.shape, count), generator=generator, device=positives.device
    )
    drawn = torch.minimum((chance * allowed).long(), allowed - 1)
    starts = frames * torch.arange(group, device=drawn.device)[:, None, None, None]
    own = starts + drawn + zone * (drawn >= first)
    if int(members.counts.max()) == 1:
        return own
    beyond = (drawn - own_allowed).clamp(min=0)
    place = 1 + torch.div(beyond, frames, rounding_mode="floor")
    other = members.order.gather(1, place.clamp(max=group - 1).flatten(1)).view_as(drawn)
    return torch.where(drawn < own_allowed, own, other * frames + beyond % frames)
