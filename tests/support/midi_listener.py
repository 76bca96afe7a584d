"""`python -m tests.support.midi_listener NAME`: a JACK MIDI input that prints what it hears.

One line a message: seconds (monotonic), then the bytes. A process of its own, as a synthesizer is.
"""

import queue
import sys
import time

import rtmidi


def main(name: str) -> None:
    heard: queue.SimpleQueue[tuple[float, list[int]]] = queue.SimpleQueue()
    port = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name=name)
    port.ignore_types(active_sense=False)
    port.set_callback(lambda event, _: heard.put((time.monotonic(), event[0])))
    port.open_virtual_port("in")
    print("ready", flush=True)
    while True:
        at_s, message = heard.get()
        print(f"{at_s:.6f}", *message, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
