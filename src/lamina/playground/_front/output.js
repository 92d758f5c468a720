// What comes out of the network: a map with the points on it, a curve for one input, pictures for images.

import { byId, h, short, t } from "./words.js";
import { colours, fitted, mixed, packRgb, pixelOf } from "./colours.js";
import { scaleOf } from "./graph.js";
import { lesson, pointAt, state } from "./lesson.js";

const COLUMNS = 10; // pictures in a row
const drawn = { image: null, places: [], size: 0 };

export function drawMap() {
  const canvas = byId("map"), { side } = lesson.grid;
  if (lesson.features === 1 || lesson.material.is_image) return Object.assign(canvas, { width: 1, height: 1 });
  if (canvas.width !== side) {
    Object.assign(canvas, { width: side, height: side });
    drawn.image = null;
  }
  const context = canvas.getContext("2d");
  drawn.image ??= context.createImageData(side, side);
  const pixels = new Uint32Array(drawn.image.data.buffer), outs = lesson.passes.grid.outs.at(-1);
  const colour = lesson.material.kind === "classes" ? (p) => mixedClasses(outs, p) : (p) => pixelOf(scaled(outs[p]));
  for (let p = 0; p < pixels.length; p++) pixels[p] = colour(p);
  context.putImageData(drawn.image, 0, 0);
}

const scaled = (value) => scaleOf(lesson.shapes.at(-1).activation)(value);

function mixedClasses(outs, p) {
  const units = lesson.outputs, sum = [0, 0, 0];
  for (let j = 0; j < units; j++) for (let c = 0; c < 3; c++) sum[c] += outs[p * units + j] * colours.classRgb[j][c];
  return packRgb(mixed(colours.rgb.paper, sum, 0.6));
}

export function drawPoints() {
  const { context, width, height } = fitted(byId("points"));
  drawn.size = width;
  if (lesson.material.is_image) return drawImages(context, width);
  if (lesson.features === 1) drawLine(context, width, height);
  drawn.places = Array.from({ length: lesson.material.points }, (_, n) => placeOf(n, width, height));
  drawn.places.forEach(([x, y], n) => drawPoint(context, x, y, n, n >= lesson.material.trained));
  ring(context, drawn.places[state.sample]);
}

function placeOf(n, width, height) {
  const point = pointAt(n), [[left, right], second] = lesson.material.ranges;
  const [low, high] = lesson.features === 1 ? heights() : second, value = lesson.features === 1 ? lesson.y[n] : point[1];
  return [((point[0] - left) / (right - left)) * width, ((high - value) / (high - low)) * height];
}

function heights() {
  const low = Math.min(...lesson.y), high = Math.max(...lesson.y), room = 0.12 * (high - low) || 1;
  return [low - room, high + room];
}

function pointColour(n) {
  const { kind } = lesson.material, y = lesson.y[n];
  if (kind === "classes") return colours.classes[y];
  if (kind === "binary") return y ? colours.high : colours.low;
  if (lesson.features === 1) return colours.high;
  const [r, g, b] = mixed(colours.rgb.paper, colours.rgb[y < 0 ? "low" : "high"], Math.min(1, Math.abs(y) / 2));
  return `rgb(${r},${g},${b})`;
}

function drawPoint(context, x, y, n, isTest) {
  context.beginPath();
  context.arc(x, y, isTest ? 3.4 : 3.8, 0, 7);
  context.lineWidth = isTest ? 1.8 : 1.2;
  context.fillStyle = isTest ? colours.paper : pointColour(n);
  context.strokeStyle = isTest ? pointColour(n) : colours.paper;
  context.fill();
  context.stroke();
}

function ring(context, [x, y]) {
  context.beginPath();
  context.arc(x, y, 8, 0, 7);
  context.lineWidth = 2.2;
  context.strokeStyle = colours.ink;
  context.stroke();
}

