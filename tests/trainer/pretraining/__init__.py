"""Tests of trainer/pretraining."""
