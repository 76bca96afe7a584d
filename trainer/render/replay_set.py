"""`python -m trainer.render.replay_set OUT SHARDS...`: the music that teaching must not unlearn.

Takes the clips of rendered shards (`jtm render`) in turn from each folder and writes OUT.ogg (mono,
16 kHz) and OUT.csv (clip,onset_s,offset_s,pitch). The shipped set was made by

    jtm render --out a --hours 0.5 --seed 4101 --one-shot-share 0 --mixed-share 0 --midi-share 0
    jtm render --out b --hours 0.5 --seed 4102 --samples CC0 --one-shot-share 0.45 \
        --mixed-share 0.1 --midi-share 0 --speech-share 0.05
    python -m trainer.render.replay_set realtime/bundled/replay a b

from FluidR3 GM (MIT), recorded notes under CC0 or in the public domain (CC0, a folder with an
index.csv of those alone), and invented scores.
"""

import csv
import sys
from pathlib import Path

import numpy as np
import soundfile

from trainer.shards.shards import Shards

CLIPS = 24
RATE = 16_000
CLIP_SECONDS = 20


def main(argv: list[str]) -> int:
    """Write the set; returns 0."""
    out, folders = Path(argv[0]), [Shards(Path(name)) for name in argv[1:]]
    size = CLIP_SECONDS * RATE
    sounds, rows = [], []
    for number in range(CLIPS):
        shards = folders[number % len(folders)]
        clips = [clip for clip in shards.clips if clip.n_samples >= size]
        place = shards.clips.index(clips[(number // len(folders)) * 5 % len(clips)])
        audio = np.asarray(shards.audio(place))[:size].astype(np.float32) / 32768
        sounds.append(audio)
        for note in shards.notes(place):
            if note["onset"] < size:
                times = (f"{min(int(note[name]), size) / RATE:.3f}" for name in ("onset", "offset"))
                rows.append((number, *times, int(note["pitch"])))
    sound = out.with_suffix(".ogg")
    with soundfile.SoundFile(sound, "w", RATE, 1, subtype="VORBIS", format="OGG") as file:
        # libsndfile's Vorbis writer overflows the stack where it is given much at once.
        for block in np.split(np.concatenate(sounds), CLIPS * CLIP_SECONDS):
            file.write(block)
    with out.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("clip", "onset_s", "offset_s", "pitch"))
        writer.writerows(rows)
    print(f"{CLIPS} clips, {len(rows)} notes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
