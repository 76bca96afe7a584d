// node check_decoder.mjs: does the decoder of jtm.mjs give the events of decoder-vectors.json?
import { readFileSync } from "node:fs";
import { NoteTracker } from "./jtm.mjs";

const share = (rolls) =>
  Object.fromEntries(
    Object.entries(rolls).map(([name, value]) => [
      name,
      Array.isArray(value) ? Float32Array.from(value, (n) => (n + 0.5) / 1000) : share(value),
    ]),
  );
const cases = JSON.parse(readFileSync(new URL("decoder-vectors.json", import.meta.url)));
for (const { name, settings, pitch_low, look_ahead_frames, frames, events } of cases) {
  const pitchCount = frames[0].onset.length;
  const tracker = new NoteTracker(settings, { pitchLow: pitch_low, pitchCount, lookAhead: look_ahead_frames });
  const found = [];
  for (const frame of frames.map(share)) found.push(...tracker.feed(frame, frame.early));
  found.push(...tracker.finish());
  const rows = found.map((one) => [one.on ? "on" : "off", one.frame, one.pitch, one.velocity ?? 0]);
  if (JSON.stringify(rows) !== JSON.stringify(events)) {
    console.error(`${name}: ${JSON.stringify(rows)} is not ${JSON.stringify(events)}`);
    process.exitCode = 1;
  }
}
console.log(`${cases.length} cases`);
