"""Command lines and environment of programs that are started as processes."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def python_command(module: str, *arguments: str) -> list[str]:
    """Command line that runs `module` with the interpreter that runs us."""
    return [sys.executable, "-m", module, *arguments]


def python_environment() -> dict[str, str]:
    """The environment, with our own folder on the module path whatever the working folder is."""
    root = str(Path(__file__).parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


def run_module(module: str, *arguments: str, timeout_s: float | None) -> bytes:
    """Run a module of ours to its end, with nothing to read; returns what it prints.

    Args:
        module: by its dotted name.
        arguments: on its command line.
        timeout_s: seconds after which it is killed, None for never.

    Raises:
        OSError: as `run_program` does.
    """
    return run_program(python_command(module, *arguments), python_environment(), timeout_s)


def run_program(
    command: Sequence[str], environment: Mapping[str, str], timeout_s: float | None
) -> bytes:
    """Run a program to its end, with nothing to read; returns what it prints.

    Args:
        command: program and arguments.
        environment: the whole of it.
        timeout_s: seconds after which it is killed, None for never.

    Raises:
        TimeoutError: if it took longer.
        ChildProcessError: if it did not end with exit code 0, which is its `errno`; `strerror` is
            the last line that it wrote to standard error.
        OSError: if it cannot be started.
    """
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"{' '.join(command)} took more than {timeout_s or 0:g} s") from error
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode(errors="replace").strip().splitlines()
        raise ChildProcessError(error.returncode, told[-1] if told else "") from error
    return done.stdout


_TIED = 'exec 3<&0; (read -r _ <&3; kill -9 $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null'


def tied(command: list[str]) -> list[str]:
    """Tie a command to us: it is killed once its standard input ends, at the latest by our death.

    A program that waits for a suspended sound card would hold it for ever otherwise. Linux's own
    signal at a parent's death comes too early: it means the thread that started the child.

    Args:
        command: started with `stdin=subprocess.PIPE`, which is ours to hold open.
    """
    return command if sys.platform == "win32" else ["sh", "-c", _TIED, "sh", *command]
