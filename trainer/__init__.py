"""Offline trainer: CPC pretraining, transcription and classification."""
