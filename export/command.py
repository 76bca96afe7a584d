"""`jtm export`: checkpoint -> one .onnx file, parity checked."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from realtime.commands.options import parse_options
from realtime.files.output_files import OutputFiles, beside
from realtime.troubles.errors import UsageError, UserError
from realtime.troubles.trouble import why
from realtime.values.given_file import require_file
from realtime.values.ranges import Range

if TYPE_CHECKING:
    from export.card import CardFacts
    from realtime.inference.spec import ModelSpec


@dataclass(frozen=True)
class ExportCommand:
    """Export a checkpoint as one .onnx file."""

    checkpoint: str
    """Run folder or .safetensors of `jtm train`; of a folder the best weights, else the last."""
    out: str = "model.onnx"
    """Where to write the model; its SHA-256 goes beside it."""
    name: str = ""
    """Name shown to players; the file's own name if empty."""
    thresholds: str = ""
    """JSON file of decoder thresholds by look-ahead, as `jtm evaluate --tune` writes it; `default`
    for those of the bundled model, which suit what was taught further from it."""
    features: bool = False
    """Export what the heads listen to instead of notes: encoder and context, also of a run of
    `jtm pretrain`. For other programs (docs/onnx.md); nothing that plays."""
    default_latency_ms: Annotated[float | None, Range(0, 2000, "ms")] = None
    """Look-ahead that players get unless they choose another; the recipe's if left out."""
    licence: str = ""
    """Licence of the weights, as an SPDX name; it is written into the file and the card. Empty for
    that of the recordings that they learned from, or `unknown` where it is not known of all."""
    provenance: str = ""
    """Recipe, data and commit that made it, in a sentence."""
    card: str = ""
    """Write a model card to this Markdown file."""
    scores: str = ""
    """JSON of `jtm evaluate --json`, for the card."""
    data_table: str = ""
    """CSV of sources and licences (source,what,licence,used as), for the card."""
    energy: str = ""
    """A guess of what the training took, in words, for the card: 0.1 kWh (10 W a core)."""
    notes: str = ""
    """Markdown file with what the card should say in words, such as known failures."""
    overwrite: bool = False
    """Write over --out and --card where they are there already."""
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        ExportCommand,
        argv,
        command="export",
        description="Checkpoint -> one .onnx file, parity checked.",
        positional=("checkpoint",),
        examples=("jtm export run", "jtm export run --out my.onnx"),
    )
    outputs = OutputFiles(overwrite=command.overwrite)
    outputs.claim_all(command.out, beside(command.out, ".sha256"))
    if command.card:
        outputs.claim(command.card)
    figures = (export_features if command.features else export)(command, outputs)
    if command.json:
        print(json.dumps(figures))
    else:
        print(
            f"{figures['file']}: {figures['bytes'] / 1e6:.1f} MB, "
            f"{figures['parameters']} parameters, largest difference "
            f"{figures['worst']:.1e} over {figures['hops']} hops"
        )
    return 0


