"""Teaching all weights of the bundled model a player's instrument: `jtm teach --thorough`."""
