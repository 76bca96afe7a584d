"""Parts never straddle, are the same everywhere, and fractions are nested."""

import numpy as np
import pytest

from realtime.troubles.errors import UserError
from trainer.datasets.recordings import Recording
from trainer.shards.format import Clip
from trainer.shards.splits import (
    choose_fraction,
    hashed_part,
    part_of,
    recording_of,
    select_split,
    stable_fraction,
    straddling,
)


def make_corpus(works=60, movements=3):
    return [
        Recording(
            f"{work}-{movement}",
            "toy",
            None,
            composition=f"work {work}",
            performer=f"player {work % 7}",
            splits={"official": "test" if (work, movement) == (3, 0) else "train"},
        )
        for work in range(works)
        for movement in range(movements)
    ]


@pytest.mark.parametrize("scheme", ["composition", "recording", "performer"])
def test_parts_of_hashed_schemes_are_disjoint_by_group_and_cover_everything(scheme):
    corpus = make_corpus()
    parts = {part: select_split(corpus, f"{scheme}:{part}") for part in ("train", "test")}
    parts["valid"] = [one for one in corpus if part_of(one, scheme) == "valid"]
    assert sum(map(len, parts.values())) == len(corpus)
    groups = [
        {one.id if scheme == "recording" else getattr(one, scheme) for one in chosen}
        for chosen in parts.values()
    ]
    assert not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]


def test_hashes_are_the_same_on_every_machine():
    assert stable_fraction("Bach: Air") == pytest.approx(0.1976, abs=1e-4)
    shares = np.unique([hashed_part(f"group {i}") for i in range(4000)], return_counts=True)
    assert dict(zip(*shares, strict=True)).keys() == {"train", "valid", "test"}
    assert shares[1] / 4000 == pytest.approx([0.1, 0.8, 0.1], abs=0.02)


def test_disjoint_keeps_sibling_movements_out_of_training():
    corpus = make_corpus()
    assert straddling(corpus, "official") == {"work 3": {"train", "test"}}
    assert not straddling(corpus, "composition")
    plain = select_split(corpus, "official:train")
    apart = select_split(corpus, "official:train", disjoint=True)
    assert {one.id for one in plain} - {one.id for one in apart} == {"3-1", "3-2"}


@pytest.mark.parametrize("split", ["mt3:train", "official:exam", "train", "official:valid"])
def test_unknown_or_empty_splits_are_refused(split):
    with pytest.raises(UserError, match=r"[Ss]plit"):
        select_split(make_corpus(), split)


def test_an_empty_part_is_refused_with_the_sizes_of_the_others():
    with pytest.raises(UserError, match=r"none of the \d+ recordings \(train \d+, valid 0, test"):
        select_split(make_corpus(), "official:valid")


def test_fractions_are_nested_whole_recordings_and_never_empty():
    clips = [
        Clip(f"{r}#{c}", 0, 0, "", "", (), "music", {"corpus": "x", "recording": str(r)})
        for r in range(100)
        for c in range(r % 4 + 1)
    ]
    chosen = {
        f: set(choose_fraction(clips, f, 5, recording_of)) for f in (0.001, 0.01, 0.03, 0.1, 0.5, 1)
    }
    names = {f: {clips[i].categories["recording"] for i in rows} for f, rows in chosen.items()}
    assert [len(names[f]) for f in chosen] == [1, 1, 3, 10, 50, 100]
    for small, large in zip(list(chosen)[:-1], list(chosen)[1:], strict=True):
        assert chosen[small] <= chosen[large]
    for f, rows in chosen.items():
        whole = {i for i, clip in enumerate(clips) if clip.categories["recording"] in names[f]}
        assert rows == whole
    assert set(choose_fraction(clips, 0.1, 6, recording_of)) != chosen[0.1]
    with pytest.raises(UserError, match="label-fraction"):
        choose_fraction(clips, 0.0, 5, recording_of)


def test_rendered_clips_group_by_song():
    assert recording_of(Clip("a", 0, 0, "", "song", (), "music")) == "song"
    assert recording_of(Clip("a", 0, 0, "", "", (), "music")) == "a"
