"""Tests of realtime/audio."""
