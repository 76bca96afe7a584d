"""The English sentences of pieces, scores and practice; `texts.py` holds all others."""

from realtime.troubles.codes import Code

PRACTICE_TEXTS: dict[Code, str] = {
    Code.PIECE_MISSING: "There is no file {path}.",
    Code.PIECE_IS_FOLDER: "{path} is a folder; name a .mid or .musicxml file in it.",
    Code.PIECE_UNREADABLE: "The score reader failed on {path}: open it in a notation program and "
    "save it again.",
    Code.PIECE_NO_MUSIC: "{path} is damaged or no score; use a .mid, .musicxml or .mxl file.",
    Code.PIECE_EMPTY: "{name} holds no notes: there is nothing to practise.",
    Code.PIECE_PERCUSSION: "{name} holds only percussion: there is nothing to practise.",
    Code.PIECE_TEMPO: "{name} names a tempo that cannot be played (0, or without end); mend it "
    "in a notation program first.",
    Code.PIECE_KIND: "{path} is no piece that can be opened; use a .mid, .musicxml or .mxl file.",
    Code.PIECE_UNKNOWN: "There is no file, take or bundled piece '{name}'. Bundled are: {known}.",
    Code.PIECE_TOO_LARGE: "{path} is a score of more than {most} MB; open a smaller one.",
    Code.PIECE_SLOW: "Reading {path} took more than {seconds} s and was given up; cut the score in "
    "parts with a notation program.",
    Code.PIECE_NO_BEATS: "{name} does not count in beats (MIDI type 2 or SMPTE time): save it "
    "again as type 1.",
    Code.PIECE_TOO_LONG: "{name} lasts longer than a day; its tempo cannot be meant so.",
    Code.PIECE_TOO_MANY_BARS: "{name} has more than {most} bars; its time signatures cannot be "
    "meant so.",
    Code.PIECE_TOO_MANY_NOTES: "{name} has {count} notes; at most {most} are accepted.",
    Code.PIECE_NOTES_DAMAGED: "The notes in {path} cannot be read from line {line} on; open "
    "another take.",
    Code.PRACTICE_TEMPO: "You played at about {played:.0f} % of the written tempo, but were judged "
    "by {asked:.0f} %: choose that tempo, or let the piece follow you.",
    Code.PRACTICE_SILENT: "No note was heard: check the microphone, or the recording.",
    Code.PRACTICE_LOST: "The computer lost {seconds:.1f} s of the sound: notes of that time may be "
    "missed without reason, and the run is not kept.",
    Code.PRACTICE_GAPS: "No sound came from {name} for {seconds:.1f} s: notes of that time may be "
    "missed without reason.",
    Code.PIECE_UNHEARD: "All notes of '{title}' lie outside of what the program hears ({low} to "
    "{high}): transpose the piece, or choose other parts.",
    Code.PIECE_OUTSIDE: "In '{title}' {count} of the notes lie outside of what the program hears "
    "({low} to {high}): they are not asked for.",
    Code.SCORE_TIMEWISE: "{path} is ordered by time; save it again from a notation program.",
    Code.SCORE_NO_MUSICXML: "{path} is no MusicXML score, or a damaged one: save it again from a "
    "notation program.",
    Code.SCORE_READER_MISSING: "Scores cannot be read, because the Python package 'verovio' is not "
    "installed: install the program again.",
    Code.SCORE_ENDINGS: "{name} has endings without a repeat sign: they are played one after the "
    "other.",
    Code.SCORE_JUMPS: "{name} has a D.C., D.S. or coda sign whose goal is missing: it is played "
    "straight on there.",
    Code.SCORE_SWING: "{name} asks for swing, but not how much: it is held against even notes.",
    Code.SCORE_SLASHES: "{name} has slashes in place of notes: what is played there is left to "
    "you.",
    Code.SCORE_HARMONICS: "{name} has harmonics that it does not write as they sound: they are not "
    "asked for.",
    Code.SCORE_MICROTONES: "{name} has quarter tones: the semitone below is asked for.",
    Code.SCORE_NOT_ENGRAVED: "The score cannot be engraved: change the take or its grid.",
    Code.HISTORY_UNWRITABLE: "The history of practice cannot be written to {path} ({reason}); make "
    "room there, or free the file.",
    Code.STRETCH_EMPTY: "There are no notes to play between these bars; choose others.",
    Code.PART_UNKNOWN: "'{title}' has no part '{part}'; it has {parts}. Choose with --parts.",
    Code.MODE_UNKNOWN: "There is no mode '{mode}'; choose one of {modes}.",
}
