"""`jtm render`: labelled training audio from scores, SoundFonts and recorded notes."""

import json
import sys

from tqdm import tqdm

from realtime.commands.options import parse_options
from realtime.troubles.errors import UsageError
from realtime.values.json_text import parse_json
from trainer.render.inputs import check_inputs
from trainer.render.settings import RenderSettings
from trainer.render.sound.speech import find_talkers
from trainer.render.worker import list_missing, prepare_folder, render_shards

DESCRIPTION = "Render labelled training audio (16 kHz mono) into memory-mapped shards."
REPEATABLE = ("--soundfont", "--exclude-songs")


def main(argv: list[str]) -> int:
    """Run `jtm render` with these arguments; 0 when every shard is on disk."""
    argv = gather_repeats(argv)
    settings = parse_options(
        RenderSettings,
        argv,
        command="render",
        description=DESCRIPTION,
        examples=(
            "jtm render --out shards --hours 1",
            "jtm render --out held-out --hours 0.2 --seed 1",
        ),
    )
    check_inputs(settings)
    prepare_folder(settings)
    if len(find_talkers()) < 2:
        print(
            "espeak-ng or flite is missing: less or no speech among the negatives. "
            "`sudo apt install espeak-ng flite` brings both.",
            file=sys.stderr,
        )
    jobs = list_missing(settings)
    wanted = sum(job.n_clips for job in jobs)
    core_seconds = 0.0
    with tqdm(total=wanted, unit="clip", smoothing=0.05, mininterval=2.0) as bar:
        for done in render_shards(settings, jobs):
            core_seconds += done.core_seconds
            bar.update(done.n_clips)
    seconds = wanted * settings.clip_seconds
    if core_seconds:
        print(
            f"{settings.out}: {seconds / 3600:.2f} h in {len(jobs)} shards, "
            f"{seconds / core_seconds:.1f} audio seconds per core second"
        )
    else:
        print(f"{settings.out}: complete, nothing to do")
    return 0


def _listed(value: str, option: str) -> list[str]:
    """Names from "[a.sf2, b.sf2]".

    Raises:
        UsageError: if they are no list.
    """
    try:
        return [str(name) for name in parse_json(value)]
    except ValueError as error:
        raise UsageError(f"{option} {value} is no list ({error}); repeat {option}.") from error


def gather_repeats(argv: list[str]) -> list[str]:
    """`--soundfont A --soundfont B` -> one list option; everything else stays in place."""
    found: dict[str, list[str]] = {name: [] for name in REPEATABLE}
    rest, i = [], 0
    while i < len(argv):
        name, equals, value = argv[i].partition("=")
        dashed = "--" + name[2:].replace("_", "-")
        if dashed in found and (equals or i + 1 < len(argv)):
            value = value if equals else argv[i + 1]
            found[dashed] += _listed(value, dashed) if value.startswith("[") else [value]
            i += 1 if equals else 2
        else:
            rest.append(argv[i])
            i += 1
    return rest + [f"{name}={json.dumps(values)}" for name, values in found.items() if values]
