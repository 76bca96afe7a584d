"""Asks the system to let the engine go first, as every audio program does."""

import contextlib
import os

NICENESS = -10


def raise_priority() -> bool:
    """Lower this process's niceness where the system allows it. Returns whether it did.

    Ordinary users are allowed it by `@audio - nice -10` in /etc/security/limits.conf; where they
    are not, nothing changes. Processes started from here on inherit it.
    """
    if not hasattr(os, "setpriority"):
        return False
    with contextlib.suppress(OSError):
        if os.getpriority(os.PRIO_PROCESS, 0) > NICENESS:
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
        return True
    return False
