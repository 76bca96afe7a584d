"""The `jtm` subcommands of the trainer."""
