// Time: frames are asked for ahead while they play, and shown one after the other, or between two in slow motion.

import { addFrames, isRecorded, lesson, setNow, state } from "./lesson.js";
import { findingsOf, moreFrames } from "./server.js";

// Frames a second, and epochs in a frame (0: a single update).
export const SPEEDS = { slow: { rate: 1.5, epochs: 0 }, normal: { rate: 12, epochs: 1 }, fast: { rate: 30, epochs: 4 } };
const player = { asking: false, lastFindings: 0 };

function updatesPerFrame() {
  const { epochs } = SPEEDS[state.speed];
  return Math.max(1, Math.round((epochs * lesson.material.trained) / lesson.batch));
}

export const lastFrame = () => lesson.frames.length - 1;

// Goes on by so many seconds; asks for frames that will be needed. `fail` is told of errors.
export function advance(seconds, fail) {
  const { rate } = SPEEDS[state.speed];
  state.at = Math.min(state.at + seconds * rate, lastFrame());
  if (isRecorded) {
    if (state.at >= lastFrame()) state.playing = false;
  } else if (lastFrame() - state.at < rate) fetchFrames(Math.max(2, Math.ceil(rate)), fail);
}

export async function fetchFrames(count, fail, updates = updatesPerFrame()) {
  if (player.asking || isRecorded) return;
  player.asking = true;
  const { id } = lesson;
  try {
    const frames = await moreFrames(id, count, updates);
    if (id === lesson.id) addFrames(frames);
    if (id === lesson.id && frames.some((f) => f.train.loss === null)) fail(null);
  } catch (error) {
    fail(error);
  } finally {
    player.asking = false;
  }
}

// What lamina.diagnose says now, at most every three seconds while it plays.
export async function fetchFindings(now, fail) {
  if (isRecorded || now - player.lastFindings < 3000) return;
  player.lastFindings = now;
  const { id } = lesson, frame = lastFrame();
  if (lesson.findings.at(-1).frame === frame) return;
  try {
    const found = await findingsOf(id);
    if (id === lesson.id) lesson.findings.push({ frame, found });
  } catch (error) {
    fail(error);
  }
}

export function askFindingsSoon() {
  player.lastFindings = 0;
}

export function compute() {
  setNow();
  lesson.passes.grid.run(lesson.now.layers, lesson.grid.x);
  lesson.passes.one.run(lesson.now.layers, lesson.x.subarray(state.sample * lesson.features, (state.sample + 1) * lesson.features));
}
