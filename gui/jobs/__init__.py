"""Sound files on their way to notes, in processes of their own."""
