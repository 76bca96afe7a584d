"""Child process: `python -m gui.jobs.worker SOUND OUT.mid [MODEL [SETTINGS [refine]]]`.

SETTINGS are fields of `EngineSettings` as JSON; `refine` hears with hindsight. Writes OUT.csv
beside OUT.mid. Prints the part done, a number per line, then `notes N`, or `silent 0` where the
file holds nothing to hear. The window itself never loads a model.
"""

import json
import sys
from contextlib import closing
from pathlib import Path

QUIET = 1e-4
"""A file whose samples all stay below this holds nothing to hear: -80 dBFS."""


def main(argv: list[str]) -> int:
    """Transcribe one file; 1 with the trouble as JSON on stderr where that fails."""
    from realtime.files.note_files import write_csv, write_midi
    from realtime.inference.instruments import find_model
    from realtime.inference.onnx_model import OnnxModel
    from realtime.transcription.offline import transcribe
    from realtime.transcription.refine import refine
    from realtime.troubles.errors import UserError
    from realtime.values.settings import EngineSettings

    sound, out = Path(argv[0]), Path(argv[1])
    settings = EngineSettings(**json.loads(argv[3])) if len(argv) > 3 else EngineSettings()
    try:
        model = OnnxModel(find_model(argv[2] if len(argv) > 2 else ""))
        if settings.latency_ms is not None:
            model.head = model.spec.nearest_head(settings.latency_ms)
        hear = refine if argv[4:] == ["refine"] else transcribe
        notes = hear(sound, model, settings, lambda part: print(f"{part:.4f}", flush=True))
        write_midi(notes, out, sound.stem)
        write_csv(notes, out.with_suffix(".csv"))
    except UserError as error:
        print(json.dumps(error.trouble.to_json()), file=sys.stderr)
        return 1
    print(f"notes {len(notes)}" if notes or not is_silent(sound) else "silent 0", flush=True)
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
