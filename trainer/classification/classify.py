"""How well a network's features tell instruments, composers or ensembles apart."""

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from realtime.troubles.errors import UsageError
from trainer.classification.features import (
    Features,
    Steps,
    Watch,
    cache_key,
    extract,
    load_features,
    save_features,
    unwatched,
    window_audio,
)
from trainer.classification.live_head import train_stream
from trainer.classification.probes import LabelledWindows, WholeNetwork, train_probe, train_whole
from trainer.classification.scores import Scores, score
from trainer.classification.task import METHODS, ClassifySettings, Task
from trainer.network.backbone import Backbone
from trainer.network.class_head import ClassHead
from trainer.shards.shards import Shards


def classify(
    model: Backbone,
    shards: Shards,
    task: Task,
    settings: ClassifySettings,
    cache: Path,
    tell: Callable[[str], object] = lambda text: None,
    watch: Watch = unwatched,
    keep: Callable[[ClassHead], object] = lambda head: None,
) -> dict[str, dict[str, Any]]:
    """Train and test every method.

    Args:
        model: the checkpoint's encoder and context.
        shards: that the task's windows index.
        task: of `make_task`.
        settings: of the task.
        cache: folder where features are kept.
        tell: called with a line about what is going on.
        watch: shows how far listening and the training of whole networks are.
        keep: called with the head of method `stream`.

    Returns:
        Method -> figures; see `score`.

    Raises:
        UsageError: if a method is unknown.
    """
    known = (*METHODS, "finetuned", "stream")
    unknown = set(settings.methods) - set(known)
    if unknown:
        raise UsageError(f"No method {', '.join(sorted(unknown))}; known: {', '.join(known)}.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        untrained = Backbone(*model.architecture).eval()
    untrained = untrained.to(next(model.parameters()).device)
    results = {}
    for method in settings.methods:
        tell(method)
        if method in ("supervised", "finetuned"):
            body = untrained if method == "supervised" else model
            scores = supervised_scores(body, shards, task, settings, partial(watch, method))
        elif method == "stream":
            head, scores = train_stream(model, shards, task, settings, tell)
            keep(head)
        else:
            body = untrained if method.startswith("random") else model
            features = cached_features(body, shards, task, settings, cache, partial(watch, method))
            hidden = settings.probe.hidden if method.endswith("mlp") else 0
            scores = probe_scores(features, task, settings, hidden)
        results[method] = score(scores, task)
    return results


def cached_features(
    model: Backbone,
    shards: Shards,
    task: Task,
    settings: ClassifySettings,
    cache: Path,
    steps: Steps = iter,
) -> Features:
    """Features of all windows of the task, computed once."""
    draw = (settings.layer, task.samples, settings.frame_stride)
    key = cache_key(model, shards, task.windows, *draw)
    features = load_features(cache, key)
    if features is None:
        features = extract(model, shards, task.windows, *draw, steps)
        save_features(cache, key, features)
    return features


def probe_scores(features: Features, task: Task, settings: ClassifySettings, hidden: int) -> Scores:
    """Train a probe for clips and one for frames on the training windows; score the others."""
    train, test = task.trained, task.tested
    count = len(task.classes)
    clips = train_probe(
        features.clips[train],
        task.clip_labels[train],
        count,
        settings.probe,
        settings.seed,
        hidden,
    )
    frames = train_probe(
        features.frames[train].flatten(0, 1),
        task.frame_labels[train].flatten(),
        count,
        settings.probe,
        settings.seed,
        hidden,
    )
    with torch.no_grad():
        return clips(features.clips[test]), frames(features.frames[test])


def supervised_scores(
    body: Backbone, shards: Shards, task: Task, settings: ClassifySettings, steps: Steps = iter
) -> Scores:
    """Train a copy of `body` with new heads on the training windows; score the others."""
    train = task.trained.nonzero().flatten().tolist()
    test = task.tested.nonzero().flatten().tolist()
    width = extract(
        body, shards, [task.windows[train[0]]], settings.layer, task.samples, settings.frame_stride
    ).frames.shape[-1]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = WholeNetwork(copy.deepcopy(body), settings.layer, width, len(task.classes))
    network = network.to(next(body.parameters()).device)
    given = LabelledWindows(
        shards,
        [task.windows[i] for i in train],
        task.clip_labels[train],
        task.frame_labels[train],
        task.samples,
        settings.frame_stride,
    )
    train_whole(network, given, settings.supervised, settings.seed, steps)
    clips, frames = [], []
    with torch.no_grad():
        for first in range(0, len(test), 16):
            batch = [task.windows[i] for i in test[first : first + 16]]
            found = network(window_audio(shards, batch, task.samples), settings.frame_stride)
            clips.append(found[0].cpu())
            frames.append(found[1].cpu())
    return torch.cat(clips), torch.cat(frames)
