// A model of Jaka to melodia in JavaScript: hops of sound in, notes out. docs/onnx.md explains it.

/** What a file declares: its metadata `jtm_spec` and `jtm_self_test`, read from the bytes. */
export function readMetadata(bytes) {
  const found = {};
  for (const [number, payload] of fields(bytes)) {
    if (number !== 14) continue; // ModelProto.metadata_props
    const entry = {};
    for (const [place, text] of fields(payload)) entry[place] = new TextDecoder().decode(text);
    found[entry[1]] = entry[2];
  }
  return found;
}

function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0, scale = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag % 8;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else {
      const size = varint();
      yield [Math.floor(tag / 8), bytes.subarray(at, at + size)];
      at += size;
    }
  }
}

/** Runs a file hop by hop and carries its state. `ort` is onnxruntime-web or onnxruntime-node. */
export class HopModel {
  static async open(ort, bytes, options = {}) {
    const model = new HopModel();
    model.ort = ort;
    model.spec = JSON.parse(readMetadata(bytes).jtm_spec);
    model.session = await ort.InferenceSession.create(bytes, options);
    model.reset();
    return model;
  }

  /** Silence before the first sample. */
  reset() {
    this.state = {};
    for (const { name, shape } of this.spec.state) {
      const size = shape.reduce((product, one) => product * one, 1);
      this.state[name] = new this.ort.Tensor("float32", new Float32Array(size), shape);
    }
  }

  /** One hop, Float32Array(hop_samples) in [-1, 1] at spec.sample_rate -> logits by output. */
  async step(hop) {
    const audio = new this.ort.Tensor("float32", hop, [1, this.spec.hop_samples]);
    const said = await this.session.run({ audio, ...this.state });
    for (const { name } of this.spec.state) this.state[name] = said[`next_${name}`];
    return said;
  }

  /** Probabilities of one look-ahead: its row of the (1, 1, look-aheads, pitches) logits. */
  probabilities(said, head) {
    const count = this.spec.pitch_count;
    const row = (name) =>
      said[name].data.subarray(head * count, (head + 1) * count).map((x) => 1 / (1 + Math.exp(-x)));
    return { onset: row("onset"), frame: row("frame"), offset: row("offset"), velocity: row("velocity") };
  }
}

/** To the nearest whole number, halves to the even one. */
function round(x) {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (low % 2) : Math.round(x);
}

const OVERTONES = [12, 19, 24], GHOST_FRAMES = 3, LONG_AGO = -1e9, ROUNDING = 1e-4;

/** Frames of probabilities -> alternating note-ons and note-offs; settings are spec.heads[i].decoder. */
export class NoteTracker {
  constructor(settings, { pitchLow = 21, pitchCount = 88, lookAhead = 0, velocityMaps = {} } = {}) {
    Object.assign(this, { settings, pitchLow, pitchCount, lookAhead, velocityMaps });
    this.frame = -lookAhead;
    this.sounding = new Set();
    this.disarmed = new Set();
    const all = (value) => new Array(pitchCount).fill(value);
    this.started = all(LONG_AGO);
    this.dated = all(LONG_AGO);
    this.ended = all(LONG_AGO);
    this.faded = all(LONG_AGO);
    this.strength = all(0);
    this.weak = all(0);
    this.swelling = all(0);
    this.recent = []; // onsets of the last gathered_frames frames
  }

  /** One frame; `early` holds {onset, velocity} of shorter look-aheads by their frames. */
  feed({ onset, frame, offset, velocity }, early = {}) {
    if (this.frame < 0) {
      this.frame += 1; // before the first sample
      return [];
    }
    const s = this.settings, now = this.frame, events = [];
    this.recent.push(onset.map((x) => Math.max(x || 0, 0)));
    if (this.recent.length > s.gathered_frames) this.recent.shift();

    let starts = this.rows((row) =>
      onset[row] >= s.onset_threshold && frame[row] >= s.frame_support && this.mayStart(row, now));
    const began = new Map(), sooner = new Map();
    if (s.gathered_threshold > 0)
      for (const row of this.rows((r) => frame[r] >= s.gathered_support))
        if (!this.sounding.has(row) && !starts.includes(row)) this.gather(row, began);
    if (s.swell_threshold <= 1)
      for (const row of this.rows((r) => this.swells(r, frame[r])))
        if (!starts.includes(row)) began.set(row, now - s.swell_frames + 1);
    for (const [row, start] of this.earlyStarts(early))
      if (!starts.includes(row) && !began.has(row) && this.mayStart(row, now + start.lead))
        sooner.set(row, start);
    starts = [...new Set([...starts, ...began.keys(), ...sooner.keys()])].sort((a, b) => a - b);
    const strong = Array.from(onset);
    for (const [row, start] of sooner) strong[row] = start.onset;
    if (s.ghost_ratio > 0) starts = this.withoutGhosts(strong, starts);

    for (const row of [...this.sounding].sort((a, b) => a - b)) {
      this.weigh(row, frame[row]);
      const ends = offset[row] >= s.offset_threshold, again = starts.includes(row);
      const over = this.weak[row] >= s.release_frames || ends;
      if (!again && !(over && now - this.started[row] >= s.minimum_frames)) continue;
      const faded = s.release_by_depth && !ends ? this.faded[row] : now;
      const earliest = Math.min(this.dated[row] + s.minimum_frames, now);
      this.ended[row] = again
        ? now + (sooner.get(row)?.lead ?? 0)
        : Math.max(faded - s.release_lag_frames, earliest);
      events.push({ on: false, frame: this.ended[row], pitch: row + this.pitchLow });
      this.sounding.delete(row);
    }
    for (const row of [...this.disarmed])
      if (strong[row] < s.onset_threshold * s.rearm_ratio && now >= this.started[row])
        this.disarmed.delete(row);
    for (const row of starts) {
      const start = sooner.get(row), lead = start?.lead ?? 0;
      const first = Math.max(began.get(row) ?? now + lead, this.ended[row], 0);
      const loudness = this.midiVelocity(start ? start.velocity : velocity[row] || 0, lead);
      events.push({ on: true, frame: first, pitch: row + this.pitchLow, velocity: loudness });
      this.sounding.add(row);
      this.disarmed.add(row);
      this.started[row] = now + lead;
      this.dated[row] = first;
      this.strength[row] = strong[row];
      this.weak[row] = 0;
    }
    this.frame += 1;
    return events;
  }

