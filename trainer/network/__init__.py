"""The network, from building blocks to the transcriber; one forward."""
