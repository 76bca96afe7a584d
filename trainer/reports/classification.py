"""The page of a classification: accuracies or frame scores, confusions, settings."""

from pathlib import Path

from trainer.reports.parts import (
    Picture,
    ReportPage,
    Section,
    Table,
    about_line,
    filled,
    percent,
    read_json,
    settings_table,
)


def classification_page(run: Path) -> ReportPage:
    """Make the page of a folder that holds `classify.json`."""
    told = read_json(run / "classify.json")
    settings = told["settings"]
    tested, trained = len(told["test_recordings"]), len(told["train_recordings"])
    name, options = run.resolve().name, settings_table(settings)
    if "classes" not in told:
        names = ("f1", "precision", "recall", "average_precision")
        rows = [[m, *(percent(f[name]) for name in names)] for m, f in told["results"].items()]
        sentence = (
            f"Which notes sound: {told['frames']} frames of {tested} recordings tested, {trained} "
            "others trained on"
        )
        frames = Table(["method", "frame F1", "precision", "recall", "average precision"], rows)
        about = about_line(sentence, settings, {})
        return ReportPage(name, about, filled([Section("Frames", [frames])]), options)
    sentence = (
        f"{len(told['classes'])} classes of {settings['target']}: {tested} recordings tested, "
        f"{trained} others trained on; always the commonest class: {percent(told['chance'])}"
    )
    rows = []
    for method, levels in told["results"].items():
        shares = [levels[level]["accuracy"] for level in ("clip", "frame", "recording")]
        rows.append([method, *map(percent, (*shares, levels["clip"]["macro_f1"]))])
    accuracy = Table(["method", "clip", "frame", "recording", "clip F1"], rows)
    sections = [Section("Accuracy", [accuracy])]
    for level in ("clip", "frame"):
        picture = run / f"confusion_{level}.png"
        if picture.is_file():
            sections.append(Section(f"Confusions, {level}", [Picture(picture)]))
    return ReportPage(name, sentence, filled(sections), options)
