"""Tests of the guide in the window."""
