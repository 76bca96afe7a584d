"""Command-line options from a dataclass: `--help`, `--config FILE.yaml`, typos refused."""

import dataclasses
import difflib
import functools
import itertools
import json
import os
import re
import stat
import sys
import typing
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import yaml
from docstring_parser import parse_from_object
from jsonargparse import ActionYesNo, ArgumentParser, DefaultHelpFormatter, set_parsing_settings

from realtime.files.plain_text import plain
from realtime.troubles.errors import UserError
from realtime.values.files_of_call import begin_call, same_file
from realtime.values.ranges import Range, check, list_rules, shortened

Settings = TypeVar("Settings")
MOST_CONFIG_BYTES = 1 << 20


class _Help(DefaultHelpFormatter):
    """Shows ranges as "(type: float, 0 to 2000 ms, ...)", and examples line by line."""

    def _expand_help(self, action: Any) -> str:
        text = _plain_type(str(super()._expand_help(action)))
        return re.sub(r", default: (?:null)?\)$", ")", text)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith(_EXAMPLES):
            return text
        return super()._fill_text(text, width, indent)


_EXAMPLES = "examples:\n"


class _Parser(ArgumentParser):
    """Says what is wrong in one line instead of the whole usage."""

    settings: type[Any]
    """The dataclass that options are read into."""
    color: bool
    """Whether Python 3.14 and later writes help in colours."""

    def format_help(self, formatter: Any = None) -> str:
        """The help, without the backspace by which jsonargparse takes back a space."""
        return str(super().format_help(formatter)).replace(" \b", "")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write help or version; unlike argparse, let the caller know where that fails."""
        target = file or sys.stderr
        if message and target is not None:
            target.write(message)

    def error(self, message: str, ex: Exception | None = None) -> typing.NoReturn:
        words = message.split()
        named = [word.partition("=")[0] for word in words if word.startswith("-")]
        known = ["--" + each.name.replace("_", "-") for each in dataclasses.fields(self.settings)]
        unknown = named[0] if named and words[0] == "unrecognized" else ""
        near = difflib.get_close_matches(unknown, [*known, "--help", "--config"], n=2, cutoff=0.7)
        if unknown and not near:  # `--encoder` for `--model.encoder.kind`
            last = "." + unknown.lstrip("-").replace("-", "_").rpartition(".")[2]
            every = [name for action in self._actions for name in action.option_strings]
            kinds = [name for name in every if name.endswith(f"{last}.kind")]
            near = kinds or [name for name in every if name.endswith(last)][:2]
        meant = f"; did you mean {' or '.join(near)}" if near else ""
        self.refuse(_shortened(" ".join(words), self.settings) + meant)

    def refuse(self, sentence: str) -> typing.NoReturn:
        """Print what is wrong with the options, and end with the exit code of a usage error."""
        sentence = sentence.removesuffix(".")
        said = plain(f"{self.prog}: {sentence}. See `{self.prog} --help`.")
        print(said, file=sys.stderr)
        raise SystemExit(2)


def parse_options(
    settings: type[Settings],
    argv: list[str],
    *,
    command: str,
    description: str,
    positional: tuple[str, ...] = (),
    aliases: Mapping[str, str] | None = None,
    examples: tuple[str, ...] = (),
) -> Settings:
    """Read `argv` into an instance of the dataclass `settings`.

    Fields become `--field-name` options (`--field_name` is understood too); the docstring under a
    field is its help text, that of a dataclass heads the options of its fields. A `bool` field that
    is False by default is a switch without a value. Fields named in `positional` are taken by
    position (a `list[...]` field takes one or more values, a field with a default may be left
    out). An option of type `list[str]` takes one value each time it is named, or `[A,B]`; one of
    type `list[str] | str` stays a string where it is named once. Values are checked against the
    ranges on the fields (`realtime.values.ranges`). A usage error prints a line and exits with 2.

    Args:
        settings: the dataclass.
        argv: words after the subcommand.
        command: name of the subcommand.
        description: first line of the help.
        positional: names of fields, in order.
        aliases: short option -> name of its field, such as {"-o": "out"}.
        examples: whole command lines that end the help, what each does behind a "#".
    """
    short = {name: option for option, name in (aliases or {}).items()}
    kind: Any = settings
    parser = _make_parser(kind, command, description, positional, tuple(short.items()), examples)
    hints = typing.get_type_hints(settings, include_extras=True)
    fields = {field.name: field for field in dataclasses.fields(settings)}  # type: ignore[arg-type]
    words = [_with_dashes(word) for word in argv]
    options = {"--" + n.replace("_", "-"): hint for n, hint in hints.items() if n not in positional}
    lists = {name for name, hint in options.items() if hint == list[str]}
    either = {name for name, hint in options.items() if hint == list[str] | str}
    configs = _files_of({"--config"}, words)
    groups = set(_groups(settings))
    for option in ("--config", *sorted(groups)):
        for path in _files_of({option}, words):
            if problem := _problem_of(path, groups, option):
                parser.refuse(f"the file of {option} {problem}")
    try:
        namespace = parser.parse_args(_with_lists(words, lists, either))
        chosen = parser.instantiate_classes(namespace)
    except OverflowError:
        parser.refuse("a number of hundreds of digits is more than can be counted with")
    except (UnicodeDecodeError, RecursionError):
        parser.refuse("the file of --config is no YAML text in UTF-8, or nested too deeply")
    values = {name: getattr(chosen, name) for name in fields}
    for name in positional:
        if values[name] is None:
            values[name] = _default(fields[name])
    made = settings(**values)
    for name, value in values.items():
        if any(same_file(value, path) for path in configs):
            parser.refuse(f"{name.replace('_', '-')} names the file of --config; give another file")
    try:
        check(made)
    except UserError as error:
        parser.refuse(str(error))
    if command:  # the window, which has none, writes what it has read
        begin_call(made, configs)
    return made


def _groups(settings: type[Any], before: str = "--") -> Iterator[str]:
    """Options that stand for several and take a file of them, such as `--model` of the trainer."""
    for name, hint in typing.get_type_hints(settings).items():
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            option = before + name.replace("_", "-")
            yield option
            yield from _groups(hint, f"{option}.")


def _strings(loaded: Any, before: str) -> Iterator[tuple[str, str]]:
    """Options that a file gives a text, with it; groups are joined to their members by a dot."""
    if isinstance(loaded, dict):
        for name, value in loaded.items():
            option = f"{before}{name}".replace("_", "-")
            if isinstance(value, str):
                yield option, value
            yield from _strings(value, f"{option}.")


def _files_of(options: set[str], words: list[str]) -> list[str]:
    """What follows these options."""
    split = [word.partition("=") for word in words]
    found = [path for option, equals, path in split if equals and option in options]
    return found + [path for word, path in itertools.pairwise(words) if word in options]


def _problem_of(path: str, groups: set[str], option: str) -> str:
    """Why options cannot be read from a file; "" where they may be.

    A list of lists that refer to each other takes some lines, and written out all memory. A file
    that another one names would be read without any of these questions.

    Args:
        path: of the file.
        groups: see `_groups`.
        option: the one that names the file.
    """
    before = "--" if option == "--config" else f"{option}."
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            return "is a device"
        if not stat.S_ISREG(mode):
            return "is a folder" if stat.S_ISDIR(mode) else "is a pipe; give a file"
        if os.path.getsize(path) > MOST_CONFIG_BYTES:
            return f"is larger than {MOST_CONFIG_BYTES >> 20} MB"
        with open(path, encoding="utf-8") as file:
            events = yaml.parse(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            if any(isinstance(event, yaml.AliasEvent) for event in events):
                return "may not refer to parts of itself (*name)"
            file.seek(0)
            loaded = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            named = [name for name, value in _strings(loaded, before) if name in groups and value]
            if named:
                return f"gives {named[0][2:]} no options, but a name: write its options there"
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        pass  # the parser says so
    return ""


@functools.cache
def _make_parser(
    settings: type[Any],
    command: str,
    description: str,
    positional: tuple[str, ...],
    short: tuple[tuple[str, str], ...],
    examples: tuple[str, ...],
) -> _Parser:
    """Make the parser of a command, once in a process: reading its docstrings takes 0.1 s.

    Args:
        settings: the dataclass.
        command: name of the subcommand.
        description: first line of the help.
        positional: names of fields, in order.
        short: (name of a field, its short option) of those that have one.
        examples: command lines that end the help.
    """
    set_parsing_settings(docstring_parse_attribute_docstrings=True)
    parser = _Parser(
        prog=f"jtm {command}".strip(),
        usage=_usage(settings, command, positional),
        description=description,
        epilog=_EXAMPLES + "\n".join(f"  {line}" for line in examples) if examples else None,
        default_env=False,
        print_config="--print-%s",
        formatter_class=_Help,
    )
    parser.settings = settings
    parser.color = False  # what steers a terminal does not pass
    parser.add_argument("--config", action="config", help="Read options from a YAML file.")
    hints = typing.get_type_hints(settings, include_extras=True)
    docs = _field_docs(settings)
    names_of = {name: (option,) for name, option in short}
    fields = {field.name: field for field in dataclasses.fields(settings)}
    for name in positional:
        _add_positional(parser, fields[name], hints[name], docs.get(name, ""))
    for name, field in fields.items():
        if name not in positional:
            names = [*names_of.get(name, ()), "--" + name.replace("_", "-")]
            _add_option(parser, names, field, hints[name], docs.get(name, ""))
    return parser


def _usage(settings: type[Any], command: str, positional: tuple[str, ...]) -> str:
    """One line: what must be given, in order; everything else is "[options]"."""
    fields = {field.name: field for field in dataclasses.fields(settings)}
    hints = typing.get_type_hints(settings)
    words = ["jtm", command] if command else ["jtm"]
    for name in positional:
        word = name.upper() + ("..." if typing.get_origin(hints[name]) is list else "")
        needed = _default(fields[name]) is dataclasses.MISSING
        words.append(word if needed else f"[{word}]")
    for name, field in fields.items():
        if name not in positional and _default(field) is dataclasses.MISSING:
            words.append(f"--{name.replace('_', '-')} {name.upper()}")
    return " ".join([*words, "[options]"])


def _add_option(
    parser: _Parser, options: list[str], field: "dataclasses.Field[Any]", hint: Any, doc: str
) -> None:
    default = _default(field)
    if dataclasses.is_dataclass(hint):
        parser.add_argument("--" + field.name, type=hint, default=default, help=doc or None)
    elif hint is bool and default is False:
        parser.add_argument(*options, action="store_true", help=doc)
    elif hint is bool:
        parser.add_argument(
            *options, action=ActionYesNo(no_prefix="no-"), default=default, help=doc
        )
    else:
        given = {"required": True} if default is dataclasses.MISSING else {"default": default}
        parser.add_argument(*options, type=hint, help=doc, **given)


def _add_positional(
    parser: ArgumentParser, field: "dataclasses.Field[Any]", hint: Any, doc: str
) -> None:
    many = typing.get_origin(hint) is list
    optional = _default(field) is not dataclasses.MISSING
    nargs = ("*" if optional else "+") if many else ("?" if optional else None)
    parser.add_argument(field.name, type=str, nargs=nargs, help=doc)


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _field_docs(settings: type[Any]) -> dict[str, str]:
    """Attribute docstrings of the dataclass and its bases."""
    docs: dict[str, str] = {}
    for base in reversed(settings.__mro__):
        if dataclasses.is_dataclass(base):
            for entry in parse_from_object(base).params:
                docs[entry.arg_name] = " ".join((entry.description or "").split())
    return docs


def _plain_type(text: str) -> str:
    """`Annotated[float, 0 to 1]` -> `float, 0 to 1`, also inside of other types."""
    while (changed := re.sub(r"Annotated\[([^\[\]]*)\]", r"\1", text)) != text:
        text = changed
    return text


def _shortened(message: str, settings: type[Any]) -> str:
    """The parser's message without its internals, and what the option may be."""
    # jsonargparse keeps key, value and type in its sentence alone; tests hold this against it.
    found = re.match(r'(?:Parser key|Key) "([^"]+)".*(?:Got|Given) value: ?(.*)', message)
    if found:
        wrong = f"--{found[1].replace('_', '-')} cannot be '{shortened(found[2])}'"
        choices = ", ".join(_choices(message)) or _number_words(message, settings, found[1])
        return f"{wrong}; it may be {choices}" if choices else wrong
    # The parser names no value where Python itself refuses one, such as a number of 5000 digits.
    found = re.match(r'(?:Parser key|Key) "([^"]+)": (.*)', message)
    if found:
        rule = _number_words(message, settings, found[1])
        why = f" cannot be that; it may be {rule}" if rule else f": {found[2][:300]}"
        return f"--{found[1].replace('_', '-')}{why}"
    return message[:300].rstrip(".")


