"""`jtm install-desktop`: adds the program to the menu of applications; `--remove` undoes it."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from realtime.troubles.errors import UserError

APPLICATION = "jaka-to-melodia"
COMPONENT = "example.jakatomelodia.JakaToMelodia"
"""Name for software centres, which want a reversed domain. The project has none: `.example` is
nobody's, and whoever publishes the program puts their own domain in its place."""
ICON = Path(__file__).resolve().parents[1] / "bundled" / "icon.svg"
MARK = "X-Jaka-To-Melodia=installed"
"""A line by which a later call knows an entry that this command wrote."""
SUMMARY = "Turns sound into notes while you play"
SUMMARY_PL = "Zamienia dźwięk w nuty, kiedy grasz"


@dataclass(frozen=True)
class Options:
    """Add the program to the menu of applications, or remove it."""

    remove: bool = False
    """Take the entry and its icon away again."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="install-desktop",
        description="Put the program into the menu of applications (Linux), for this user.",
        examples=("jtm install-desktop", "jtm install-desktop --remove"),
    )
    if not sys.platform.startswith("linux"):
        raise UserError("Entries in the menu of applications are made on Linux only.")
    places = entry_files(data_folder())
    _require_ours(places[0])
    for place in places:
        if options.remove:
            place.unlink(missing_ok=True)
        else:
            _write(place)
    print(f"{'Removed' if options.remove else 'Wrote'} {places[0]}, its icon and its description.")
    return 0


def data_folder() -> Path:
    """The user's own share folder ($XDG_DATA_HOME, ~/.local/share)."""
    import platformdirs

    return platformdirs.user_data_path()


def entry_files(share: Path) -> tuple[Path, Path, Path]:
    """Where desktop entry, icon and AppStream description belong under `share`."""
    return (
        share / "applications" / f"{APPLICATION}.desktop",
        share / "icons" / "hicolor" / "scalable" / "apps" / f"{APPLICATION}.svg",
        share / "metainfo" / f"{APPLICATION}.metainfo.xml",
    )


def desktop_entry(command: str) -> str:
    """The desktop entry that starts `command`, a path or a name on the user's PATH."""
    quoted = (
        command.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    )
    return "\n".join(
        [
            "[Desktop Entry]",
            "Type=Application",
            "Name=Jaka to melodia",
            "GenericName=Music transcriber",
            "GenericName[pl]=Zapis nutowy na żywo",
            f"Comment={SUMMARY}",
            f"Comment[pl]={SUMMARY_PL}",
            f'Exec="{quoted}"'.replace("%", "%%"),
            f"Icon={APPLICATION}",
            "Categories=AudioVideo;Audio;Midi;",
            "Keywords=MIDI;transcription;pitch;notes;melody;",
            "Terminal=false",
            f"StartupWMClass={APPLICATION}",
            MARK,
            "",
        ]
    )


def metainfo() -> str:
    """The AppStream description that software centres show."""
    from importlib.metadata import version

    return f"""<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{COMPONENT}</id>
  <metadata_license>MIT</metadata_license>
  <project_license>MIT</project_license>
  <name>Jaka to melodia</name>
  <summary>{SUMMARY}</summary>
  <summary xml:lang="pl">{SUMMARY_PL}</summary>
  <description>
    <p>Play, sing or bow into a microphone: the notes appear as they sound, leave as MIDI at once,
    and are recorded. Any instrument, several notes at a time, on an ordinary processor.</p>
  </description>
  <launchable type="desktop-id">{APPLICATION}.desktop</launchable>
  <content_rating type="oars-1.1"/>
  <releases>
    <release version="{version("jaka-to-melodia")}" date="2026-11-29"/>
  </releases>
</component>
"""


def _require_ours(entry: Path) -> None:
    """Refuse where somebody else's entry has the name of ours.

    Raises:
        UserError: naming the file.
    """
    if entry.exists() and MARK not in entry.read_text(encoding="utf-8", errors="replace"):
        raise UserError(f"{entry} was not written by this command; move it away first.")


def _write(place: Path) -> None:
    from realtime.values.atomic import whole_file

    content = {
        ".desktop": lambda: desktop_entry(_command()),
        ".svg": lambda: ICON.read_text(encoding="utf-8"),
        ".xml": metainfo,
    }[place.suffix]()
    with whole_file(place) as partial:
        partial.write_text(content, encoding="utf-8")


def _command() -> str:
    """Path of the command that belongs to this installation; the name where it has none.

    An AppImage is mounted elsewhere at each start, and tells its own file by $APPIMAGE.
    """
    if image := os.environ.get("APPIMAGE"):
        return image
    beside = Path(sys.executable).with_name("jtm")
    return str(beside) if beside.exists() else shutil.which("jtm") or "jtm"
