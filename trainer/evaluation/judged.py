"""Recordings scored with many thresholds: none is decoded twice with the same."""

from realtime.inference.spec import DecoderSettings, ModelSpec
from trainer.evaluation.evaluate import RecordingRolls, score_each
from trainer.evaluation.recording import ScoredRecording
from trainer.evaluation.tables import group_means

Scores = list[tuple[ScoredRecording, dict[str, float]]]


class JudgedRecordings:
    """What recordings score at one look-ahead, by thresholds, as far as anybody asked.

    Args:
        heard: recordings.
        spec: of the model.
        head: number of the look-ahead.
    """

    def __init__(self, heard: list[RecordingRolls], spec: ModelSpec, head: int) -> None:
        self.heard, self.spec, self.head = heard, spec, head
        self._known: dict[DecoderSettings, Scores] = {}

    @property
    def groups(self) -> list[str]:
        """Groups with notes, in the order of the recordings."""
        return list(
            dict.fromkeys(one.recording.group for one in self.heard if len(one.recording.notes))
        )

    def each(self, settings: DecoderSettings) -> Scores:
        """Every recording with its figures."""
        if settings not in self._known:
            self._known[settings] = score_each(self.heard, self.spec, self.head, settings)
        return self._known[settings]

    def table(self, settings: DecoderSettings, without: str = "") -> dict[str, dict[str, float]]:
        """Means by group and over all of them, without the group `without`."""
        return group_means([one for one in self.each(settings) if one[0].group != without])
