"""Training the class head that goes live: frame by frame, on a network that stays as it is."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.classification.features import WARM_UP_FRAMES, kept_frames, window_audio
from trainer.classification.probes import StreamSettings
from trainer.classification.scores import Scores
from trainer.classification.task import ClassifySettings, Task
from trainer.classification.windows import IGNORED
from trainer.crops.augment import AugmentSettings, Responses, damage
from trainer.network.backbone import Backbone
from trainer.network.class_head import ClassHead, gather
from trainer.runs.machine import choose_precision
from trainer.shards.shards import Shards

TELL_STEPS = 250
"""Steps between lines about the loss."""
TELL_WINDOWS = 1000
"""Windows between lines about hearing."""
AT_A_TIME = 16
"""Windows that are heard together."""
SHORTEST = 2 / 3
"""Part of a window that a step trains on, at least; where it begins is drawn."""


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

    The network hears each window once; what the head is told of it is kept in memory in 16 bits
    (5000 windows of 1.6 s of the shipped architecture: 0.5 GB).

    Args:
        body: in evaluation mode; not changed.
        shards: that the task's windows index.
        task: of `make_task`.
        settings: of the task and the head.
        tell: called now and then with a line about what is going on.
    """
    stream: StreamSettings = settings.stream
    rows, width = body.context.rows, body.context.width
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        head = ClassHead(rows, width, len(task.classes), stream.head)
        kept = kept_frames(task.samples // body.hop_samples, settings.frame_stride) - WARM_UP_FRAMES
        chosen = draw_windows(task, stream.windows, settings.seed)
        told = embed_windows(body, shards, task, settings, chosen, tell)
        fit(head, told, task.frame_labels[chosen], kept, settings, tell)
        return Stream(head.eval(), score_windows(head, body, shards, task, kept))


def draw_windows(task: Task, count: int, seed: int) -> Tensor:
    """Numbers of up to `count` training windows, `(windows,)`, without repetition."""
    chances = balanced(task)
    most = min(count, int((chances > 0).sum()))
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.choice(len(chances), most, replace=False, p=chances))


def embed_windows(
    body: Backbone,
    shards: Shards,
    task: Task,
    settings: ClassifySettings,
    chosen: Tensor,
    tell: Callable[[str], object],
) -> Tensor:
    """What a class head is told of damaged windows, float16 (windows, frames, width)."""
    stream = settings.stream
    responses = Responses(stream.rooms, body.sample_rate)
    halved = choose_precision(stream.precision, next(body.parameters()).device.type) == "bf16-mixed"
    parts = []
    for first in range(0, len(chosen), AT_A_TIME):
        audio = [
            damaged(
                shards,
                task,
                i,
                np.random.default_rng((settings.seed, i)),
                responses,
                body.sample_rate,
            )
            for i in chosen[first : first + AT_A_TIME].tolist()
        ]
        parts.append(encode(body, torch.from_numpy(np.stack(audio)), halved).half())
        heard = first + len(audio)
        if heard // TELL_WINDOWS > first // TELL_WINDOWS:
            tell(f"stream, heard {heard} of {len(chosen)} windows")
    return torch.cat(parts)


def encode(body: Backbone, audio: Tensor, halved: bool = False) -> Tensor:
    """What a class head is told of `audio` (batch, samples), after the warm-up.

    The network listens in bfloat16 where `halved`.
    """
    device = next(body.parameters()).device
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=halved):
        heard = body.encode(audio.to(device), body.initial_state(len(audio)))
    return gather(heard.context[:, WARM_UP_FRAMES:]).cpu()


def fit(
    head: ClassHead,
    told: Tensor,
    labels: Tensor,
    kept: np.ndarray,
    settings: ClassifySettings,
    tell: Callable[[str], object] = lambda text: None,
) -> None:
    """Train a class head on stretches of windows, in 32 bits.

    Features are standardised for it, because some are a hundred times as large as others; the
    head takes the scale in at the end.

    Args:
        head: changed in place.
        told: of `embed_windows`, (windows, frames, width).
        labels: class numbers (windows, kept frames), IGNORED where there is none.
        kept: the frames that have labels.
        settings: of the training.
        tell: called now and then with a line about the loss.
    """
    stream = settings.stream
    known = kept[(labels != IGNORED).any(dim=0).numpy()]
    some = told[:, known[:: max(1, len(known) // 16)]].flatten(0, 1).float()
    mean, deviation = some.mean(dim=0), some.std(dim=0).clamp(min=1e-3)
    weights = class_weights(labels, head.out.out_features, stream.balance)
    everywhere = labels.new_full(told.shape[:2], IGNORED)
    everywhere[:, kept] = labels
    optimizer = torch.optim.AdamW(
        head.parameters(), stream.learning_rate, weight_decay=stream.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, stream.learning_rate, stream.steps + 1, pct_start=0.1
    )
    length = math.ceil(SHORTEST * told.shape[1])
    memory = torch.zeros(stream.batch_size, head.settings.memory)
    losses: list[float] = []
    head.train()
    for step in range(stream.steps):
        rows = torch.randint(len(told), (stream.batch_size,))
        start = int(torch.randint(told.shape[1] - length + 1, (1,)))
        carried = torch.rand(stream.batch_size, 1) < stream.carry_chance
        stretch = (told[rows, start : start + length].float() - mean) / deviation
        scores, memory = head.judge(stretch, memory.detach() * carried)
        wanted = everywhere[rows, start : start + length].flatten()
        loss = F.cross_entropy(
            scores.flatten(0, 1), wanted, weights, ignore_index=IGNORED, reduction="sum"
        ) / (wanted != IGNORED).sum().clamp(min=1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if (step + 1) % TELL_STEPS == 0:
            recent = np.mean(losses[-TELL_STEPS:])
            tell(f"stream, step {step + 1} of {stream.steps}, loss {recent:.2f} nats")
    head.take_in_scale(mean, deviation)


def class_weights(labels: Tensor, classes: int, balance: float) -> Tensor:
    """Weight of each class in the loss: its number of frames to the power of -balance, mean 1."""
    counts = torch.bincount(labels[labels != IGNORED], minlength=classes).clamp(min=1).float()
    weights = counts**-balance
    return weights * counts.sum() / (weights * counts).sum()


@torch.no_grad()
def score_windows(
    head: ClassHead, body: Backbone, shards: Shards, task: Task, kept: np.ndarray
) -> Scores:
    """Scores of the tested windows' kept frames; for the clip, the logarithm of their mean share.

    Windows are heard undamaged and in 32 bits, as they will be live.
    """
    tested = task.tested.nonzero().flatten().tolist()
    frames = []
    for first in range(0, len(tested), AT_A_TIME):
        windows = [task.windows[i] for i in tested[first : first + AT_A_TIME]]
        told = encode(body, window_audio(shards, windows, task.samples))
        silence = told.new_zeros(len(windows), head.settings.memory)
        frames.append(head.judge(told, silence)[0][:, kept])
    joined = torch.cat(frames)
    return torch.softmax(joined, dim=-1).mean(dim=1).log(), joined


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
    result: np.ndarray = weights / weights.sum()
    return result


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
    sound = shards.window(window.clip, window.start, task.samples).astype(np.float32)
    sound = sound / (np.abs(sound).max() + 1e-3)
    return damage(sound, rng, AugmentSettings(), responses, sample_rate)