def export(command: ExportCommand, outputs: OutputFiles) -> dict[str, Any]:
    """Build, check and write the model.

    Args:
        command: the options.
        outputs: what is written is claimed of it.

    Returns:
        Figures: file, bytes, sha256, parameters, hops, worst (largest logit difference).

    Raises:
        UserError: if the checkpoint cannot be read, a layer cannot stream, parity fails or the
            file cannot be written.
    """
    from export.model_spec import make_spec, read_practice, read_refine, read_thresholds
    from export.parity import measure_parity, pack_self_test, require_parity
    from export.to_onnx import add_metadata, build_graph
    from realtime.inference.spec import METADATA_KEY, SELF_TEST_KEY
    from trainer.runs.checkpoints import find_checkpoint, load_transcriber
    from trainer.shards.format import require_rate
    from trainer.shards.licences import join_licences

    model, facts = load_transcriber(find_checkpoint(Path(command.checkpoint)))
    require_rate(model.sample_rate)
    target = Path(command.out)
    frame_ms = 1000 * model.hop_samples / model.sample_rate
    decoders = read_thresholds(command.thresholds, frame_ms) if command.thresholds else {}
    spec = make_spec(
        model,
        name=command.name or target.stem,
        decoders=decoders,
        refine=read_refine(command.thresholds) if command.thresholds else None,
        practice=read_practice(command.thresholds) if command.thresholds else None,
        default_latency_ms=command.default_latency_ms,
        licence=command.licence or join_licences(facts.get("licences", [])),
        provenance=command.provenance or f"trained for {facts.get('hours_heard', '?')} h of sound",
    )
    graph = build_graph(model)
    parity = measure_parity(model, graph)
    require_parity(parity)
    graph = add_metadata(
        graph, {METADATA_KEY: spec.to_json(), SELF_TEST_KEY: pack_self_test(parity)}
    )
    digest = write_hashed(target, graph, outputs)
    parameters = sum(weight.numel() for weight in model.parameters())
    if command.card:
        from export.card import CardFacts

        known = CardFacts(
            len(graph), parameters, digest, parity.worst, facts, present_commit(), command.energy
        )
        with outputs.writing(command.card) as partial:
            partial.write_text(compose_card(command, spec, known), encoding="utf-8")
    return {
        "file": str(outputs.places[target]),
        "bytes": len(graph),
        "sha256": digest,
        "parameters": parameters,
        "hops": parity.hops,
        "worst": parity.worst,
    }


def export_features(command: ExportCommand, outputs: OutputFiles) -> dict[str, Any]:
    """Build, check and write encoder and context alone.

    Returns:
        As `export`.

    Raises:
        UserError: as `export`, and for options that are about notes.
    """
    from export.features import build_features, describe, measure_features
    from export.parity import pack_self_test, require_parity
    from export.to_onnx import add_metadata
    from realtime.inference.spec import FEATURE_KEY, SELF_TEST_KEY
    from trainer.runs.checkpoints import find_checkpoint, load_backbone
    from trainer.shards.licences import join_licences

    if command.thresholds or command.card or command.default_latency_ms is not None:
        raise UsageError(
            "--features exports no notes: leave out --thresholds, --card and --default-latency-ms."
        )
    model, facts = load_backbone(find_checkpoint(Path(command.checkpoint)))
    target = Path(command.out)
    provenance = command.provenance or f"heard {facts.get('hours_heard', '?')} h of sound"
    licence = command.licence or join_licences(facts.get("licences", []))
    spec = describe(model, command.name or target.stem, licence, provenance)
    graph = build_features(model, spec)
    parity = measure_features(model, graph, spec)
    require_parity(parity)
    graph = add_metadata(
        graph, {FEATURE_KEY: spec.to_json(), SELF_TEST_KEY: pack_self_test(parity)}
    )
    digest = write_hashed(target, graph, outputs)
    return {
        "file": str(outputs.places[target]),
        "bytes": len(graph),
        "sha256": digest,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "hops": parity.hops,
        "worst": parity.worst,
    }


def write_hashed(target: Path, graph: bytes, outputs: OutputFiles) -> str:
    """Write a claimed model and, beside it, its SHA-256, which is returned."""
    digest = hashlib.sha256(graph).hexdigest()
    with outputs.writing(target) as partial:
        partial.write_bytes(graph)
    place = outputs.places[target]
    with outputs.writing(place.with_suffix(".sha256")) as partial:
        partial.write_text(f"{digest}  {place.name}\n", encoding="utf-8")
    return digest


def compose_card(command: ExportCommand, spec: "ModelSpec", known: "CardFacts") -> str:
    """The card's text from the files that the options name."""
    from export.card import read_data_table, read_scores, write_card

    notes = ""
    if command.notes:
        try:
            require_file(command.notes)
            notes = Path(command.notes).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"Cannot read notes '{command.notes}' ({why(error)}).") from error
    return write_card(
        spec,
        known,
        read_scores(Path(command.scores)) if command.scores else {},
        read_data_table(Path(command.data_table)) if command.data_table else [],
        notes,
    )


def present_commit() -> str:
    """Short hash of the checked-out code, "unknown" outside a repository."""
    folder = Path(__file__).resolve().parent
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    )
    return done.stdout.strip() or "unknown"
