"""YAML presets for `jtm train --config`; a test loads each of them."""
