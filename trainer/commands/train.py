"""`jtm train`: labelled audio -> transcription checkpoint."""

from realtime.troubles.errors import UsageError
from trainer.finetuning.run import TrainCommand, run
from trainer.runs.kept_options import named_options, parse_run_options


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_run_options(
        TrainCommand,
        argv,
        command="train",
        description="Train a transcriber on labelled audio.",
        examples=(
            "jtm train --data shards --valid held-out --out run",
            "jtm train --data shards --init pretrained --out run",
            "jtm train --config train-laptop --data shards --out run   # a recipe of ours",
            "jtm train --out run --resume",
        ),
    )
    if not command.data:
        raise UsageError(
            "Nothing to train on: give --data FOLDER (made by `jtm render`, or by "
            "`jtm data index` out of recordings with notes)."
        )
    from trainer.shards.given_folders import require_shards

    require_shards(command.data, "data")
    require_shards(command.valid, "valid")
    run(command, named_options(argv))
    return 0
