// The training as the page knows it: the plan, the points, and the frames that have come so far.

import { decode, layersOf, shapesOf, Pass } from "./net.js";
import { given } from "./words.js";

const GRID = 32; // points along a side of a region
const MOST_FRAMES = 4000; // beyond them every second of the older half is let go

export const state = {
  plan: { ...given.choices.plan }, csv: null, // {name, text}
  at: 0, playing: false, speed: "normal", edges: "weights",
  chosen: null, // {layer, unit}
  sample: 0, theme: "auto",
};

export const lesson = { id: null, frames: [], findings: [] };

export function open(reply) {
  const { material } = reply;
  Object.assign(lesson, {
    id: reply.id ?? null, plan: reply.plan, material, program: reply.program, batch: reply.batch, columns: reply.columns,
    x: decode(material.x), y: decode(material.y), features: material.inputs.length,
    outputs: material.kind === "classes" ? material.classes.length : 1,
    frames: [], findings: reply.course ?? [{ frame: 0, found: reply.findings }],
  });
  lesson.shapes = shapesOf(reply.plan, lesson.features, material.kind, lesson.outputs);
  lesson.grid = gridOf(lesson);
  lesson.passes = {
    grid: new Pass(lesson.shapes, lesson.grid.count), all: new Pass(lesson.shapes, material.points), one: new Pass(lesson.shapes, 1),
  };
  addFrames(reply.frames);
  state.at = 0;
  const shown = material.is_image && material.trained < material.points ? material.trained : 0; // of pictures those of the test are
  state.sample = Math.min(Math.max(state.sample, shown), material.points - 1);
  lesson.now = { flat: new Float32Array(lesson.frames[0].weights.length), layers: null, gradients: null };
}

export function addFrames(frames) {
  for (const frame of frames) {
    lesson.frames.push({ ...frame, weights: decode(frame.weights), gradients: decode(frame.gradients) });
  }
  if (lesson.frames.length <= MOST_FRAMES) return;
  const half = MOST_FRAMES / 2, kept = lesson.frames.filter((_, n) => n >= half || n % 2 === 0);
  lesson.findings = lesson.findings.map(({ frame, found }) => ({ frame: frame < half ? frame >> 1 : frame - half / 2, found }));
  state.at = state.at < half ? state.at / 2 : state.at - half / 2;
  lesson.frames = kept;
}

// Where values of the regions are computed: a square of the first two inputs, others at 0; or along the only input.
function gridOf({ material, features }) {
  if (material.is_image) return { count: 1, side: 0, x: new Float32Array(features) };
  const [[left, right], [low, high] = [0, 0]] = material.ranges;
  const rows = features === 1 ? 1 : GRID, x = new Float32Array(GRID * rows * features);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < GRID; column++) {
      const at = (row * GRID + column) * features;
      x[at] = left + ((column + 0.5) / GRID) * (right - left);
      if (features > 1) x[at + 1] = high - ((row + 0.5) / GRID) * (high - low);
    }
  }
  return { count: GRID * rows, side: GRID, x };
}

// The weights of now: of a frame, or between two.
export function setNow() {
  const { frames, now, shapes } = lesson, before = Math.floor(state.at), share = state.at - before;
  const one = frames[before], other = frames[Math.min(before + 1, frames.length - 1)];
  for (let n = 0; n < now.flat.length; n++) now.flat[n] = one.weights[n] + share * (other.weights[n] - one.weights[n]);
  now.layers = layersOf(now.flat, shapes);
  now.frame = frames[Math.round(state.at)];
  now.gradients = layersOf(now.frame.gradients, shapes);
}

export function pointAt(n) {
  return lesson.x.subarray(n * lesson.features, (n + 1) * lesson.features);
}

export function foundAt(frame) {
  return lesson.findings.findLast((one) => one.frame <= frame)?.found ?? [];
}

export const isRecorded = given.recording !== null;
