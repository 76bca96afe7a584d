"""Runs before the bundled program: what the system lacks is taken from the bundle.

Drivers and the libraries that talk to them (OpenGL, X11, ALSA, JACK) must be the system's own where
it has them. Where it has not, the copies in the folder `fallback` are loaded, in the order of
their list; later loads by name then find them. `ctypes.util.find_library`, by which sounddevice
and JACK-Client look for theirs, asks the system's cache, which knows nothing of a bundle.
"""

import ctypes
import ctypes.util
import sys
from pathlib import Path

FALLBACK = Path(sys._MEIPASS) / "fallback"
ORDER = FALLBACK / "order.txt"


def load_missing() -> dict[str, str]:
    """Load what the system lacks; returns plain name -> file of the bundle, of what was loaded."""
    loaded = {}
    for name in ORDER.read_text(encoding="utf-8").split():
        try:
            ctypes.CDLL(name)
        except OSError:
            ctypes.CDLL(str(FALLBACK / name), mode=ctypes.RTLD_GLOBAL)
            loaded[name.removeprefix("lib").partition(".so")[0]] = str(FALLBACK / name)
    return loaded


if sys.platform.startswith("linux"):
    bundled = load_missing()
    ask_system = ctypes.util.find_library
    ctypes.util.find_library = lambda name: ask_system(name) or bundled.get(name)
