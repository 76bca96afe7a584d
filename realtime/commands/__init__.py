"""The `jtm` subcommands that need no torch."""
