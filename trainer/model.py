"""The transcriber: the one forward that training, export and the live path share."""

from dataclasses import dataclass

from torch import Tensor

from trainer.architectures import ContextSettings, EncoderSettings
from trainer.backbone import Backbone
from trainer.heads import Activations, make_head


@dataclass(frozen=True)
class ModelSettings:
    """Architecture of a transcriber."""

    encoder: EncoderSettings = EncoderSettings()
    context: ContextSettings = ContextSettings()
    head_hidden: int = 48
    """Hidden units of the head that pitches share; a head on one vector a frame has none."""
    look_aheads: tuple[int, ...] = (2, 4, 8)
    """Frames of look-ahead that the network answers for, each with outputs of its own."""
    default_look_ahead: int = 4


class Transcriber(Backbone):
    """Raw audio -> activations of every pitch, causal, with the whole past in `state`.

    `forward` is the only one: training calls it once on a crop, the live path once a hop, and the
    exporter traces it. State is a flat tuple of float32 tensors named by `state_shapes`.
    """

    def __init__(self, settings: ModelSettings = ModelSettings()) -> None:
        super().__init__(settings.encoder, settings.context)
        self.settings = settings
        self.head = make_head(
            self.context.rows, self.context.width, settings.head_hidden, len(settings.look_aheads)
        )

    def forward(
        self, audio: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[Activations, Tensor, tuple[Tensor, ...]]:
        """Hear the next hops.

        Args:
            audio: `(batch, hops * hop_samples)`, float32 in [-1, 1].
            state: what the previous call returned, or `initial_state(batch)`.

        Returns:
            Activations `(batch, hops, look_aheads, 88)`, the spectrum `(batch, hops, bins)` that
            the encoder started from, and the next state.
        """
        heard = self.listen(audio, state)
        return self.head(heard.context), heard.spectrum, heard.state
