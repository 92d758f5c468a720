// The loss around the weights of now, along two directions in the space of all weights, and the way the training took.

import { byId, short, t } from "./words.js";
import { colours, fitted, mixed } from "./colours.js";
import { Pass, layersOf, meanLoss } from "./net.js";
import { lesson, state } from "./lesson.js";

const SIDE = 25, LAND_POINTS = 100;
const land = { job: 0, losses: null };

// A generator of numbers that is the same for the same seed (mulberry32), so that a link gives the same picture.
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let v = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    v = (v + Math.imul(v ^ (v >>> 7), 61 | v)) ^ v;
    return ((v ^ (v >>> 14)) >>> 0) / 4294967296;
  };
}

function normals(count, draw) {
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(draw() + 1e-12)) * Math.cos(2 * Math.PI * draw()));
}

const dot = (a, b) => a.reduce((sum, v, n) => sum + v * b[n], 0);
const scaledBy = (a, s) => a.map((v) => v * s);
const unitOf = (a) => scaledBy(a, 1 / (Math.sqrt(dot(a, a)) || 1));
const without = (a, b) => a.map((v, n) => v - dot(a, b) * b[n]);

// A random direction whose part for each neuron is as long as the neuron's weights (Li et al. 2018, arXiv:1712.09913).
function filterWise(direction, centre) {
  const result = direction.slice();
  let at = 0;
  for (const { from, to } of lesson.shapes) {
    for (let j = 0; j < to; j++) {
      const places = [...Array.from({ length: from }, (_, i) => at + i * to + j), at + from * to + j];
      const norm = (values) => Math.sqrt(places.reduce((sum, p) => sum + values[p] ** 2, 0));
      const by = norm(centre) / (norm(direction) || 1);
      for (const p of places) result[p] *= by;
    }
    at += from * to + to;
  }
  return result;
}

function directions(kind, centre) {
  const draw = generator(lesson.plan.seed + 7), n = centre.length, first = lesson.frames[0].weights, last = lesson.frames.at(-1).weights;
  const along = Float64Array.from(last, (v, k) => v - first[k]), length = Math.sqrt(dot(along, along));
  if (kind === "path" && length > 1e-6) {
    const one = unitOf(along), middle = lesson.frames[Math.floor(lesson.frames.length / 2)].weights;
    let other = without(Float64Array.from(middle, (v, k) => v - first[k]), one);
    if (Math.sqrt(dot(other, other)) < 1e-3 * length) other = without(normals(n, draw), one);
    return { one, other: unitOf(other), reach: 1.3 * length };
  }
  const size = Math.sqrt(dot(centre, centre));
  const one = unitOf(filterWise(normals(n, draw), centre)), other = unitOf(without(filterWise(normals(n, draw), centre), one));
  return { one, other, reach: Math.max(size, 1) };
}

// Computes the losses a row at a time, so that the page goes on moving meanwhile, and draws as they come.
export async function drawLandscape() {
  const job = ++land.job, centre = Float64Array.from(lesson.now.flat), way = directions(byId("land-kind").value, centre);
  const points = Math.min(LAND_POINTS, lesson.material.trained), pass = new Pass(lesson.shapes, points);
  const losses = new Float64Array(SIDE * SIDE).fill(NaN), moved = new Float32Array(centre.length);
  Object.assign(land, { losses, centre, ...way, frames: lesson.frames });
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [a, b] = [offset(column), offset(SIDE - 1 - row)];
      for (let n = 0; n < moved.length; n++) moved[n] = centre[n] + a * way.one[n] + b * way.other[n];
      losses[row * SIDE + column] = meanLoss(pass, layersOf(moved, lesson.shapes), lesson.x, lesson.y, lesson.material.kind);
    }
    await new Promise((done) => setTimeout(done));
    if (job !== land.job) return;
  }
  paintLandscape();
  const known = losses.filter(Number.isFinite);
  const here = losses[(SIDE * SIDE - 1) / 2];
  const range = { low: short(Math.min(...known)), high: short(Math.max(...known)), here: short(here) };
  byId("land-said").textContent = known.length ? t("landscape.range", range) : t("landscape.none");
  byId("land").setAttribute("aria-label", byId("land-said").textContent);
  byId("land").dataset.drawn = String(lesson.now.frame.updates);
}

const offset = (n) => ((n / (SIDE - 1)) * 2 - 1) * land.reach;

export function forgetLandscape() {
  land.job++;
  land.losses = null;
  byId("land-said").textContent = "";
  byId("land").setAttribute("aria-label", t("landscape"));
  delete byId("land").dataset.drawn;
  paintLandscape();
}

export function paintLandscape() {
  const { context, width, height } = fitted(byId("land"));
  if (!land.losses) return;
  const logs = land.losses.map((v) => Math.log(v + 1e-3)), known = logs.filter(Number.isFinite);
  const low = Math.min(...known), high = Math.max(...known), level = (v) => (v - low) / (high - low || 1);
  const w = width / SIDE, tall = height / SIDE;
  logs.forEach((value, n) => {
    const share = Math.round(level(value) * 14) / 14; // bands, as lines of height on a map
    const [r, g, b] = mixed(colours.rgb.high, colours.rgb.paper, Number.isFinite(share) ? share : 1);
    context.fillStyle = `rgb(${r},${g},${b})`;
    context.fillRect((n % SIDE) * w, Math.floor(n / SIDE) * tall, w + 0.6, tall + 0.6);
  });
  paintWay(context, width, height);
}

function paintWay(context, width, height) {
  const place = (weights) => {
    const away = Float64Array.from(weights, (v, n) => v - land.centre[n]);
    return [width * (0.5 + dot(away, land.one) / (2 * land.reach)), height * (0.5 - dot(away, land.other) / (2 * land.reach))];
  };
  const stride = Math.ceil(lesson.frames.length / 200), kept = lesson.frames.filter((_, n) => n % stride === 0 || n === lesson.frames.length - 1);
  context.beginPath();
  for (const { weights } of kept) context.lineTo(...place(weights));
  context.lineWidth = 2;
  context.strokeStyle = colours.low;
  context.stroke();
  const [x, y] = place(lesson.frames[Math.round(state.at)].weights);
  context.beginPath();
  context.arc(x, y, 5, 0, 7);
  context.fillStyle = colours.ink;
  context.fill();
}
