"""Child process: `python -m gui.jobs.worker SOUND OUT.csv MODEL SETTINGS [TAKES]`.

Writes OUT.mid beside OUT.csv. In the folder TAKES the sound becomes a take before its notes are
heard. MODEL is as the user chose it, SETTINGS are fields of `EngineSettings` as JSON; every file is
heard with hindsight. Reports messages of `gui.jobs.messages`, a line of JSON each. The window
itself never loads a model.
"""

import json
import sys
from contextlib import closing
from pathlib import Path

QUIET = 1e-4
"""A file whose samples all stay below this holds nothing to hear: -80 dBFS."""


def main(argv: list[str]) -> int:
    """Transcribe one file. Returns 0, or 1 where that fails: the last report says why."""
    from gui.jobs.messages import Begun, Found, Transcribed
    from realtime.files.note_files import Heading, write_csv, write_midi
    from realtime.files.stated_length import missing_sound
    from realtime.processes.inside import keep_output, report
    from realtime.processes.message_lines import Failed, Progress
    from realtime.takes.importing import import_sound
    from realtime.troubles.errors import UserError
    from realtime.troubles.trouble import Trouble
    from realtime.values.notes import Note
    from realtime.values.settings import EngineSettings

    pipe = keep_output()
    sound, csv = Path(argv[0]), Path(argv[1])
    settings = EngineSettings(**json.loads(argv[3]))
    heard: list[str] = []
    damage: list[Trouble] = []

    def write(notes: list[Note]) -> None:
        heading = Heading(sound.stem, instrument=heard[-1] if heard else "")
        write_midi(notes, csv.with_suffix(".mid"), heading)
        write_csv(notes, csv)

    def found(notes: list[Note]) -> None:
        write(notes)
        report(pipe, Found(len(notes)))

    try:
        if argv[4:]:
            report(pipe, Begun(str(import_sound(Path(argv[4]), sound))))
        # The take is shown before what hears it is loaded.
        from realtime.inference.ahead_model import AheadModel
        from realtime.inference.instruments import find_model
        from realtime.transcription.refine import refine

        model = AheadModel(find_model(argv[2]))
        told = lambda part: report(pipe, Progress(round(part, 4)))  # noqa: E731
        on_notes = found if argv[4:] else None
        notes = refine(sound, model, settings, told, heard.append, on_notes, damage.append)
        write(notes)
    except UserError as error:
        report(pipe, Failed(error.trouble))
        return 1
    silent = not notes and is_silent(sound)
    missing = damage[0] if damage else missing_sound(sound)
    report(pipe, Transcribed(len(notes), silent, missing))
    return 0


def is_silent(sound: Path) -> bool:
    """Whether there is nothing to hear in a file that could be read a moment ago."""
    from realtime.audio.sources import FileSource
    from realtime.transcription.chain import finite

    with closing(FileSource(sound, on_damage=lambda _: None)) as source:
        while (block := source.read(source.rate)) is not None:
            if abs(finite(block)).max(initial=0.0) >= QUIET:
                return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
