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
const onset = [], events = [];
const begun = performance.now();
for (let at = 0; at + spec.hop_samples <= audio.length; at += spec.hop_samples) {
  const said = await model.step(audio.slice(at, at + spec.hop_samples));
  onset.push(Array.from(said.onset.data));
  const early = {};
  spec.heads.forEach((head, i) => (early[head.look_ahead_frames] = model.probabilities(said, i)));
  events.push(...tracker.feed(model.probabilities(said, spec.default_head), early));
}
const hopMs = (performance.now() - begun) / onset.length;
events.push(...tracker.finish());
console.log(JSON.stringify({ onset, events, hopMs }));
