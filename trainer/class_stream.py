"""Training the class head that goes live: frame by frame, on a network that stays as it is."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from trainer.augment import AugmentSettings, Responses, damage
from trainer.backbone import Backbone
from trainer.class_head import ClassHead
from trainer.class_scores import Scores
from trainer.class_task import ClassifySettings, Task
from trainer.datasets.shards import Shards
from trainer.features import kept_frames, window_audio
from trainer.machine import choose_precision
from trainer.probes import StreamSettings, mean_loss
from trainer.windows import IGNORED

TELL_STEPS = 50
"""Steps between lines about the loss."""


class Stream(NamedTuple):
    """A trained class head and what it said of the tested windows."""

    head: ClassHead
    scores: Scores


def train_stream(
    body: Backbone,
    shards: Shards,
    task: Task,
    settings: ClassifySettings,
    tell: Callable[[str], object] = lambda text: None,
) -> Stream:
    """Train a class head on the training windows, damaged as rooms and microphones do it.

    Args:
        body: in evaluation mode; not changed.
        shards: that the task's windows index.
        task: of `make_task`.
        settings: of the task and the head.
        tell: called now and then with a line about the loss.
    """
    stream: StreamSettings = settings.stream
    layouts = ((body.encoder.rows, body.encoder.width), (body.context.rows, body.context.width))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        head = ClassHead(layouts, len(task.classes), stream.head)
    kept = kept_frames(task.samples // body.hop_samples, settings.frame_stride)
    optimizer = torch.optim.AdamW(
        head.parameters(), stream.learning_rate, weight_decay=stream.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, stream.learning_rate, stream.steps + 1, pct_start=0.1
    )
    responses = Responses(stream.rooms, body.sample_rate)
    chances = balanced(task)
    halved = choose_precision(stream.precision, "cpu") == "bf16-mixed"
    losses: list[float] = []
    head.train()
    for step in range(stream.steps):
        rng = np.random.default_rng((settings.seed, step))
        chosen = rng.choice(len(chances), stream.batch_size, p=chances)
        audio = torch.from_numpy(
            np.stack([damaged(shards, task, i, rng, responses, body.sample_rate) for i in chosen])
        )
        scores = say(head, body, audio, halved)[:, kept]
        labels = task.frame_labels[torch.from_numpy(chosen)]
        loss = mean_loss(scores.flatten(0, 1), labels.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if (step + 1) % TELL_STEPS == 0:
            recent = np.mean(losses[-TELL_STEPS:])
            tell(f"stream, step {step + 1} of {stream.steps}, loss {recent:.2f} nats")
    return Stream(head.eval(), score_windows(head, body, shards, task, kept))


@torch.no_grad()
def score_windows(
    head: ClassHead, body: Backbone, shards: Shards, task: Task, kept: np.ndarray
) -> Scores:
    """Scores of the tested windows' kept frames, and their mean log-probability for the clip."""
    tested = task.tested.nonzero().flatten().tolist()
    frames = []
    for first in range(0, len(tested), 16):
        windows = [task.windows[i] for i in tested[first : first + 16]]
        frames.append(say(head, body, window_audio(shards, windows, task.samples))[:, kept])
    joined = torch.cat(frames)
    return torch.log_softmax(joined, dim=-1).mean(dim=1), joined


def say(head: ClassHead, body: Backbone, audio: Tensor, halved: bool = False) -> Tensor:
    """Class scores (batch, frames, classes) of `audio` (batch, samples) after silence.

    The network listens in bfloat16 where `halved`; the head always has 32 bits.
    """
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=halved):
        heard = body.listen(audio, body.initial_state(len(audio)))
    memory = audio.new_zeros(len(audio), head.settings.memory)
    return head(heard.frames, heard.context, memory)[0]


def balanced(task: Task) -> np.ndarray:
    """Chance of each window to be drawn: the square root of its class's share, over its count.

    Windows in which no kept frame has a class are never drawn; one with several classes counts as
    its most frequent.
    """
    main = np.full(len(task.windows), IGNORED)
    for i in task.trained.nonzero().flatten().tolist():
        known = task.frame_labels[i][task.frame_labels[i] != IGNORED]
        if len(known):
            main[i] = int(known.mode().values)
    counts = np.bincount(main[main != IGNORED], minlength=len(task.classes))
    weights = np.where(main == IGNORED, 0.0, 1 / np.sqrt(np.maximum(counts[main], 1)))
    return weights / weights.sum()


def damaged(
    shards: Shards,
    task: Task,
    number: int,
    rng: np.random.Generator,
    responses: Responses,
    sample_rate: int,
) -> np.ndarray:
    """Window `number` as a microphone in a room would have heard it, float32 (samples,)."""
    window = task.windows[number]
    sound = shards.audio(window.clip)[window.start : window.start + task.samples]
    sound = sound.astype(np.float32)
    sound = sound / (np.abs(sound).max() + 1e-3)
    return damage(sound, rng, AugmentSettings(), responses, sample_rate)
