"""Child process: `python -m gui.jobs.worker SOUND OUT.mid [MODEL [SETTINGS [refine]]]`.

SETTINGS are fields of `EngineSettings` as JSON; `refine` hears with hindsight. Writes OUT.csv
beside OUT.mid. Reports messages of `gui.jobs.messages`, a line of JSON each. The window itself
never loads a model.
"""

import json
import sys
from contextlib import closing
from pathlib import Path

QUIET = 1e-4
"""A file whose samples all stay below this holds nothing to hear: -80 dBFS."""


def main(argv: list[str]) -> int:
    """Transcribe one file. Returns 0, or 1 where that fails: the last report says why."""
    from gui.jobs.messages import Progress, Transcribed
    from realtime.files.note_files import write_csv, write_midi
    from realtime.inference.instruments import find_model
    from realtime.inference.onnx_model import OnnxModel
    from realtime.processes.inside import keep_output, report
    from realtime.processes.message_lines import Failed
    from realtime.transcription.offline import transcribe
    from realtime.transcription.refine import refine
    from realtime.troubles.errors import UserError
    from realtime.values.settings import EngineSettings

    pipe = keep_output()
    sound, out = Path(argv[0]), Path(argv[1])
    settings = EngineSettings(**json.loads(argv[3])) if len(argv) > 3 else EngineSettings()
    try:
        model = OnnxModel(find_model(argv[2] if len(argv) > 2 else ""))
        if settings.latency_ms is not None:
            model.head = model.spec.nearest_head(settings.latency_ms)
        hear = refine if argv[4:] == ["refine"] else transcribe
        notes = hear(sound, model, settings, lambda part: report(pipe, Progress(round(part, 4))))
        write_midi(notes, out, sound.stem)
        write_csv(notes, out.with_suffix(".csv"))
    except UserError as error:
        report(pipe, Failed(error.trouble))
        return 1
    report(pipe, Transcribed(len(notes), silent=not notes and is_silent(sound)))
    return 0


def is_silent(sound: Path) -> bool:
    """Whether there is nothing to hear in a file that could be read a moment ago."""
    from realtime.audio.sources import FileSource
    from realtime.transcription.chain import finite

    with closing(FileSource(sound)) as source:
        while (block := source.read(source.rate)) is not None:
            if abs(finite(block)).max(initial=0.0) >= QUIET:
                return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
