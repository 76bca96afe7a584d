"""Which corpus a folder is: one that lies deeper, or a part of one, is not read as any pairs."""

import pytest

from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus


@pytest.mark.parametrize("depth", ["corpora", "disk/corpora"])
@pytest.mark.parametrize("name", ["maestro", "musicnet", "guitarset", "urmp"])
def test_a_corpus_deeper_in_a_folder_does_not_lose_its_splits(name, depth, tmp_path):
    """Read as any pairs, works would stand on both sides of a split, and pedals be key-ups."""
    place = tmp_path / depth
    getattr(trees, f"write_{name}")(place)
    trees.write_midi(tmp_path / "own" / "a.mid")
    trees.write_tone(tmp_path / "own" / "a.wav")
    with pytest.raises(UserError, match=f"corpora' holds {name}, .*give that folder"):
        read_corpus(tmp_path)
    assert {one.corpus for one in read_corpus(place)} == {name}
    assert {one.corpus for one in read_corpus(tmp_path, "pairs")} == {"pairs"}
    assert len(read_corpus(tmp_path / "own")) == 1


def test_a_year_of_maestro_does_not_lose_its_splits(tmp_path):
    trees.write_maestro(tmp_path / "maestro")
    with pytest.raises(UserError, match=r"maestro' holds maestro, .*give that folder"):
        read_corpus(tmp_path / "maestro" / "2004")
