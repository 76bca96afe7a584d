// node run.mjs MODEL.onnx AUDIO.f32 -> one JSON line: logits of every hop, and the notes.
// AUDIO.f32: raw little-endian float32 at the model's rate, mono. Wants `npm install onnxruntime-web`.
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { HopModel, NoteTracker } from "./jtm.mjs";

ort.env.wasm.numThreads = 1;
const [modelFile, audioFile] = process.argv.slice(2);
const model = await HopModel.open(ort, new Uint8Array(readFileSync(modelFile)), {
  executionProviders: ["wasm"],
});
const { spec } = model;
const raw = readFileSync(audioFile);
const audio = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
const { decoder, look_ahead_frames: lookAhead } = spec.heads[spec.default_head];
const maps = spec.heads.map((one) => [one.look_ahead_frames, one.decoder.velocity_map]);
const tracker = new NoteTracker(decoder, {
  pitchLow: spec.pitch_low,
  pitchCount: spec.pitch_count,
  lookAhead,
  velocityMaps: Object.fromEntries(maps),
});
const hop = spec.hop_samples, onset = [], events = [];
const end = Math.ceil(audio.length / hop); // frames that hold sound
const calls = Math.floor(audio.length / hop) + lookAhead + 2; // the last ones hear silence
const begun = performance.now();
for (let t = 0; t < calls; t++) {
  const filled = new Float32Array(hop); // a last hop that is not full ends in silence
  filled.set(audio.subarray(t * hop, (t + 1) * hop));
  const said = await model.step(filled);
  onset.push(Array.from(said.onset.data));
  const heard = model.probabilities(said, spec.default_head), early = {};
  spec.heads.forEach((head, i) => {
    if (t - head.look_ahead_frames < end)
      early[head.look_ahead_frames] = model.probabilities(said, i);
  });
  if (tracker.frame >= end) { // no note starts after the sound
    heard.onset.fill(0);
    tracker.settings = { ...decoder, swell_threshold: 1.1 };
  }
  events.push(...tracker.feed(heard, early));
}
const hopMs = (performance.now() - begun) / onset.length;
events.push(...tracker.finish());
console.log(JSON.stringify({ onset, events, hopMs }));
