"""`jtm pretrain`: unlabelled audio -> encoder and context."""

import sys
from dataclasses import replace

from realtime.troubles.errors import UsageError
from trainer.pretraining.run import PretrainCommand, run
from trainer.runs.kept_options import named_options, parse_run_options
from trainer.runs.machine import is_first_process


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_run_options(
        PretrainCommand,
        argv,
        command="pretrain",
        description="Learn an encoder and a context from audio without labels.",
        examples=(
            "jtm pretrain --audio music --out run",
            "jtm pretrain --config pretrain-laptop --audio music --out run   # a recipe of ours",
            "jtm pretrain --config my.yaml --out run --resume",
        ),
    )
    if not command.data and not command.audio:
        raise UsageError(
            "Nothing to learn from: give --audio FOLDER of sound files, or --data FOLDER of shards."
        )
    from trainer.runs.architecture import HEAD

    require_one_name(argv, command)
    long = {"encoder": "model.encoder.kind", "context": "model.context.kind"}
    named = {long.get(name, name) for name in named_options(argv)}
    heads = sorted(named & {f"model.{name}" for name in HEAD})
    if heads and is_first_process():
        print(
            f"jtm pretrain: --{heads[0]} changes nothing here: pretraining has no head; give it to "
            "`jtm train`",
            file=sys.stderr,
        )
    run(with_short_options(command), named=named)
    return 0


def require_one_name(argv: list[str], command: PretrainCommand) -> None:
    """Refuse two names of one option with different values; a recipe's value gives way.

    Raises:
        UserError: naming both.
    """
    named = {word.partition("=")[0] for word in argv}
    for short, short_value, long, value in (
        ("--encoder", command.encoder, "--model.encoder.kind", command.model.encoder.kind),
        ("--context", command.context, "--model.context.kind", command.model.context.kind),
        ("--negatives", command.negatives, "--cpc.sampler", command.cpc.sampler),
    ):
        if {short, long} <= named and short_value not in ("", value):
            raise UsageError(f"{short} {short_value} is not {long} {value}; leave one of them out.")


def with_short_options(command: PretrainCommand) -> PretrainCommand:
    """The command with --encoder, --context and --negatives put where they belong."""
    model, cpc = command.model, command.cpc
    if command.encoder:
        model = replace(model, encoder=replace(model.encoder, kind=command.encoder))
    if command.context:
        model = replace(model, context=replace(model.context, kind=command.context))
    if command.negatives:
        cpc = replace(cpc, sampler=command.negatives)
    if cpc.reverse and cpc.sampler == "sequential":
        raise UsageError("--cpc.reverse cannot be carried over crops; choose other --negatives.")
    if command.crops.tempo_chance and cpc.sampler == "sequential" and is_first_process():
        print(
            "jtm pretrain: --crops.tempo-chance changes nothing with sequential negatives: their "
            "crops read on as they were recorded",
            file=sys.stderr,
        )
    return replace(command, model=model, cpc=cpc)
