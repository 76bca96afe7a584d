"""Durations and file names as they are written in the window."""

import math


def duration(seconds: float) -> str:
    """Seconds as minutes and seconds: 75.4 -> "1:15"; "0:00" for what is no length."""
    whole = int(max(seconds, 0.0)) if math.isfinite(seconds) else 0
    return f"{whole // 60}:{whole % 60:02d}"


def short_name(name: str, longest: int = 32) -> str:
    """A device or file name without its folder or host API, cut in the middle where too long."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1] if _looks_like_file(name) else name
    if ": " in name:
        name = name.split(": ", 1)[1]
    if len(name) <= longest:
        return name
    half = (longest - 1) // 2
    return f"{name[:half].rstrip()}…{name[-half:].lstrip()}"


def _looks_like_file(name: str) -> bool:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return last != name and "." in last
