"""Checkpoint -> one ONNX file with its ModelSpec, parity checked."""
