"""Tests of realtime/inference."""