def _number_words(message: str, settings: type[Any], name: str) -> str:
    """What a number may be, in words; "" for options that are no numbers."""
    *outer, field = name.split(".")
    for part in outer:
        settings = typing.get_type_hints(settings)[part]
    rule = list_rules(settings).get(field)
    if not isinstance(rule, Range):
        return ""
    return f"a whole number, {rule}" if "<class 'int'>" in message else str(rule)


def _choices(message: str) -> list[str]:
    """The values that an option may have; none where they are not a fixed few."""
    types = message.partition(" Errors: ")[0]
    if re.search(r"<class '(?!NoneType)", types):
        return []
    listed = " ".join(re.findall(r"Literal\[(.*?)\]", types))
    return list(dict.fromkeys(re.findall(r"'([^']+)'", listed)))


def _with_lists(words: list[str], lists: set[str], either: set[str]) -> list[str]:
    """`--data A --data B` -> `--data=["A"] --data+=["B"]` for options that take a list.

    `[A,B]` stays, and so does the only value of an option that takes a list or a string (`either`).
    `[A,B]` after nothing but such whole lists takes their place, as any option given twice does.
    """
    kept: list[str] = []
    begun: set[str] = set()
    single: set[str] = set()
    times = Counter(word.partition("=")[0] for word in words)
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name not in lists | either:
            kept.append(word)
            continue
        value = value if equals else next(rest, "")
        if not value or value.startswith("-"):
            kept += [word] if equals else [word, value]
            continue
        whole = value.startswith("[") or (name in either and times[name] == 1)
        listed = value.startswith("[")
        sign = "+=" if name in begun and not (listed and name not in single) else "="
        single |= set() if listed else {name}
        kept.append(name + sign + (value if whole else json.dumps([value])))
        begun.add(name)
    return kept


def _with_dashes(word: str) -> str:
    """`--latency_ms=40` -> `--latency-ms=40`, `--a.b-c` -> `--a.b_c`; anything else stays."""
    if not word.startswith("--") or word == "--":
        return word
    name, equals, value = word.partition("=")
    if "." in name:
        return "--" + name[2:].replace("-", "_") + equals + value
    return "--" + name[2:].replace("_", "-") + equals + value
