"""Tests of realtime/midi."""
