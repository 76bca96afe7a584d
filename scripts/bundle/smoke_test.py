"""Starts the bundled program as a stranger's machine would: no Python, no settings, no home.

    python scripts/bundle/smoke_test.py dist/jaka-to-melodia [--root BARE] [--picture FILE.png]

`--root` names the folder of a bare system (`mmdebstrap --variant=minbase bookworm BARE`); the
program then runs inside it by chroot, which only root may. Needs Xvfb for the window (Linux).
Prints what each step took; exit code 1 where one failed.
"""

import argparse
import contextlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

SCREEN, SIZE = ":94", "1280x800x24"
INSIDE = "opt/jaka-to-melodia"
STEPS = (
    ("--version", "jtm "),
    ("--help", "usage: jtm"),
    ("devices", ""),
    ("demo --fast", "Found 1"),
    ("practice --help", "usage: jtm practice"),
)
"""Words of the command line, and what it must print."""
PATIENCE_S = 300.0
COLOURS = 40
"""An X screen with fewer colours than this shows no window of ours."""


def main() -> int:
    """Run every step. Returns 0, or 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    with reachable(options.folder.resolve(), options.root) as command:
        for words, said in STEPS:
            begin = time.monotonic()
            done = subprocess.run(
                [*command, *words.split()], capture_output=True, text=True, timeout=PATIENCE_S
            )
            ok = done.returncode == 0 and said in done.stdout and "Traceback" not in done.stderr
            print(
                f"{'ok' if ok else 'FAILED':<7} jtm {words:<18} {time.monotonic() - begin:6.2f} s"
            )
            if not ok:
                print(done.stdout[-1500:], done.stderr[-3000:], file=sys.stderr)
                return 1
        return show_window(command, options.picture) if sys.platform.startswith("linux") else 0


@contextlib.contextmanager
def reachable(folder: Path, root: Path | None) -> Iterator[list[str]]:
    """The command that starts the program with an empty environment, inside `root` if given."""
    if root is None:
        with tempfile.TemporaryDirectory() as home:
            clean = ["env", "-i", f"HOME={home}", "PATH=/nowhere", f"DISPLAY={SCREEN}"]
            yield [*clean, str(folder / "jtm")] if os.name == "posix" else [str(folder / "jtm.exe")]
        return
    mounts = [(str(folder), root / INSIDE), *((f"/{at}", root / at) for at in ("proc", "dev"))]
    with contextlib.ExitStack() as undo:
        for source, target in mounts:
            target.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--rbind", source, str(target)], check=True)
            undo.callback(subprocess.run, ["umount", "-l", str(target)])
        yield [
            *("chroot", str(root), "/usr/bin/env", "-i", "HOME=/root", "PATH=/usr/bin:/bin"),
            *(f"DISPLAY={SCREEN}", f"/{INSIDE}/jtm"),
        ]


def show_window(command: list[str], picture: Path | None) -> int:
    """Start the window on a virtual screen, wait until it is painted, and end it."""
    if shutil.which("Xvfb") is None:
        print("not run: the window, Xvfb is not installed")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        screen = subprocess.Popen(
            ["Xvfb", SCREEN, "-screen", "0", SIZE, "-ac", "-fbdir", folder, "-nolisten", "tcp"],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(2)
        begin = time.monotonic()
        window = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            pixels = b""
            while time.monotonic() - begin < PATIENCE_S and window.poll() is None:
                pixels = read_screen(Path(folder) / "Xvfb_screen0")
                if len(set(struct.unpack(f"<{len(pixels) // 4}I", pixels))) > COLOURS:
                    break
                time.sleep(0.1)
            took = time.monotonic() - begin
            time.sleep(5)
            ok = window.poll() is None and took < PATIENCE_S
            report(ok, "the first picture", took)
            if picture is not None:
                write_png(picture, read_screen(Path(folder) / "Xvfb_screen0"))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(window.pid, signal.SIGTERM)
            try:
                said = window.communicate(timeout=30)[0]
            except subprocess.TimeoutExpired:
                os.killpg(window.pid, signal.SIGKILL)
                said = window.communicate()[0]
            screen.terminate()
            screen.wait()
    if not ok:
        print(said[-3000:], file=sys.stderr)
    return int(not ok)


def report(ok: bool, what: str, took_s: float) -> None:
    """Print whether a step went well, and how long it took."""
    print(f"{'ok' if ok else 'FAILED':<7}{what:<24}{took_s:6.2f} s", flush=True)


def read_screen(path: Path) -> bytes:
    """Pixels of an XWD file, four bytes each (blue, green, red, none), row by row."""
    held = path.read_bytes()
    header, colours = struct.unpack_from(">I", held)[0], struct.unpack_from(">I", held, 76)[0]
    return held[header + 12 * colours :]


def write_png(path: Path, pixels: bytes) -> None:
    """Write the screen's pixels as a picture."""
    width, height = map(int, SIZE.split("x")[:2])
    rows = bytearray()
    for row in range(height):
        line = pixels[4 * width * row : 4 * width * (row + 1)]
        colours = bytearray(3 * width)
        colours[0::3], colours[1::3], colours[2::3] = line[2::4], line[1::4], line[0::4]
        rows += b"\0" + colours
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(rows))),
        (b"IEND", b""),
    )
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )
    )


if __name__ == "__main__":
    sys.exit(main())