function drawLine(context, width, height) {
  const outs = lesson.passes.grid.outs.at(-1), { count } = lesson.grid, [low, high] = lesson.material.kind === "number" ? heights() : [-0.12, 1.12];
  const units = lesson.outputs;
  for (let j = 0; j < units; j++) {
    context.beginPath();
    for (let p = 0; p < count; p++) context.lineTo(((p + 0.5) / count) * width, ((high - outs[p * units + j]) / (high - low)) * height);
    context.lineWidth = 3;
    context.strokeStyle = units > 1 ? colours.classes[j] : colours.accent;
    context.stroke();
  }
}

// Test pictures, or all if none are kept for the test, each with what the network takes it for.
function drawImages(context, width) {
  const { points, trained } = lesson.material, from = trained < points ? trained : 0, cell = width / COLUMNS;
  const side = Math.round(Math.sqrt(lesson.features)), outs = lesson.passes.all.outs.at(-1);
  drawn.places = [];
  for (let n = from; n < Math.min(points, from + COLUMNS * COLUMNS); n++) {
    const x = ((n - from) % COLUMNS) * cell, y = Math.floor((n - from) / COLUMNS) * cell, pixel = (cell * 0.72) / side;
    const taken = mostLikely(outs, n), isRight = taken === lesson.y[n];
    context.fillStyle = isRight ? colours.line : colours.low;
    context.globalAlpha = isRight ? 0.35 : 0.3;
    context.fillRect(x + 1, y + 1, cell - 2, cell - 2);
    context.globalAlpha = 1;
    pointAt(n).forEach((value, p) => {
      context.fillStyle = colours.ink;
      context.globalAlpha = Math.min(1, Math.max(0, value));
      context.fillRect(x + 1 + (p % side) * pixel, y + 1 + Math.floor(p / side) * pixel, pixel + 0.3, pixel + 0.3);
    });
    context.globalAlpha = 1;
    context.font = `${isRight ? "" : "bold "}${Math.max(9, cell * 0.34)}px system-ui, sans-serif`;
    context.fillStyle = isRight ? colours.soft : colours.low;
    context.textAlign = "right";
    context.fillText(lesson.material.classes[taken], x + cell - 3, y + cell - 3);
    drawn.places[n] = [x + cell / 2, y + cell / 2];
  }
  if (drawn.places[state.sample]) {
    const [x, y] = drawn.places[state.sample];
    context.lineWidth = 2.2;
    context.strokeStyle = colours.ink;
    context.strokeRect(x - cell / 2 + 1, y - cell / 2 + 1, cell - 2, cell - 2);
  }
}

export function mostLikely(outs, n) {
  let best = 0;
  for (let j = 1; j < lesson.outputs; j++) if (outs[n * lesson.outputs + j] > outs[n * lesson.outputs + best]) best = j;
  return best;
}

// The point nearest to a place of the picture.
export function nearest(x, y) {
  let found = state.sample, least = Infinity;
  drawn.places.forEach((place, n) => {
    const distance = (place[0] - x) ** 2 + (place[1] - y) ** 2;
    if (distance < least) [least, found] = [distance, n];
  });
  return found;
}

export function saySample() {
  const { material } = lesson, n = state.sample, out = lesson.passes.one.outs.at(-1);
  const target = material.kind === "number" ? short(lesson.y[n]) : material.classes[lesson.y[n]];
  const answer = material.kind === "classes" ? material.classes[mostLikely(out, 0)] : short(out[0]);
  const part = t(n < material.trained ? "part.train" : "part.test");
  byId("sample-said").textContent = t("sample.said", { n: n + 1, of: material.points, part, target, answer });
  byId("points").setAttribute("aria-label", t("output.label", { points: material.points, answer, target }));
}

export function buildScale() {
  const { kind, classes } = lesson.material, dot = (colour, text) => h("span", {}, h("i", { style: `background:${colour}` }), text);
  const sorts = kind === "number" ? [] : kind === "binary" ? [dot(colours.low, classes[0]), dot(colours.high, classes[1])]
    : lesson.material.is_image ? [] : classes.map((name, n) => dot(colours.classes[n], name));
  const test = lesson.material.trained < lesson.material.points && !lesson.material.is_image
    ? [h("span", {}, h("i", { class: "hollow" }), t("part.test"))] : [];
  byId("scale").replaceChildren(...sorts, ...test);
}
