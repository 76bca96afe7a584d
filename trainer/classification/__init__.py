"""Classification of music from the features of a transcriber."""
