"""Installs what a thorough lesson needs: `python -m realtime.teach.thorough.installer`, a process.

Reports `Progress`, by the bytes that were fetched and unpacked, and `Failed` where it fails. Ends
when its standard input does, and takes the program that installs along.
"""

import os
import sys
import sysconfig
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from realtime.processes.inside import end_with_input, keep_output, report
from realtime.processes.message_lines import Failed, Progress
from realtime.processes.tied_process import TiedProcess
from realtime.teach.thorough.trainer_extra import (
    install_command,
    missing_megabytes,
    missing_packages,
)
from realtime.teach.thorough.work_folder import work_folder
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, Value, why

LOOK_SECONDS = 1.0
MOST_WORDS = 200
MOST_LINES = 1000
"""Lines of the installing program that are kept: the reason of a failure stands in the last."""


def main() -> int:
    """Install. Returns 0, or 1 where that fails: the last report says why."""
    pipe = keep_output()
    end_with_input()
    try:
        install(lambda part: report(pipe, Progress(round(part, 4))))
    except UserError as error:
        report(pipe, Failed(error.trouble))
        return 1
    except OSError as error:
        report(pipe, Failed(UserError(Code.TRAINER_NOT_INSTALLED, reason=why(error)).trouble))
        return 1
    return 0


def install(on_part: Callable[[float], None]) -> None:
    """Install what is missing.

    Args:
        on_part: told the part that is done, 0-1.

    Raises:
        UserError: if it cannot be installed, or is not here afterwards.
        OSError: if there is no room for the files on the way.
    """
    command = install_command()
    if command is None:
        raise UserError(Code.TRAINER_NOT_INSTALLED, reason=Trouble(Code.NO_INSTALLER))
    fetched_mb, installed_mb = missing_megabytes()
    packages = Path(sysconfig.get_paths()["purelib"])
    before = bytes_in(packages)
    with work_folder("install") as folder:
        environment = {**os.environ, "TMPDIR": str(folder), "UV_CACHE_DIR": str(folder / "uv")}
        program = TiedProcess(command, environment, errors=True)
        said: deque[bytes] = deque(maxlen=MOST_LINES)
        reader = threading.Thread(target=lambda: said.extend(program.lines()), daemon=True)
        reader.start()
        while reader.is_alive():
            reader.join(LOOK_SECONDS)
            done = bytes_in(folder) / 2 + max(0, bytes_in(packages) - before)
            on_part(min(0.99, done / (1e6 * (fetched_mb / 2 + installed_mb) + 1)))
        code = program.wait()
        program.close()
        if code != 0:
            raise UserError(Code.TRAINER_NOT_INSTALLED, reason=reason_in(b"".join(said)))
    if missing := missing_packages():
        still = Trouble(Code.PACKAGES_MISSING, names=", ".join(missing))
        raise UserError(Code.TRAINER_NOT_INSTALLED, reason=still)
    on_part(1.0)


def bytes_in(folder: Path) -> int:
    """Size of all files below a folder, some of which may be gone again."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return total


def reason_in(said: bytes) -> Value:
    """The line that says why, of what a program that failed has printed."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if line.lower().startswith(("error", "×"))] or lines[-1:]
    return told[-1][:MOST_WORDS] if told else Trouble(Code.SAID_NOTHING)


if __name__ == "__main__":
    sys.exit(main())
