"""Context networks: what was heard so far, frame by frame."""