  /** Ends whatever still sounds. */
  finish() {
    const rows = [...this.sounding].sort((a, b) => a - b);
    this.sounding.clear();
    return rows.map((row) => ({
      on: false, frame: Math.max(this.frame, this.dated[row] + 1, 0), pitch: row + this.pitchLow,
    }));
  }

  rows(holds) {
    return Array.from({ length: this.pitchCount }, (_, row) => row).filter(holds);
  }

  mayStart(row, frame) {
    return frame - this.started[row] >= this.settings.repeat_frames && !this.disarmed.has(row);
  }

  /** A silent row whose recent onsets add up to a note, dated at their centre. */
  gather(row, began) {
    const s = this.settings, age = this.frame - this.started[row] - s.repeat_frames;
    if (age < 0) return;
    const whole = this.recent.reduce((sum, one) => sum + one[row], 0);
    if (whole < s.gathered_threshold - ROUNDING) return;
    const newest = this.recent.slice(-Math.min(s.gathered_frames, age + 1));
    const total = newest.reduce((sum, one) => sum + one[row], 0);
    if (total < s.gathered_threshold) return;
    const centre = newest.reduce((sum, one, i) => sum + (newest.length - 1 - i) * one[row], 0);
    began.set(row, this.frame - round(centre / total));
  }

  /** Has a silent row sounded clearly for long enough to be a note without an attack? */
  swells(row, probability) {
    const s = this.settings, clear = probability >= s.swell_threshold && !this.sounding.has(row);
    this.swelling[row] = clear ? this.swelling[row] + 1 : 0;
    return this.swelling[row] >= s.swell_frames;
  }

  /** Rows of which a shorter look-ahead is sure; of several the shortest. */
  earlyStarts(early) {
    const found = new Map();
    for (const [frames, threshold] of [...this.settings.early].sort((a, b) => a[0] - b[0])) {
      if (!early[frames] || frames >= this.lookAhead) continue;
      const { onset, velocity } = early[frames];
      for (const row of this.rows((r) => onset[r] >= threshold))
        if (!found.has(row))
          found.set(row, { lead: this.lookAhead - frames, onset: onset[row], velocity: velocity[row] || 0 });
    }
    return found;
  }

  /** Counts a frame in which a sounding row is weak; a strong one clears the count. */
  weigh(row, probability) {
    const { frame_threshold: threshold, release_by_depth: byDepth } = this.settings;
    if (probability >= threshold || this.frame < this.dated[row]) {
      this.weak[row] = 0;
      return;
    }
    if (this.weak[row] === 0) this.faded[row] = this.frame;
    this.weak[row] += byDepth && probability > 0 ? 1 - probability / threshold : 1;
  }

  /** Starting rows that are no overtones of a much stronger onset in these frames. */
  withoutGhosts(onset, starts) {
    const strength = (row) => {
      if (starts.includes(row)) return onset[row];
      return row >= 0 && this.frame - this.started[row] <= GHOST_FRAMES ? this.strength[row] : 0;
    };
    const ratio = this.settings.ghost_ratio;
    return starts.filter((row) => !OVERTONES.some((up) => onset[row] < ratio * strength(row - up)));
  }

  /** The velocity (0-1) that a look-ahead gives -> 1-127, along straight lines between knots. */
  midiVelocity(heard, lead) {
    let knots = this.settings.velocity_map;
    if (lead) knots = this.velocityMaps[this.lookAhead - lead] ?? knots;
    let midi = 127 * heard;
    if (knots.length) {
      const after = knots.findIndex(([x]) => x >= heard);
      if (after === 0) midi = knots[0][1];
      else if (after < 0) midi = knots[knots.length - 1][1];
      else {
        const [[x0, y0], [x1, y1]] = [knots[after - 1], knots[after]];
        midi = y0 + ((y1 - y0) * (heard - x0)) / (x1 - x0);
      }
    }
    return Math.min(Math.max(round(midi), 1), 127);
  }
}
