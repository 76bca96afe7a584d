"""The English sentence of each code; the command line, takes and reports show it."""

from realtime.troubles.codes import Code
from realtime.troubles.practice_texts import PRACTICE_TEXTS

TEXTS: dict[Code, str] = {
    Code.OTHER: "{text}",
    Code.ENGINE_RESTARTED: "The engine crashed and was restarted.",
    Code.ENGINE_GAVE_UP: (
        "The engine crashed several times; choose another input, MIDI port or model."
    ),
    Code.TAKE_RECOVERED: "Recovered a take of an interrupted session: {path}.",
    Code.TAKES_RECOVERED: "Recovered {count} takes of an interrupted session, the newest: {path}.",
    Code.TAKE_LACKS_SOUND: "{seconds:.1f} s of the recovered take {path} have notes but no sound.",
    Code.STILL_UNFINISHED: (
        "A take of an interrupted session cannot be finished yet; what there is lies in {path}."
    ),
    Code.NOTHING_READABLE: (
        "Nothing could be read of an interrupted session; what there is lies in {path}."
    ),
    Code.DRIVER_HANGS: "A sound or MIDI driver does not answer; unplug it or log in again.",
    Code.DRIVER_CRASHED: "A sound or MIDI driver crashed while it was asked for its devices.",
    Code.DEVICES_UNREAD: "The list of devices cannot be read ({reason}).",
    Code.HELPER_NOT_STARTED: (
        "A process of the program cannot be started ({reason}); install the program again."
    ),
    Code.TRANSCRIBER_STOPPED: "The transcriber stopped with code {code}.",
    Code.NO_INPUT: "No microphone or other sound input is plugged in.",
    Code.UNKNOWN_INPUT: "No sound input named '{name}'. Run `jtm devices` to see the list.",
    Code.INPUT_FORBIDDEN: "Input '{name}' cannot be opened: this program may not use it.",
    Code.INPUT_REFUSED: "Input '{name}' cannot be opened ({reason}).",
    Code.INPUT_SILENT: "Input '{name}' does not answer.",
    Code.INPUT_STOPPED: "Input '{name}' stopped giving sound; trying again.",
    Code.INPUT_AWAITED: "Waiting for input '{name}'.",
    Code.INPUT_UNPLUGGED: "Input '{name}' was unplugged; waiting for it to come back.",
    Code.LEFT_FOR_MONITOR: "A sound server left '{name}' for what the computer plays; going back.",
    Code.INPUT_MOVED: "'{other}' came in the place of '{name}': not recorded until you choose it.",
    Code.INPUT_WAS_AWAY: "Something else was in the place of '{name}'; it is not recorded.",
    Code.INPUT_BACK: "Listening to '{name}' again.",
    Code.INPUT_MUTED: "Input '{name}' is muted in the sound server: nothing can be heard.",
    Code.INPUT_CHANGED: "Now listening to '{name}'.",
    Code.INPUT_CHANGED_TO_MONITOR: "Now listening to '{name}' (what the computer plays).",
    Code.SOUND_SERVER_SILENT: "The sound server does not answer.",
    Code.PORTAUDIO_MISSING: (
        "The PortAudio library is missing; install it (Debian, Ubuntu: "
        "`apt install libportaudio2`)."
    ),
    Code.SOUND_SYSTEM_FAILED: "The sound system cannot be started ({reason}).",
    Code.FILE_IS_FOLDER: "{path} is a folder, not a sound file.",
    Code.FILE_MISSING: "No such sound file: {path}.",
    Code.FILE_EMPTY: "{path} is empty.",
    Code.FILE_NOT_SOUND: (
        "{path} is damaged or no sound recording ({reason}). If another program plays it, save it "
        "there as WAV, FLAC, MP3 or M4A."
    ),
    Code.FILE_HOLDS_NOTHING: "{path} holds no sound ({frames} frames at {rate} Hz).",
    Code.FILE_LACKS_CHANNEL: "{path} has no channel {channel} to listen to, only {channels}.",
    Code.FILE_DAMAGED: "{path} is damaged after {second:.1f} s ({reason}).",
    Code.FILE_HAS_HOLES: (
        "{path} is damaged from {second:.1f} s on: {missing:.1f} s of it cannot be read and are "
        "silent here."
    ),
    Code.FILE_CUT_OFF: "{path} is cut off: {there:.1f} s of {length:.1f} s are there.",
    Code.FILE_UNREADABLE: "{path} cannot be read: {reason}.",
    Code.FILE_GONE: "{path} is no longer there.",
    Code.NOT_IN_FOLDER: "{name} is not in its folder any more.",
    Code.NOT_TRASHED: "{path} cannot be moved to the trash.",
    Code.NOT_IN_TRASH: "{name} is no longer in the trash.",
    Code.PLACE_TAKEN: "There is already another {name}.",
    Code.SHORT_OR_DAMAGED: "it is too short or damaged",
    Code.NO_MIDI: "MIDI is not available ({reason}).",
    Code.NO_MIDI_SYSTEM: (
        "No MIDI system to make a virtual port in: start JACK, or load the "
        "snd-seq kernel module for ALSA."
    ),
    Code.NO_VIRTUAL_PORTS: (
        "Windows has no virtual MIDI ports; install loopMIDI, make a port there and choose it."
    ),
    Code.UNKNOWN_PORT: "No MIDI port named '{name}'. Run `jtm devices` to see the list.",
    Code.PORT_REFUSED: "MIDI port '{name}' cannot be opened ({reason}).",
    Code.PORT_SILENT: "MIDI port '{name}' does not answer; try again.",
    Code.PORT_LOST: "MIDI port '{name}' was lost; trying again.",
    Code.PORT_GONE: "MIDI port '{name}' is gone.",
    Code.MIDI_SYSTEM_GONE: "The MIDI system went away; trying again.",
    Code.NO_OUTPUT: "No loudspeaker or other sound output is plugged in.",
    Code.UNKNOWN_OUTPUT: "No sound output named '{name}'. Run `jtm devices` to see the list.",
    Code.OUTPUT_REFUSED: "Output '{name}' cannot be opened ({reason}).",
    Code.OUTPUT_STUCK: "Output '{name}' takes no more sound; trying again.",
    Code.OUTPUT_LOST: "Output '{name}' was lost; trying again.",
    Code.OUTPUT_SILENT: "The sound output does not answer.",
    Code.OUTPUT_NOT_STARTED: "The sound output cannot be started ({reason}).",
    Code.LOOP_NEEDS_MICROPHONE: "Choose a microphone first: a file hears nothing.",
    Code.LOOP_NEEDS_NO_TAKE: "End the take first: the measurement plays noise.",
    Code.PROBE_UNHEARD: (
        "The probe was not heard. Turn the loudspeaker up, or move the microphone closer."
    ),
    Code.PROBES_DISAGREE: "The measurements do not agree; close other programs and try again.",
    Code.TAKE_UNWRITTEN: (
        "Takes cannot be written to {folder} ({reason}); the take is kept in memory. "
        "Free some space or choose another folder."
    ),
    Code.TAKE_MOVED: "Takes cannot be written to {asked} ({reason}); the take goes on in {folder}.",
    Code.CLICK_UNKNOWN: (
        "Where the beats of the click lie in the take is not known: the sound output did not "
        "say so in time. The take is whole, but its bars are not those of the click."
    ),
    Code.TAKE_NOT_WHOLE: (
        "{path} is not whole: {seconds:.1f} s of sound and {notes} notes could not be written."
    ),
    Code.TAKE_LOST: (
        "The take is lost: neither {folder} nor another folder could be written ({reason})."
    ),
    Code.TAKE_UNFINISHED: (
        "The take is not finished ({reason}). Its sound (audio-*.flac) and notes (events.jsonl) "
        "lie in {path}; the next start finishes it."
    ),
    Code.TAKE_CUT_SHORT: (
        "The take is not finished ({reason}). Its sound (audio-*.flac) and notes (events.jsonl), "
        "but for the last {seconds:.0f} s, lie in {path}; the next start finishes it."
    ),
    Code.NOT_WAITED_FOR: "its end was not waited for",
    Code.CANNOT_WRITE: "Cannot write {path}: {reason}. Choose another folder or free some space.",
    Code.DISK_FULL: "the disk is full",
    Code.PERMISSION_DENIED: "permission denied",
    Code.NO_SUCH_FILE: "no such file or folder",
    Code.FILE_REPLACED: "it was removed, or something else lies in its place",
    Code.NO_REGULAR_FILE: "it is a pipe or a device, not a file",
    Code.READ_ONLY_DISK: "the disk can only be read",
    Code.DISK_FAILS: "the disk fails",
    Code.TOO_MANY_OPEN: "too many files are open",
    Code.NAME_TOO_LONG: "the name is too long",
    Code.FORMAT_UNKNOWN: "its format is not known",
    Code.NOTHING_TO_HEAR: "there is no sound in it",
    Code.NO_DECODER: "its sound is of a kind that nothing here can decode",
    Code.DECODER_MISSING: (
        "the Python package 'av' reads such files; install it with `pip install av`"
    ),
    Code.RATES_DIFFER: "it is joined of parts at {rates} Hz",
    Code.VALUE_MISSING: "'{name}' is missing",
    Code.VALUE_UNFIT: "'{name}' cannot be {value}",
    Code.VALUES_UNFIT: "a value in it is none that belongs there",
    Code.NO_JSON: "it is no JSON from line {line} on",
    Code.NO_TEXT: "it is no text",
    Code.NESTED_TOO_DEEP: "it is nested too deeply",
    Code.ENDS_TOO_SOON: "it ends too soon",
    Code.NAME_UNFIT: "A take cannot be called '{name}'. Choose letters, digits and spaces.",
    Code.NAME_RESERVED: "Windows keeps the name '{name}' for itself. Choose another name.",
    Code.NAME_TAKEN: "There is already a {name}. Choose another name.",
    Code.NOT_RENAMED: "{name} cannot be renamed: {reason}.",
    Code.LOOK_AHEAD_MISSING: (
        "Model '{name}' cannot work at {wanted_ms:g} ms of look-ahead; "
        "choose one of {offered} ms with --latency-ms."
    ),
    Code.LOOK_AHEAD_CHANGED: (
        "Model '{name}' has no look-ahead of {wanted_ms:g} ms; it listens with {used_ms:g} ms."
    ),
    Code.MODEL_UNREADABLE: "Cannot read model {path}: {reason}.",
    Code.MODEL_UNUSABLE: "Cannot use model {path}: {reason}",
    Code.MODEL_CHANGED: (
        "The bundled model {path} is not the one that was released: it was changed or damaged. "
        "Install the program again, or name a model of your own with --model."
    ),
    Code.MODEL_STOPPED: "Model {path} stopped working ({reason}).",
    Code.MODEL_TRAINED: (
        "{path} is what `jtm train` learned, and no model yet; make one of it with "
        "`jtm export {path} --out model.onnx`, and give that."
    ),
    Code.PROVIDER_MISSING: (
        "ONNX Runtime cannot use {name} here (it offers {offered}); leave the choice out to use "
        "the CPU."
    ),
    Code.SELF_TEST_MISSING: "Model {path} carries no self-test; export the model again.",
    Code.SELF_TEST_DAMAGED: "The self-test in {path} is damaged; export the model again.",
    Code.SELF_TEST_FAILED: (
        "Model {path} gives other numbers here than where it was made "
        "(logits differ by {worst:.2g}); export the model again or report it."
    ),
    Code.UNKNOWN_MODEL: (
        "No model or instrument is called '{name}' ({taught}); name a file, or teach it with "
        "`jtm teach`."
    ),
    Code.TAUGHT: "taught are {names}",
    Code.NONE_TAUGHT: "none has been taught",
    Code.MODEL_UNTEACHABLE: (
        "Model {path} cannot be taught: it does not give the features that its head reads; export "
        "it again with this version."
    ),
    Code.LESSON_TOO_SHORT: (
        "The lesson holds {count} different notes; at least {fewest} are needed: go on with it and "
        "play some more."
    ),
    Code.LESSON_AT_ONCE: (
        "All notes begin at nearly the same moments: nothing could be kept for judging; give a "
        "longer piece, or single notes one after another."
    ),
    Code.FEW_NOTES: (
        "At least {fewest} different notes are needed, of use are {pitches} ({usable} of {count} "
        "found); play them one after another, each for half a second or longer, a little apart."
    ),
    Code.FEW_GOOD_NOTES: (
        "At least {fewest} different notes are needed, of use are {pitches} ({usable} of {count}; "
        "{faults}); play them one after another, each for half a second or longer, a little apart."
    ),
    Code.FAULT_COUNTED: "{fault}: {count}",
    Code.LISTED: "{first}, {rest}",
    Code.NOTE_SHORT: "too short",
    Code.NOTE_CLIPPED: "clipped",
    Code.NOTE_UNPITCHED: "no pitch in it",
    Code.NOTE_DOUBLE: "two notes at once",
    Code.NOTE_UNCLEAR: "pitch unclear",
    Code.NOTE_OUTSIDE: "outside the piano's range",
    Code.NOTE_OTHER: "not the note that the file names",
    Code.RECORDING_RATE: (
        "{path} has a sampling rate of {rate} Hz, as a telephone has: most of an instrument's "
        "sound is missing in it; record at 44100 Hz or more."
    ),
    Code.RECORDING_LONG: (
        "{path} lasts {minutes:.0f} minutes; at most {most} can be learned from: cut out a part "
        "of it."
    ),
    Code.RECORDING_SILENT: (
        "{path} is silent (below -70 dBFS): check the microphone and record it again."
    ),
    Code.RECORDING_NARROW: (
        "{path} holds the sound of a telephone, about {telephone} Hz, though it says {rate} Hz: "
        "most of an instrument's sound is missing in it; record at 44100 Hz or more."
    ),
    Code.NOTES_UNFIT: (
        "{path} holds no notes that can be read ({reason}); use a .mid, or a .csv with the "
        "columns onset_s,offset_s,midi_pitch."
    ),
    Code.NOTES_FEW: "{path} holds {count} notes; at least {fewest} are needed to learn from.",
    Code.RECORDING_DOUBLE: (
        "Of {count} notes {double} sound with another one; record one instrument alone, one note "
        "after another, or give the notes of the piece with --notes."
    ),
    Code.NOTES_ALIKE: (
        "The notes of {name} are of {pitches} different pitches; at least {fewest} are needed: an "
        "instrument is not known by fewer. Record a longer piece, or add a scale to it."
    ),
    Code.NOTES_ELSEWHERE: (
        "The notes do not fit {name}: at most {percent:.0f} % of them sound where the file says; "
        "check that both begin at the same moment."
    ),
    Code.LESSON_UNREADABLE: "Cannot read the lesson in {folder}: {reason}.",
    Code.LESSON_DAMAGED: (
        "The lesson in {folder} is damaged ({reason}); its sounds can be taught as recordings."
    ),
    Code.WORKER_KILLED: "A worker process was killed, perhaps for want of memory; run the same "
    "command again to continue, with fewer --workers.",
    Code.LESSON_STOPPED: (
        "A process that listens to the music for learning stopped; close other programs and try "
        "again. The model is as it was."
    ),
    Code.LESSON_MEMORY: (
        "There is not enough memory for the lesson; close other programs and try again. The model "
        "is as it was."
    ),
    Code.LESSON_UNWRITTEN: (
        "What was learned could not be written as a model ({reason}); try again. The model is as "
        "it was."
    ),
    Code.REPLAY_UNREADABLE: (
        "The music that keeps what the model knows cannot be read ({reason}); install the program "
        "again."
    ),
    Code.TRAINER_MISSING: (
        "Learning thoroughly needs PyTorch, which is not installed (up to {megabytes} MB on the "
        "disk); install it with `{command}`, or learn without it."
    ),
    Code.TRAINER_NOT_INSTALLED: "PyTorch could not be installed: {reason}",
    Code.NO_INSTALLER: "neither pip nor uv is here",
    Code.PACKAGES_MISSING: "missing are still {names}",
    Code.SAID_NOTHING: "it does not say why",
    Code.ENDED_WITH: "exit code {code}",
    Code.THOROUGH_FROM_BUNDLED: (
        "Learning thoroughly begins with the program's own model, and {path} is another one; leave "
        "that out, or learn without --thorough."
    ),
    Code.INSTRUMENT_UNUSABLE: "Cannot use {path}: {reason}",
    Code.INSTRUMENT_UNFIT: "Cannot use {path}: {reason} Teach it again with `jtm teach`.",
    Code.INSTRUMENT_BASE_MISSING: (
        "The instrument '{name}' ({path}) was taught to another model than this program's, which "
        "is not here; put that model beside it, or teach it again with `jtm teach`."
    ),
    Code.INSTRUMENT_NAME_UNFIT: (
        "An instrument cannot be called '{name}' ({fault}): use up to 60 letters of any script, "
        "digits, spaces and . , ' - _ + # & ( ), beginning with a letter or digit."
    ),
    Code.NAME_HOLDS: "{sign} may not stand there",
    Code.INSTRUMENT_NAME_TWIN: "'{name}' is like '{other}', which is there; choose another name.",
    Code.INSTRUMENT_NAME_OURS: "'{name}' is the program's own model. Choose another name.",
    Code.INSTRUMENT_DAMAGED: (
        "The file is not a taught instrument, or it is damaged ({reason}); teach it again with "
        "`jtm teach`."
    ),
    Code.INSTRUMENT_VERSION: (
        "The instrument's file has version {version}, this program reads {ours}; update the "
        "program or teach it again."
    ),
    Code.HEAD_UNFIT: "The head of '{name}' does not fit the model '{model}'.",
    Code.NO_SUCH_WEIGHTS: "The model holds no weights '{name}' of that shape.",
    Code.GIVES_FEATURES: (
        "it gives features for other programs and no notes; export a run of `jtm train` without "
        "--features."
    ),
    Code.FILE_TOO_LARGE: "it has {megabytes} MB; at most {most} MB are accepted.",
    Code.NOT_ONNX: "The file is not an ONNX model, or it is damaged.",
    Code.NOT_OURS: "The file is an ONNX model but not one of Jaka to Melodia.",
    Code.SPEC_MISSING: (
        "it is an ONNX file but not one of Jaka to Melodia; make one with `jtm export`."
    ),
    Code.SPEC_VERSION: (
        "The model file has format version {version}, this program reads {ours}; update the "
        "program or export the model again."
    ),
    Code.SPEC_UNREADABLE: (
        "The model's specification cannot be read ({reason}); export the model again."
    ),
    Code.SPEC_RATE: (
        "The model wants {rate} Hz and hops of {hop} samples, "
        "which is out of range (8000-48000 Hz, 16-4096 samples)."
    ),
    Code.SPEC_PITCHES: "The model's pitch range lies outside MIDI 0-127.",
    Code.SPEC_HEADS: "The model declares no usable look-ahead.",
    Code.SPEC_HEAD_SIZE: "The model's head has an absurd size.",
    Code.SPEC_LOOK_AHEAD: "The model declares a look-ahead outside 0-200 frames.",
    Code.SPEC_SPECTRUM: "The model's spectrum has an absurd count of rows a semitone.",
    Code.SPEC_INSTRUMENTS: "The model's instruments are not up to 128 names.",
    Code.EXTERNAL_DATA: "it keeps data in other files.",
    Code.FOREIGN_OPERATORS: "it needs foreign operators ({names}).",
    Code.STATE_ABSURD: "its carried state has an absurd size.",
    Code.RUNTIME_REFUSES: "the runtime refuses it ({reason}).",
    Code.DOES_NOT_RUN: "it does not run ({reason}).",
    Code.TOO_MUCH_MEMORY: "it asks for too much memory",
    Code.HOP_TOO_SLOW: "a hop takes longer than {seconds:g} s",
    Code.TENSOR_MISSING: "'{name}' is missing among its inputs and outputs.",
    Code.TENSOR_UNFIT: "'{name}' is {found}, not {wanted}.",
    Code.TENSOR_UNKNOWN: "it has an unknown input '{name}'.",
    **PRACTICE_TEXTS,
    Code.SETTING_UNFIT: "{option} cannot be {value}; it may be {rule}.",
    Code.SETTINGS_CROSSED: ("{low} ({lowest}) is above {high} ({highest}); nothing lies between."),
    Code.FROM_TO: "{low} to {high}",
    Code.TEMPO_UNPLAYABLE: "A tempo of {percent:g} % cannot be played; choose {lowest:g} to "
    "{highest:g} %.",
}
"""Code -> its English sentence (a part of one where it is a reason), with values in braces."""
