"""A window of another program on an X server of our own: its keys, and the close of its frame.

A test inside the program could press `QAction`s; this is what a window manager sends it.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

KEY_PRESS, KEY_RELEASE, CLIENT_MESSAGE = 2, 3, 33
VIEWABLE = 2
EVENT_LONGS = 24
"""How many longs Xlib's `XEvent` takes."""


class _Key(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("root", ctypes.c_ulong),
        ("subwindow", ctypes.c_ulong), ("time", ctypes.c_ulong), ("x", ctypes.c_int),
        ("y", ctypes.c_int), ("x_root", ctypes.c_int), ("y_root", ctypes.c_int),
        ("state", ctypes.c_uint), ("keycode", ctypes.c_uint), ("same_screen", ctypes.c_int),
    ]  # fmt: skip


class _Message(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5),
    ]  # fmt: skip


class _Attributes(ctypes.Structure):
    _fields_ = [
        ("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int),
        ("height", ctypes.c_int), ("border_width", ctypes.c_int), ("depth", ctypes.c_int),
        ("visual", ctypes.c_void_p), ("root", ctypes.c_ulong), ("c_class", ctypes.c_int),
        ("bit_gravity", ctypes.c_int), ("win_gravity", ctypes.c_int),
        ("backing_store", ctypes.c_int), ("backing_planes", ctypes.c_ulong),
        ("backing_pixel", ctypes.c_ulong), ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong), ("map_installed", ctypes.c_int),
        ("map_state", ctypes.c_int), ("all_event_masks", ctypes.c_long),
        ("your_event_mask", ctypes.c_long), ("do_not_propagate_mask", ctypes.c_long),
        ("override_redirect", ctypes.c_int), ("screen", ctypes.c_void_p),
    ]  # fmt: skip


class _Event(ctypes.Union):
    _fields_ = [("key", _Key), ("message", _Message), ("room", ctypes.c_long * EVENT_LONGS)]


@contextmanager
def x_server(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """An Xvfb of our own. Gives the environment whose programs show themselves on it."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        yield {**environment, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait(10)


class XWindow:
    """The top window with a title.

    Args:
        display: as in $DISPLAY.
        title: a part of its title.

    Raises:
        LookupError: if there is none (yet).
    """

    def __init__(self, display: str, title: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XInternAtom.restype = ctypes.c_ulong
        opened = self._x.XOpenDisplay(display.encode())
        if not opened:
            raise LookupError(f"no X server at {display}")
        self._display = ctypes.c_void_p(opened)
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        found = [
            window for window, name in self._windows() if title in name and self._is_shown(window)
        ]
        if not found:
            self.free()
            raise LookupError(f"no window called {title}")
        self._window = found[0]

    def press(self, key: str) -> None:
        """Press and release a key, by its X name."""
        x, display = self._x, self._display
        code = x.XKeysymToKeycode(display, ctypes.c_ulong(x.XStringToKeysym(key.encode())))
        window = ctypes.c_ulong(self._window)
        x.XSetInputFocus(display, window, 1, ctypes.c_ulong(0))
        for kind in (KEY_PRESS, KEY_RELEASE):
            event = _Event()
            event.key = _Key(kind, 0, 1, display, self._window, self._root.value, 0, 0,
                             1, 1, 1, 1, 0, code, 1)  # fmt: skip
            x.XSendEvent(display, window, 1, ctypes.c_long(0), ctypes.byref(event))
        x.XSync(display, 0)

    def close(self) -> None:
        """Ask the window to close, as its frame's button does."""
        x, display = self._x, self._display
        protocols = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
        delete = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
        event = _Event()
        event.message = _Message(CLIENT_MESSAGE, 0, 1, display, self._window, protocols, 32,
                                 (ctypes.c_long * 5)(delete, 0, 0, 0, 0))  # fmt: skip
        window = ctypes.c_ulong(self._window)
        x.XSendEvent(display, window, 0, ctypes.c_long(0), ctypes.byref(event))
        x.XSync(display, 0)

    def _is_shown(self, window: int) -> bool:
        attributes = _Attributes()
        self._x.XGetWindowAttributes(
            self._display, ctypes.c_ulong(window), ctypes.byref(attributes)
        )
        return attributes.map_state == VIEWABLE

    def free(self) -> None:
        """Close the connection to the X server."""
        self._x.XCloseDisplay(self._display)

    def _windows(self) -> Iterator[tuple[int, str]]:
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        self._x.XQueryTree(self._display, self._root, ctypes.byref(root), ctypes.byref(parent),
                           ctypes.byref(children), ctypes.byref(count))  # fmt: skip
        for window in children[: count.value] if count.value else ():
            name = ctypes.c_char_p()
            if self._x.XFetchName(self._display, ctypes.c_ulong(window), ctypes.byref(name)):
                with suppress(UnicodeDecodeError):
                    yield window, (name.value or b"").decode()
