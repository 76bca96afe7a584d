"""Tests of realtime/transcription."""
