"""Front door: `jtm SUBCOMMAND`. Every import waits inside its branch: `jtm --help` is instant."""

import contextlib
import errno
import importlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO, cast

SUBCOMMANDS: dict[str, tuple[str, str]] = {
    "live": ("realtime.commands.live", "listen without a window; send MIDI, record takes"),
    "transcribe": ("realtime.commands.transcribe", "sound files -> .mid and .csv"),
    "practice": ("realtime.commands.practice", "play a piece and be told what was right"),
    "teach": ("realtime.commands.teach", "a few notes of your instrument -> a model that hears it"),
    "demo": ("realtime.commands.demo", "the bundled performance through the whole chain"),
    "devices": ("realtime.commands.devices", "inputs and MIDI ports that are plugged in"),
    "calibrate": ("realtime.commands.calibrate", "measure the audio loop: output -> input"),
    "doctor": ("realtime.commands.doctor", "is everything healthy, how fast is a hop"),
    "install-desktop": (
        "realtime.commands.install_desktop",
        "an entry in the applications menu",
    ),
    "data": ("trainer.commands.data", "look at a corpus before training on it; make it shards"),
    "render": ("trainer.commands.render", "scores and instruments -> labelled audio"),
    "pretrain": ("trainer.commands.pretrain", "audio without labels -> encoder and context"),
    "train": ("trainer.commands.train", "labelled audio -> transcription checkpoint"),
    "classify": ("trainer.commands.classify", "instrument, composer, ensemble from features"),
    "report": ("trainer.commands.report", "a run folder -> pictures of its curves"),
    "label-curve": ("trainer.commands.label_curve", "what do fewer labels cost; does CPC help"),
    "evaluate": ("trainer.commands.evaluate", "score a model on recordings with known notes"),
    "features": ("trainer.commands.features", "sound files -> a network's features as a table"),
    "export": ("export.command", "checkpoint -> one .onnx file, parity checked"),
}
"""Name -> (module with `main(argv) -> exit code`, what it does)."""

GUI = "gui.app"

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
"""What the system says where standard output goes to a disk that is full or broken."""
TOO_MANY_FILES = (
    "this program may open too few files at a time; allow it more, say by `ulimit -n 1024`."
)


def main(argv: list[str] | None = None) -> int:
    """Run a subcommand (none: the window). Returns 0, 1 (failed) or 2 (usage)."""
    _open_closed_streams()
    try:
        with _plain_output():
            try:
                return _run_words(sys.argv[1:] if argv is None else argv)
            finally:
                if sys.stdout is not None:
                    sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return 1
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITABLE:
            raise
        _drop_output()
        print(f"jtm: Cannot write to standard output: {error.strerror}.", file=sys.stderr)
        return 1


def _open_closed_streams() -> None:
    """Put standard streams that a launcher has closed (`>&-`) on the null device, children's too.

    Else the next file that is opened would have the number of one, and get what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
        os.set_inheritable(number, True)
        mode = "w" if number else "r"
        stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)


@contextlib.contextmanager
def _plain_output() -> Iterator[None]:
    """Keep names from steering the terminal, whatever prints them."""
    from realtime.files.plain_text import PlainOutput

    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, stream and PlainOutput(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _drop_output() -> None:
    """Send what is still to be written to nowhere: nobody takes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run_words(words: list[str]) -> int:
    if words and words[0] in ("-h", "--help"):
        print(usage())
        return 0
    if words and words[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"jtm {version('jaka-to-melodia')}")
        return 0
    named = bool(words) and (words[0] == "-" or not words[0].startswith("-"))
    name = words[0] if named else ""
    if name and name not in SUBCOMMANDS:
        if name == "-" or os.path.exists(name):
            return _run(SUBCOMMANDS["transcribe"][0], "transcribe", words)
        from realtime.files.plain_text import plain

        print(plain(f"jtm: {_unknown(name)}"), file=sys.stderr)
        return 2
    module_name = SUBCOMMANDS[name][0] if name else GUI
    return _run(module_name, name, words[1:] if name else words)


def usage() -> str:
    """The text of `jtm --help`."""
    rows = [f"  {name:<17}{what}" for name, (_, what) in SUBCOMMANDS.items()]
    return "\n".join(
        [
            "usage: jtm [SUBCOMMAND | SOUND FILE] [options]",
            "",
            "Jaka to melodia: turns sound into notes while you play. No subcommand: the window;",
            "sound files alone are transcribed.",
            "",
            *rows,
            "",
            "`jtm SUBCOMMAND --help` lists its options with defaults and units.",
        ]
    )


def _unknown(name: str) -> str:
    """Say why the first word is no subcommand and no file, with the likeliest names."""
    import difflib

    if os.path.splitext(name)[1] or os.sep in name:
        return f"no such file: '{name}'. `jtm --help` lists the subcommands."
    near = difflib.get_close_matches(name, SUBCOMMANDS, n=2, cutoff=0.6)
    if near:
        return f"no subcommand '{name}'; did you mean {' or '.join(near)}?"
    return f"no subcommand '{name}'. Known: {', '.join(SUBCOMMANDS)}; see `jtm --help`."


def _run(module_name: str, name: str, words: list[str]) -> int:
    from realtime.troubles.errors import UsageError, UserError

    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing in ("realtime", "gui"):
            raise
        if missing in ("trainer", "export"):
            if error.name != missing:
                raise
            print(
                f"jtm {name}: this build of the program plays and has no trainer in it; "
                "the Python package has: `pip install 'jaka-to-melodia[train]'`.",
                file=sys.stderr,
            )
            return 1
        print(
            f"jtm {name}: the Python package '{missing}' is not installed; "
            "install the trainer's with `pip install 'jaka-to-melodia[train]'`.",
            file=sys.stderr,
        )
        return 1
    try:
        return int(module.main(words))
    except UserError as error:
        from realtime.files.plain_text import plain

        said = plain(f"jtm {name}: {error}".replace("jtm : ", "jtm: "))
        print(said, file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        said = TOO_MANY_FILES if _too_many_files(error) else _unusable_path(error)
        if not said:
            raise
        print(f"jtm {name}: {said}".replace("jtm : ", "jtm: "), file=sys.stderr)
        return 1


def _too_many_files(error: BaseException) -> bool:
    """Whether something failed because no further file may be opened; libraries say so in text."""
    return os.strerror(errno.EMFILE) in str(error)


def _unusable_path(error: BaseException) -> str:
    """What to say where the system refuses a path: its name is too long, its folder private."""
    from realtime.files.plain_text import plain

    if not isinstance(error, OSError) or error.filename is None or error.strerror is None:
        return ""
    return f"Cannot use {plain(str(error.filename))}: {error.strerror}."


if __name__ == "__main__":
    sys.exit(main())
