from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.midi.port import free_name
from realtime.midi.sink import MidiOut
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.notes import NoteOff, NoteOn
from tests.support.list_output import ListOutput


class BrokenPort(ListOutput):
    name, trouble = "broken", Trouble(Code.PORT_GONE, name="broken")

    def write(self, messages):
        return False


def sounding_after(messages):
    sounding = set()
    for status, key, value in messages:
        kind, channel = status & 0xF0, status & 0x0F
        if kind == 0x90 and value:
            assert (channel, key) not in sounding, "a second on without an off"
            sounding.add((channel, key))
        elif kind == 0x80:
            sounding.discard((channel, key))
    return sounding


def test_a_second_copy_has_a_name_of_its_own():
    assert free_name(["Midi Through:Midi Through Port-0 14:0"]) == "Jaka to melodia"
    first, second = "Jaka to melodia:out 128:0", "Jaka to melodia 2:out 129:0"
    assert free_name([first]) == "Jaka to melodia 2"
    assert free_name([second, first]) == "Jaka to melodia 3"
    assert free_name([second]) == "Jaka to melodia"


def test_bytes():
    port = ListOutput()
    out = MidiOut(port, channel=3, transpose=-2)
    out.send([NoteOn(0, 60, 99), NoteOff(9, 60)])
    assert port.messages == [(0x92, 58, 99), (0x82, 58, 0)]
    assert out.status().sent == 2


def test_an_off_without_an_on_is_not_sent():
    port = ListOutput()
    MidiOut(port).send([NoteOff(1, 60)])
    assert port.messages == []


def test_the_off_goes_where_the_on_went():
    port = ListOutput()
    out = MidiOut(port)
    out.send([NoteOn(0, 60, 99)])
    out.shape(channel=5, transpose=12)
    out.send([NoteOff(3, 60), NoteOn(4, 60, 50)])
    assert port.messages == [(0x90, 60, 99), (0x80, 60, 0), (0x94, 72, 50)]


def test_pitches_beyond_midi_are_left_out():
    port = ListOutput()
    out = MidiOut(port, transpose=48)
    out.send([NoteOn(0, 108, 99), NoteOff(3, 108)])
    assert port.messages == []


def test_panic_and_close_silence_every_used_channel():
    port = ListOutput()
    out = MidiOut(port, channel=1)
    out.send([NoteOn(0, 60, 99)])
    out.shape(2, 0)
    out.send([NoteOn(0, 62, 99)])
    out.close()
    assert not sounding_after(port.messages)
    controls = {(s & 15, key) for s, key, _ in port.messages if s & 0xF0 == 0xB0}
    assert controls == {(0, 123), (0, 120), (1, 123), (1, 120)}
    assert port.closed


def test_a_broken_port_is_counted_and_never_raises():
    out = MidiOut(BrokenPort())
    out.send([NoteOn(0, 60, 99), NoteOn(0, 61, 99)])
    assert out.status().failed == 2 and out.status().trouble == BrokenPort.trouble
    out.close()


actions = st.one_of(
    st.builds(NoteOn, st.just(0), st.integers(0, 127), st.integers(1, 127)),
    st.builds(NoteOff, st.just(0), st.integers(0, 127)),
    st.tuples(st.integers(1, 16), st.integers(-48, 48)),
    st.just("panic"),
)


@settings(max_examples=150)
@given(st.lists(actions, max_size=60))
def test_nothing_sounds_after_close_whatever_happened(script):
    port = ListOutput()
    out = MidiOut(port)
    for action in script:
        if action == "panic":
            out.panic()
            assert not sounding_after(port.messages)
        elif isinstance(action, tuple):
            out.shape(*action)
        else:
            out.send([action])
    out.close()
    assert not sounding_after(port.messages)
    assert all(0 <= key < 128 and 0 <= value < 128 for _, key, value in port.messages)


def test_after_a_lost_port_the_offs_are_sent_again_at_panic_and_end():
    port = ListOutput()
    out = MidiOut(port)
    out.send([NoteOn(0, 60, 64)])
    port.poll = lambda: True
    out.status()
    port.poll = lambda: False
    assert port.messages[1] == (0x80, 60, 0), "at once, for a port that is connected already"
    out.status()
    before = len(port.messages)
    out.close()
    assert (0x80, 60, 0) in port.messages[before:], "and at the end, for one that was not"
