"""Learning to transcribe from recordings with notes."""
