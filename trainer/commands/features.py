"""`jtm features`: what a network makes of sound files, as a table for other programs."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from realtime.commands.options import parse_options
from realtime.commands.progress import ProgressBar
from realtime.files.output_files import OutputFiles
from realtime.files.sound_files import find_files
from realtime.troubles.errors import UserError
from realtime.values.ranges import Count


@dataclass(frozen=True)
class FeaturesCommand:
    """Write the features of sound files as a table."""

    inputs: list[str]
    """Sound files, or folders that hold some."""
    out: str = "features.npz"
    """Table to write: .npz, or .parquet, which is written recording by recording and does not have
    to fit into memory."""
    model: str = "default"
    """Run folder or .safetensors of `jtm pretrain` or `jtm train`; `default` is the bundled one."""
    layer: Literal["context", "encoder", "spectrum"] = "context"
    """context: what heads listen to; encoder: what CPC predicts; spectrum: what the encoder looks
    at."""
    pitches: Literal["pool", "keep"] = "pool"
    """pool: mean and maximum over the 88 pitches, where a layer has a vector for each; keep: all of
    them."""
    average: Count = 1
    """Frames of the network in a row that are averaged into one."""
    device: str = "auto"
    """Where to compute: auto, cpu, cuda, cuda:1, mps, ..."""
    threads: Count = 1
    """Arithmetic threads on a CPU."""
    overwrite: bool = False
    """Write over --out where it is there already."""
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, or 1 where an input could not be heard."""
    command = parse_options(
        FeaturesCommand,
        argv,
        command="features",
        description="Sound files -> what a network makes of them, frame by frame.",
        positional=("inputs",),
        examples=("jtm features song.wav --model runs/train --out song.npz",),
    )
    files = find_files(command.inputs)
    outputs = OutputFiles(files, command.overwrite)
    outputs.claim(command.out)
    if not files:
        raise UserError(f"No sound files in {', '.join(command.inputs)}.")
    figures = write_features(command, files, outputs)
    if command.json:
        print(json.dumps(figures))
    else:
        print(
            f"{figures['file']}: {figures['recordings']} recordings, {figures['frames']} frames of "
            f"{'x'.join(map(str, figures['shape']))} every {1000 * figures['frame_s']:g} ms"
        )
    return 1 if figures["failed"] else 0


def write_features(
    command: FeaturesCommand, files: list[Path], outputs: OutputFiles
) -> dict[str, Any]:
    """Hear every file and write the table; those that cannot be read are named and left out.

    Args:
        command: the options.
        files: to hear.
        outputs: --out is claimed of it.

    Returns:
        Figures: file, model, layer, shape, frame_s, recordings, frames, failed.

    Raises:
        UserError: if no file could be read, or the model or the table cannot be used.
    """
    import torch

    from trainer.features.extraction import extract_features
    from trainer.features.tables import kind_of_table
    from trainer.runs.architecture import warn_of_reverse
    from trainer.runs.checkpoints import find_checkpoint, load_backbone
    from trainer.shards.decoding import SAMPLE_RATE, decode

    torch.set_num_threads(command.threads)
    model, facts = load_backbone(find_checkpoint(Path(command.model)))
    if command.layer == "context":
        warn_of_reverse(command.model, facts)
    told = {
        "model": command.model,
        "layer": command.layer,
        "pitches": command.pitches,
        "frame_s": command.average * model.hop_samples / model.sample_rate,
    }
    bar, failed, frames, shape = ProgressBar(), [], 0, []
    kind = kind_of_table(Path(command.out))
    with outputs.writing(command.out) as partial, kind(partial, told) as add:
        for number, path in enumerate(files):
            bar.show(path.name, number / len(files))
            try:
                pcm = decode(path).pcm
            except UserError as error:
                bar.clear()
                print(f"jtm features: {error}", file=sys.stderr)
                failed.append(path.as_posix())
                continue
            (heard,) = extract_features(
                pcm,
                SAMPLE_RATE,
                model,
                layer=command.layer,
                pitches=command.pitches,
                average=command.average,
                device=command.device,
            )
            add(path.as_posix(), heard)
            frames += len(heard.times_s)
            shape = list(heard.values.shape[1:])
        bar.clear()
        if len(failed) == len(files):
            raise UserError("None of the files could be read, so nothing was written.")
    return {
        "file": str(outputs.places[Path(command.out)]),
        **told,
        "shape": shape,
        "recordings": len(files) - len(failed),
        "frames": frames,
        "failed": failed,
    }
