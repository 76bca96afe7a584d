"""The transcriber: the one forward that training, export and the live path share."""

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from realtime.inference.spec import PITCHES
from realtime.values.ranges import Count, Whole
from trainer.network.architectures import BackboneSettings, ContextSettings, EncoderSettings
from trainer.network.backbone import Backbone
from trainer.network.class_head import ClassHead, ClassHeadSettings, InstrumentHead
from trainer.network.heads import Activations, make_head


@dataclass(frozen=True)
class ModelSettings:
    """Architecture of a transcriber, in numbers and names."""

    encoder: EncoderSettings = EncoderSettings()
    context: ContextSettings = ContextSettings()
    joined: tuple[BackboneSettings, ...] = ()
    """Several networks side by side in place of the encoder; `--init [RUN_A,RUN_B]` sets it."""
    head_hidden: Count = 48
    """Hidden units of the head that pitches share; a head on one vector a frame has none."""
    look_aheads: tuple[Whole, ...] = (2, 4, 8)
    """Look-aheads that the network answers for, each with outputs of its own, in frames of the
    encoder's hop (10 ms unless it says else)."""
    default_look_ahead: Whole = 4
    """The look-ahead that runs are judged by, in frames; one of `look_aheads`."""
    instruments: tuple[str, ...] = ()
    """Instruments to tell apart pitch by pitch, by name; [musicnet] stands for its eleven."""
    classes: tuple[str, ...] = ()
    """What the class head tells apart; `jtm classify --keep` sets it."""
    class_head: ClassHeadSettings = ClassHeadSettings()


class Outputs(NamedTuple):
    """Everything that the network says of some hops."""

    activations: Activations
    spectrum: Tensor
    state: tuple[Tensor, ...]
    classes: Tensor
    """Scores before the softmax, `(batch, hops, classes)`, of now; no classes without a head."""
    instruments: Tensor
    """Logits `(batch, hops, instruments, 88)`; frame `i` describes `i - default_look_ahead`."""
    context: Tensor
    """What the heads read, `(batch, hops, 88, width)`, or `(batch, hops, width)`."""


class Transcriber(Backbone):
    """Raw audio -> activations of every pitch, causal, with the whole past in `state`.

    Training calls `outputs` once on a crop, the live path once a hop, and the exporter traces it;
    `forward` leaves out what says who plays. State is a flat tuple of float32 tensors named by
    `state_shapes`.
    """

    def __init__(self, settings: ModelSettings = ModelSettings()) -> None:
        super().__init__(settings.encoder, settings.context, settings.joined)
        self.settings = settings
        rows, width = self.context.rows, self.context.width
        self.head = make_head(rows, width, settings.head_hidden, len(settings.look_aheads))
        self.instrument_head = self.class_head = None
        if settings.instruments:
            count = len(settings.instruments)
            self.instrument_head = InstrumentHead(rows, PITCHES, width, count)
        if settings.classes:
            count = len(settings.classes)
            self.class_head = ClassHead(rows, width, count, settings.class_head)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of what `Outputs.classes` tells apart."""
        return self.settings.classes or self.settings.instruments

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        shapes = super().state_shapes()
        return shapes | (self.class_head.state_shapes() if self.class_head else {})

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
        heard = self.outputs(audio, state)
        return heard.activations, heard.spectrum, heard.state

    def outputs(self, audio: Tensor, state: tuple[Tensor, ...]) -> Outputs:
        """Predict pitches and who plays them from audio `(batch, samples)`, float32 in [-1, 1].

        Without a class head, the classes are the instruments: how surely each plays any pitch.
        """
        heard = self.encode(audio, state)
        following = heard.state
        classes = instruments = heard.context.new_zeros((*heard.context.shape[:2], 0))
        if self.instrument_head is not None:
            instruments = self.instrument_head(heard.context)
            classes = instruments.amax(dim=-1)
        if self.class_head is not None:
            classes, memory = self.class_head(heard.context, state[-1])
            following = (*following, memory)
        context = heard.context
        said = self.head(context)
        return Outputs(said, heard.spectrum, following, classes, instruments, context)
