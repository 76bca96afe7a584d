"""Licences of the recordings that a set of shards holds, as far as they are known."""

from collections.abc import Iterable, Sequence

from trainer.shards.format import Clip

UNKNOWN_LICENCE = "unknown"
CORPORA = {
    "musicnet": "CC-BY-4.0",
    "musicnet-em": "CC-BY-4.0",
    "maestro": "CC-BY-NC-SA-4.0",
    "maps": "CC-BY-NC-SA-2.0",
    "smd": "CC-BY-NC-SA-3.0",
    "guitarset": "MIT",
    "guitarset-mix": "MIT",
    "guitarset-hex": "MIT",
    "guitarset-clean": "MIT",
    "slakh": "CC-BY-4.0",
    "slakh-stems": "CC-BY-4.0",
}
"""Corpus -> SPDX name, as docs/data.md has them; the licences of all others are not known."""
COLUMN = "licence"
"""Category, from a metadata table, that states a recording's own."""


def licences_of(clips: Iterable[Clip]) -> list[str]:
    """Licences of all clips, each once, in order; `unknown` among them where a clip has none."""
    found = {
        clip.categories.get(COLUMN) or CORPORA.get(clip.categories.get("corpus", ""), "")
        for clip in clips
    }
    return sorted(licence or UNKNOWN_LICENCE for licence in found)


def join_licences(licences: Sequence[str]) -> str:
    """One SPDX expression of what a model learned from; `unknown` where any part of it is."""
    if not licences or UNKNOWN_LICENCE in licences:
        return UNKNOWN_LICENCE
    return " AND ".join(sorted(set(licences)))
