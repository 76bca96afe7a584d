"""Chooses the frames that a prediction is told apart from: the negatives of InfoNCE."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

SamplerKind = Literal["same-sequence", "same-category", "uniform", "sequential"]


class Negatives(NamedTuple):
    """Drawn frames, and how many there were to draw from."""

    places: Tensor
    """`(group, anchors, steps, count)` places in the group's frames laid end to end, sequence `g`
    beginning at `g * frames`."""
    pool: Tensor
    """`(group, anchors, steps)` frames that could have been drawn."""


class Zones(NamedTuple):
    """For each positive, the frames of each sequence that may not be its negatives."""

    first: Tensor
    """`(group, anchors, steps, sequences)` where they begin."""
    length: Tensor
    """Frames that are allowed, in the same shape; 0 where all are."""


class Members(NamedTuple):
    """The sequences that the negatives of each sequence of a group come from."""

    order: Tensor
    """`(group, group)`: the sequence itself, its other sources, then the rest."""
    counts: Tensor
    """`(group,)`: how many of them are sources."""
    most: int
    """The largest of the counts."""


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
    counts = source.sum(dim=1)
    known = {"same-sequence": 1, "same-category": 0}.get(kind, group)
    most = known or int(counts.max())  # asking the counts makes a GPU's host wait
    return Members(torch.argsort(rank, dim=1, stable=True), counts, most)


def exclusion_zones(
    order: Tensor, positives: Tensor, frames: int, exclude: int, spans: Tensor
) -> Zones:
    """Frames that are near a positive in the recording, wherever the group holds them.

    A held note would make them false negatives. Of the sequence itself these are the frames within
    `exclude` of the positive; sequences that were cut from the same clip may hold the same moment
    too, perhaps at another tempo.

    Args:
        order: `(group, sequences)` the sequences to look into; the first is the sequence itself.
        positives: `(anchors, steps)` frame number of each positive.
        frames: length of the sequences.
        exclude: frames on either side of the positive.
        spans: `(group, 3)` integers: the clip that a sequence was cut from, and the samples of the
            clip with which it begins and ends, the greater one first where it runs backwards.
    """
    clips, begins, ends = spans.unbind(dim=1)
    paces = (ends - begins) / frames
    same = (clips[:, None] == clips[order])[:, None, None]
    shift = ((begins[:, None] - begins[order]) / paces[order])[:, None, None]
    ratio = (paces[:, None] / paces[order])[:, None, None]
    centre = (shift + ratio * positives[None, ..., None]).round().long()
    first = (centre - exclude).clamp(min=0)
    last = (centre + exclude).clamp(max=frames - 1)
    return Zones(first, torch.where(same, last - first + 1, 0).clamp(min=0))


def draw_negatives(
    members: Members,
    positives: Tensor,
    frames: int,
    count: int,
    exclude: int,
    spans: Tensor,
    generator: torch.Generator,
) -> Negatives:
    """Draw frames uniformly, with replacement, from a sequence's sources.

    Args:
        members: sources of each sequence of the group.
        positives: `(anchors, steps)` frame number of each positive.
        frames: length of the sequences; more than the exclusion zone, 2 * exclude + 1.
        count: negatives of each positive.
        exclude: frames on either side of the positive that are never drawn.
        spans: `(group, 3)` where the sequences were cut from, as `exclusion_zones` wants it.
        generator: on the device of `positives`.
    """
    group, most = len(members.counts), members.most
    order = members.order[:, :most]
    zones = exclusion_zones(order, positives, frames, exclude, spans)
    is_source = torch.arange(most, device=order.device) < members.counts[:, None]
    allowed = (frames - zones.length) * is_source[:, None, None]
    ends = allowed.cumsum(dim=-1)
    pool = ends[..., -1:]
    chance = torch.rand(
        (group, *positives.shape, count), generator=generator, device=positives.device
    )
    drawn = torch.minimum((chance * pool).long(), pool - 1)
    if most == 1:
        starts = frames * torch.arange(group, device=drawn.device)[:, None, None, None]
        places = starts + drawn + zones.length * (drawn >= zones.first)
        return Negatives(places, pool[..., 0])
    member = torch.searchsorted(ends, drawn, right=True)
    frame = drawn - (ends - allowed).gather(-1, member)
    beyond = frame >= zones.first.gather(-1, member)
    frame = frame + zones.length.gather(-1, member) * beyond
    sequence = order.gather(1, member.flatten(1)).view_as(member)
    return Negatives(sequence * frames + frame, pool[..., 0])
