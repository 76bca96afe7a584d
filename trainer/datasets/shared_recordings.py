"""Recordings that are learned from and held out at once: then nothing is held out."""

from collections.abc import Iterable

from trainer.datasets.shards import Clip
from trainer.datasets.splits import recording_of


def tell_shared(learned: Iterable[Clip], held_out: Iterable[Clip]) -> str:
    """One sentence on recordings that both sides hold; empty where there are none.

    Recordings are known by what shards keep of them: corpus and recording, of rendered clips the
    song, else the clip's id (`trainer.datasets.splits.recording_of`).
    """
    heard = set(map(recording_of, held_out))
    shared = sorted(heard & set(map(recording_of, learned)))
    if not shared:
        return ""
    return (
        f"{len(shared)} of the {len(heard)} recordings of --valid are learned from too (first "
        f"'{shared[0]}'): figures of validation will be too good; hold other recordings out with "
        "`jtm data index --split`"
    )
