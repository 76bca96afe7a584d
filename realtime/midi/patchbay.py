"""Remembers on JACK who was connected to our MIDI port, and connects them again.

A port that is opened anew, after a crash or at the next start, has the same name and nobody behind
it: what the user patched is kept beside the program's other state and restored.
"""

import contextlib
import ctypes
import ctypes.util
import json
import queue
import threading
from pathlib import Path
from typing import Any

from realtime.values.atomic import replace_text
from realtime.values.json_text import parse_json

_NO_START_SERVER = 1
_MOST_TARGETS = 64
LOOK_SECONDS = 0.25
"""How often to look who is connected."""
CLOSE_SECONDS = 0.2
"""Left to a look to end; the server lets it go with this process, too."""


class Patchbay:
    """A client of JACK that looks at the connections of one port and never runs in the graph.

    Args:
        source: full name of our port, CLIENT:PORT.
        target: the one that was asked for, which is connected whenever it is there and nobody else
            listens; "" remembers whoever is connected.

    Raises:
        OSError: if there is no JACK library, or no server answers.
    """

    def __init__(self, source: str, target: str = "") -> None:
        self._source, self._target = source.encode(), target
        self._jack = _library()
        self._client = self._jack.jack_client_open(b"jaka-patchbay", _NO_START_SERVER, None)
        if not self._client:
            raise OSError(None, "no JACK server answers")
        self._wanted = {target} if target else read_targets(_file(source))
        self._kept: set[str] | None = None
        self.connected: set[str] = set()
        """Full names of the ports that listen to ours."""
        self._seen: queue.SimpleQueue[tuple[bool, bool]] = queue.SimpleQueue()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def reconnect(self) -> bool:
        """Connect whoever was connected before and is there again. True if somebody came."""
        now = self._connections()
        if self._target and not now:
            self._wanted = {self._target}
        for target in sorted(self._wanted - now):
            self._jack.jack_connect(self._client, self._source, target.encode())
        now = self._connections()
        came = bool(now - self.connected)
        self.connected = now
        self._wanted -= now
        if not self._target and now | self._wanted != self._kept:
            self._kept = now | self._wanted
            _remember(self._source.decode(), self._kept)
        return came

    def watch(self) -> None:
        """Look again and again in a thread: a server that waits for another client lets us wait."""

        def run() -> None:
            while not self._done.wait(LOOK_SECONDS):
                came = self.reconnect()
                self._seen.put((bool(self.connected), came))

        self._thread = threading.Thread(target=run, name="connections", daemon=True)
        self._thread.start()

    def seen(self) -> list[tuple[bool, bool]]:
        """Take what `watch` saw since the last call: (somebody is connected, somebody came)."""
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._seen.get_nowait())
        return found

    def close(self) -> None:
        """Leave the JACK server; may be called twice."""
        self._done.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
            if self._thread.is_alive():
                return
        if self._client:
            self._jack.jack_client_close(self._client)
            self._client = None

    def _connections(self) -> set[str]:
        port = self._jack.jack_port_by_name(self._client, self._source)
        if not port:
            return set()
        listed = self._jack.jack_port_get_all_connections(self._client, port)
        if not listed:
            return set()
        found = set()
        for index in range(_MOST_TARGETS):
            if listed[index] is None:
                break
            found.add(listed[index].decode(errors="replace"))
        self._jack.jack_free(ctypes.cast(listed, ctypes.c_void_p))
        return found


def _library() -> Any:
    """libjack: the one that the MIDI library has loaded, else the system's."""
    loaded: set[str] = set()
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/maps").read_text(errors="replace").splitlines()
        loaded = {line.split(None, 5)[-1] for line in lines if "/libjack" in line and ".so" in line}
    name = min(loaded, default="") or ctypes.util.find_library("jack") or "libjack.so.0"
    jack = ctypes.CDLL(name)
    try:
        jack.jack_client_open.restype = ctypes.c_void_p
        jack.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        jack.jack_client_close.argtypes = [ctypes.c_void_p]
        jack.jack_port_by_name.restype = ctypes.c_void_p
        jack.jack_port_by_name.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        jack.jack_port_get_all_connections.restype = ctypes.POINTER(ctypes.c_char_p)
        jack.jack_port_get_all_connections.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        jack.jack_connect.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        jack.jack_free.argtypes = [ctypes.c_void_p]
    except AttributeError as error:
        raise OSError(None, f"{name} is no JACK library") from error
    return jack


def _file(source: str) -> Path:
    import hashlib

    import platformdirs

    state = platformdirs.user_state_path("jaka-to-melodia", appauthor=False)
    return state / "connections" / f"{hashlib.sha256(source.encode()).hexdigest()[:16]}.json"


def read_targets(path: Path) -> set[str]:
    """Full names of the ports that a file of ours remembers; none where it cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        names = parse_json(path.read_text(encoding="utf-8")[:65_536])
        if isinstance(names, list):
            return {name for name in names[:_MOST_TARGETS] if _may_be_port(name)}
    return set()


def _may_be_port(name: object) -> bool:
    """Whether JACK may have called a port so."""
    return isinstance(name, str) and name != "" and name.isprintable()


def _remember(source: str, targets: set[str]) -> None:
    with contextlib.suppress(OSError):
        replace_text(_file(source), json.dumps(sorted(targets)))
