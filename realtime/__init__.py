"""Runs an exported model on sound: capture, model, note tracker, MIDI out, takes."""
