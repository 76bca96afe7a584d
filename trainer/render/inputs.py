"""What a run reads, checked before any worker starts: errors come at once, in one line."""

from pathlib import Path

from realtime.troubles.errors import UsageError, UserError
from trainer.render.music.midi_files import list_pieces
from trainer.render.settings import RenderSettings
from trainer.render.sound.one_shots import OneShots
from trainer.render.sound.rooms import list_rooms
from trainer.render.sound.soundfonts import DEBIAN_SOUNDFONT

APT_HINT = "`sudo apt install fluid-soundfont-gm` brings FluidR3_GM.sf2"


def find_soundfonts(settings: RenderSettings) -> list[Path]:
    """The SoundFonts given, or Debian's if it is installed."""
    if settings.soundfont:
        return [Path(name) for name in settings.soundfont]
    return [DEBIAN_SOUNDFONT] if DEBIAN_SOUNDFONT.exists() else []


def check_inputs(settings: RenderSettings) -> None:
    """Raise UserError for the first thing that would stop the run later."""
    fonts = find_soundfonts(settings)
    for path in fonts:
        _check_soundfont(path)
    if settings.samples and not OneShots(Path(settings.samples), settings.split).timbres:
        raise UsageError(
            f"No instrument in {settings.samples} belongs to --split {settings.split}."
        )
    if settings.midi:
        list_pieces(Path(settings.midi), settings.split, frozenset(settings.exclude_songs))
    if settings.rooms:
        list_rooms(Path(settings.rooms))
    if not settings.samples and not fonts:
        raise UserError(
            f"Nothing to play with: {APT_HINT}, or give --soundfont FILE or --samples DIR."
        )


def _check_soundfont(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise UserError(f"No SoundFont at {path}: {error.strerror}; {APT_HINT}.") from error
    if head[:4] != b"RIFF" or head[8:] != b"sfbk":
        raise UserError(f"{path} is not a SoundFont (.sf2); {APT_HINT}.")
