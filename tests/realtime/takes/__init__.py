"""Tests of realtime/takes."""
