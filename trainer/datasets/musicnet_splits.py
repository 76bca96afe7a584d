"""The splits of MusicNet that the literature uses, by name.

Sources: jthickstun/thickstun2018invariances (lib/config.py), Cheuk et al. 2021 (ReconVAT),
Gardner et al. 2022 (MT3), as collected in mimbres/YourMT3 (preprocess_musicnet.py).
"""

OFFICIAL_TEST = frozenset({1759, 1819, 2106, 2191, 2298, 2303, 2382, 2416, 2556, 2628})
"""Test folder of the published corpus; Thickstun's "extended" test set."""

THICKSTUN_TEST = frozenset({1819, 2303, 2382})
CHEUK_TEST = frozenset({2191, 2628, 2106, 2298, 1819, 2416})
"""Strings and winds of the official test set."""

MT3_VALID = frozenset(
    {1733, 1765, 1790, 1818, 2160, 2198, 2289, 2300, 2308, 2315, 2336, 2466, 2477, 2504, 2611}
)
MT3_TEST = frozenset(
    {1729, 1776, 1813, 1893, 2118, 2186, 2296, 2431, 2432, 2487, 2497, 2501, 2507, 2537, 2621}
)

SCHEMES = ("official", "thickstun", "cheuk", "mt3")


def split_parts(id: int) -> dict[str, str]:
    """Scheme -> part of recording `id`; "" where a scheme leaves it out.

    The rest of the official test set is left out of `thickstun` and `cheuk`, whose authors
    trained on the 320 official training recordings.
    """
    official = "test" if id in OFFICIAL_TEST else "train"
    small = {"train": "train", "test": ""}[official]
    return {
        "official": official,
        "thickstun": "test" if id in THICKSTUN_TEST else small,
        "cheuk": "test" if id in CHEUK_TEST else small,
        "mt3": "valid" if id in MT3_VALID else "test" if id in MT3_TEST else "train",
    }
