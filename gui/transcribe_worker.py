"""Child process: `python -m gui.transcribe_worker SOUND OUT.mid [MODEL [SETTINGS [refine]]]`.

SETTINGS are fields of `EngineSettings` as JSON; `refine` hears with hindsight. Writes OUT.csv
beside OUT.mid. Prints the part done, a number per line, then `notes N`. The window itself never
loads a model.
"""

import json
import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    """Transcribe one file; 1 with the reason on stderr where that fails."""
    from realtime.errors import UserError
    from realtime.model import OnnxModel
    from realtime.note_files import write_csv, write_midi
    from realtime.refine import refine
    from realtime.settings import EngineSettings
    from realtime.transcribe import transcribe

    sound, out = Path(argv[0]), Path(argv[1])
    model_path = Path(argv[2]) if len(argv) > 2 and argv[2] else None
    settings = EngineSettings(**json.loads(argv[3])) if len(argv) > 3 else EngineSettings()
    try:
        model = OnnxModel(model_path, settings.latency_ms)
        hear = refine if argv[4:] == ["refine"] else transcribe
        notes = hear(sound, model, settings, lambda part: print(f"{part:.4f}", flush=True))
        write_midi(notes, out, sound.stem)
        write_csv(notes, out.with_suffix(".csv"))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"notes {len(notes)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
