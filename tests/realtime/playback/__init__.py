"""Tests of realtime/playback."""
