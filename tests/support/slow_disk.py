"""A disk that takes long for every sync, as seen by one program: a USB stick, a network folder."""

import subprocess
from pathlib import Path

SLOW_SYNC = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
int fsync(int file) {{
    usleep({microseconds}u);
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(file);
}}
"""


def slow_sync(folder: Path, seconds: float) -> dict[str, str]:
    """What the environment of a program needs whose disk takes so long for every sync."""
    if not seconds:
        return {}
    source, library = folder / "slow_sync.c", folder / "slow_sync.so"
    source.write_text(SLOW_SYNC.format(microseconds=round(1e6 * seconds)))
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}
