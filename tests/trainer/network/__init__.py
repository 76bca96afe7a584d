"""Tests of trainer/network."""
