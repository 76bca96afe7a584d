"""What is played: notes, figures, performance, drums."""
