"""What the decoder remembers of one pitch between two frames."""

from dataclasses import dataclass

from realtime.inference.spec import DecoderSettings

LONG_AGO = -(10**9)
"""A frame that lies before every frame of an input."""


@dataclass(slots=True)
class Row:
    """One pitch. Frames are counted from the start of the input, as the network describes them."""

    started: int = LONG_AGO
    """Frame at which the newest note was recognised."""
    dated: int = LONG_AGO
    """Frame that its note-on names: earlier where its onset built up over several frames."""
    ended: int = LONG_AGO
    """Frame that the newest note-off names."""
    strength: float = 0.0
    """Onset probability with which the newest note began."""
    weak: float = 0.0
    """Frames, weighed by how weak they are, since the sounding note was last strong."""
    faded: int = LONG_AGO
    """Frame in which the sounding note began to be weak."""

    def begin(self, started: int, dated: int, strength: float) -> None:
        """Remember a note that begins.

        Args:
            started: frame at which it leaves.
            dated: frame at which it was struck.
            strength: onset probability, 0-1.
        """
        self.started, self.dated, self.strength = started, dated, strength
        self.weak = 0.0

    def weigh(self, probability: float, now: int, settings: DecoderSettings) -> None:
        """Count a frame in which the sounding note is weak; a strong one clears the count.

        Args:
            probability: that the note sounds, 0-1 or no number.
            now: the frame.
            settings: `frame_threshold` parts weak from strong; with `release_by_depth` a frame
                counts the more, up to 1, the deeper it lies below.
        """
        threshold = settings.frame_threshold
        # A note that a shorter look-ahead announced lies ahead of this frame: it cannot fade yet.
        if probability >= threshold or now < self.dated:
            self.weak = 0.0
            return
        if self.weak == 0:
            self.faded = now
        known = settings.release_by_depth and probability > 0  # not where it is no number
        self.weak += 1 - probability / threshold if known else 1

    def is_over(self, now: int, offset_heard: bool, settings: DecoderSettings) -> bool:
        """Whether the sounding note has faded or its offset was heard, and it is long enough.

        Args:
            now: this frame.
            offset_heard: whether an offset was.
            settings: thresholds; lengths in frames.
        """
        over = offset_heard or self.weak >= settings.release_frames
        return over and now - self.started >= settings.minimum_frames

    def end(self, now: int, offset_heard: bool, settings: DecoderSettings) -> int:
        """End the note. Returns the frame that its note-off names."""
        # By depth the frames add up slowly: the note ended where they began to.
        by_fading = settings.release_by_depth and not offset_heard
        end = (self.faded if by_fading else now) - settings.release_lag_frames
        # Never shorter than the shortest note, where that lies in the past already.
        earliest = min(self.dated + settings.minimum_frames, now)
        self.ended = max(end, earliest)
        return self.ended
