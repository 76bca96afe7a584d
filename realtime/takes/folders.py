"""Where takes go."""

import tempfile
from pathlib import Path


def default_folder() -> Path:
    """Where takes go unless the user says otherwise."""
    import platformdirs

    return Path(platformdirs.user_music_dir()) / "Jaka to melodia"


def rescue_folders() -> tuple[Path, ...]:
    """Where a take goes that cannot be written to its own folder when the program ends."""
    return default_folder(), Path(tempfile.gettempdir()) / "Jaka to melodia"
