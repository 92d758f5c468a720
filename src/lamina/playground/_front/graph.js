// The network: a column of neurons for each layer, each neuron with its region, and the edges between them.

import { statesOf } from "./net.js";
import { byId, h, labelled, percent, short, t } from "./words.js";
import { colours, cssOf, packRgb, mixed } from "./colours.js";
import { isRecorded, lesson, pointAt, state } from "./lesson.js";

const BOUNDED = { tanh: (a) => a, sigmoid: (a) => 2 * a - 1, softmax: (a) => 2 * a - 1 };
const unbounded = (a) => Math.max(-1, Math.min(1, a / 2));
const graph = { columns: [], places: [], images: new Map() };

export function scaleOf(activation) {
  return BOUNDED[activation] ?? unbounded;
}

// The page's elements anew, after the plan has changed. `act` is told of clicks.
export function buildGraph(act) {
  const root = byId("graph"), edges = byId("edges");
  const inputs = lesson.material.is_image ? [t("pixels")] : lesson.material.inputs;
  graph.columns = [column(0, inputs.map((name, n) => node(-1, n, name)), t("inputs"), null)];
  lesson.shapes.forEach(({ to }, k) => {
    const isLast = k === lesson.shapes.length - 1;
    const nodes = Array.from({ length: to }, (_, j) => node(k, j, isLast ? outputName(j) : "", act));
    graph.columns.push(column(k + 1, nodes, isLast ? t("outputs") : t("hidden", { n: k + 1 }), isLast ? null : unitTools(k, to, act)));
  });
  root.replaceChildren(edges, ...graph.columns.map(({ element }) => element));
  root.style.setProperty("--columns", graph.columns.length);
  placeGraph();
}

function outputName(j) {
  return lesson.material.kind === "classes" ? lesson.material.classes[j] : "";
}

function column(n, nodes, title, tools) {
  const head = h("div", { class: "column-head" }, h("span", {}, title), ...(tools ?? []));
  return { nodes, element: h("div", { class: "column", role: "group", "aria-label": title }, head, h("div", { class: "nodes" }, ...nodes.map((x) => x.element))) };
}

function unitTools(k, units, act) {
  if (isRecorded) return null;
  const button = (sign, by, key) => {
    const made = h("button", { type: "button", class: "unit", onclick: () => act.units(k, by), id: `units-${k}-${by < 0 ? "less" : "more"}` }, sign);
    labelled(made, t(key, { n: k + 1 }));
    return made;
  };
  return [h("span", { class: "unit-tools" }, button("−", -1, "units.less"), h("b", {}, String(units)), button("+", 1, "units.more"))];
}

function node(layer, unit, name, act) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const badge = h("span", { class: "badge", "aria-hidden": "true" });
  const caption = name ? [h("span", { class: "caption" }, name)] : [];
  if (layer < 0) return { canvas, badge, layer, unit, name, element: h("div", { class: "node input", role: "img", "aria-label": name }, canvas, ...caption) };
  const element = h("button", { type: "button", class: "node", onclick: () => act.choose(layer, unit), id: `node-${layer}-${unit}` }, canvas, badge, ...caption);
  return { canvas, badge, layer, unit, name, element };
}

// Where the neurons stand; measured when the layout changes, not in each picture.
export function placeGraph() {
  const root = byId("graph"), from = root.getBoundingClientRect();
  graph.places = graph.columns.map(({ nodes }) => nodes.map(({ canvas }) => {
    const box = canvas.getBoundingClientRect();
    return { left: box.left - from.left, right: box.right - from.left, y: box.top - from.top + box.height / 2 };
  }));
  const canvas = byId("edges"), ratio = Math.min(window.devicePixelRatio || 1, 2);
  Object.assign(canvas, { width: Math.round(root.scrollWidth * ratio), height: Math.round(root.offsetHeight * ratio) });
  canvas.style.width = `${root.scrollWidth}px`;
  canvas.style.height = `${root.offsetHeight}px`;
  graph.ratio = ratio;
}

export function drawNodes() {
  for (const { nodes } of graph.columns) for (const one of nodes) drawRegion(one);
}

function drawRegion({ canvas, layer, unit }) {
  if (lesson.material.is_image) return layer < 0 ? drawImage(canvas, pointAt(state.sample), 1) : drawImageUnit(canvas, layer, unit);
  const { side } = lesson.grid;
  const valueOf = layer < 0 ? inputValues(unit) : unitValues(layer, unit);
  if (lesson.features === 1) return drawCurve(canvas, valueOf);
  paint(canvas, side, side, valueOf, classOf(layer, unit));
}

// The value of an input at the points of the grid, from -1 to 1; those beyond the second are not drawn over.
function inputValues(unit) {
  if (unit > 1) return () => 0;
  const [low, high] = lesson.material.ranges[unit], { x } = lesson.grid, { features } = lesson;
  return (p) => ((x[p * features + unit] - low) / (high - low)) * 2 - 1;
}

function unitValues(layer, unit) {
  const { to, activation } = lesson.shapes[layer], scale = scaleOf(activation), outs = lesson.passes.grid.outs[layer];
  return (p) => scale(outs[p * to + unit]);
}

function classOf(layer, unit) {
  return layer === lesson.shapes.length - 1 && lesson.material.kind === "classes" ? unit : null;
}

function paint(canvas, width, height, valueOf, asClass = null) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  let kept = graph.images.get(canvas);
  const context = canvas.getContext("2d");
  if (kept?.width !== width || kept?.height !== height) graph.images.set(canvas, (kept = context.createImageData(width, height)));
  const pixels = new Uint32Array(kept.data.buffer), { map } = colours;
  for (let p = 0; p < pixels.length; p++) {
    const value = Math.min(1, Math.max(-1, valueOf(p))); // a NaN becomes the first colour
    pixels[p] = asClass === null ? map[((value + 1) * 127.5 + 0.5) | 0] : packRgb(mixed(colours.rgb.paper, colours.classRgb[asClass], (value + 1) * 0.45));
  }
  context.putImageData(kept, 0, 0);
}

function drawImage(canvas, values, most) {
  const side = Math.round(Math.sqrt(values.length));
  paint(canvas, side, side, (p) => values[p] / most);
}

// A unit that sees pixels shows its weights; one further on, its mean output for each class.
function drawImageUnit(canvas, layer, unit) {
  const { to, from, activation } = lesson.shapes[layer];
  if (layer === 0) {
    const { kernel } = lesson.now.layers[0], weights = Array.from({ length: from }, (_, i) => kernel[i * to + unit]);
    return drawImage(canvas, weights, Math.max(...weights.map(Math.abs)) || 1);
  }
  const { classes } = lesson.material, sums = new Float64Array(classes.length), counts = new Float64Array(classes.length);
  lesson.y.forEach((y, p) => { sums[y] += lesson.passes.all.outs[layer][p * to + unit]; counts[y] += 1; });
  paint(canvas, classes.length, 1, (c) => scaleOf(activation)(sums[c] / (counts[c] || 1)));
}

function drawCurve(canvas, valueOf) {
  const size = 40;
  if (canvas.width !== size) Object.assign(canvas, { width: size, height: size });
  const context = canvas.getContext("2d");
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, size, size);
  context.lineWidth = 2.5;
  context.strokeStyle = colours.high;
  context.beginPath();
  for (let p = 0; p < lesson.grid.count; p++) context.lineTo(p, size / 2 - valueOf(p) * size * 0.42);
  context.stroke();
}

// What each edge carries: its weight, what goes through it for the chosen point, or the slope of the loss at its weight.
function strengths(k, back) {
  const { kernel } = lesson.now.layers[k], { from, to } = lesson.shapes[k];
  if (state.edges === "weights") return kernel;
  if (state.edges === "gradients") return back.gradients[k].kernel;
  const input = k ? lesson.passes.one.outs[k - 1] : pointAt(state.sample);
  return Float64Array.from({ length: from * to }, (_, n) => kernel[n] * input[Math.floor(n / to)]);
}

export function drawEdges(time, back, moves) {
  const canvas = byId("edges"), context = canvas.getContext("2d");
  context.setTransform(graph.ratio, 0, 0, graph.ratio, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.lineCap = "round";
  lesson.shapes.forEach(({ from, to }, k) => {
    const values = strengths(k, back), isImage = k === 0 && lesson.material.is_image;
    const most = Math.max(state.edges === "weights" ? 2 : 1e-6, largest(values));
    for (let i = 0; i < (isImage ? 1 : from); i++) {
      for (let j = 0; j < to; j++) {
        const value = isImage ? strongest(values, from, to, j) : values[i * to + j];
        drawEdge(context, graph.places[k][i], graph.places[k + 1][j], value / most, time, moves, i * 7 + j * 3 + k, isChosen(k, j));
      }
    }
  });
}

function isChosen(k, j) {
  return !state.chosen || (state.chosen.layer === k && state.chosen.unit === j);
}

const largest = (values) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

function strongest(values, from, to, j) {
  let found = 0;
  for (let i = 0; i < from; i++) if (Math.abs(values[i * to + j]) > Math.abs(found)) found = values[i * to + j];
  return found;
}

function drawEdge(context, one, other, value, time, moves, salt, clear) {
  const size = Math.abs(value), x0 = one.right, x1 = other.left, bend = (x1 - x0) * 0.45;
  context.strokeStyle = cssOf(value, (clear ? 0.28 : 0.1) + 0.62 * size);
  context.lineWidth = 0.6 + 4.4 * size;
  context.beginPath();
  context.moveTo(x0, one.y);
  context.bezierCurveTo(x0 + bend, one.y, x1 - bend, other.y, x1, other.y);
  context.stroke();
  if (!moves || size < 0.02) return;
  const along = (time * 0.45 + salt * 0.137) % 1, s = state.edges === "gradients" ? 1 - along : along, r = 1 - s;
  const x = r ** 3 * x0 + 3 * r * r * s * (x0 + bend) + 3 * r * s * s * (x1 - bend) + s ** 3 * x1;
  const y = (r ** 3 + 3 * r * r * s) * one.y + (3 * r * s * s + s ** 3) * other.y;
  context.fillStyle = cssOf(value);
  context.beginPath();
  context.arc(x, y, 1.5 + 3 * Math.sqrt(size), 0, 7);
  context.fill();
}

// Marks what is chosen, dead and saturated, and tells each neuron's value to those who cannot see it.
export function markNodes() {
  const states = statesOf(lesson.passes.all);
  for (const { nodes } of graph.columns.slice(1)) {
    for (const { element, badge, layer, unit, name } of nodes) {
      const found = states[layer]?.[unit] ?? "";
      element.classList.toggle("dead", found === "dead");
      element.classList.toggle("saturated", found === "saturated");
      const isNow = state.chosen?.layer === layer && state.chosen?.unit === unit;
      element.setAttribute("aria-pressed", String(isNow));
      badge.textContent = { dead: "×", saturated: "≡" }[found] ?? "";
      const value = short(lesson.passes.one.outs[layer][unit]);
      labelled(element, t("neuron.said", { name: neuronTitle(layer, unit, name), value, state: found ? t(`neuron.${found}`) : "" }).trim());
    }
  }
  const flat = states.flat(), count = (what) => flat.filter((s) => s === what).length;
  byId("legend").textContent = t("legend", { dead: count("dead"), saturated: count("saturated"), share: percent(0.9) });
}

export function neuronTitle(layer, unit, name = outputName(unit)) {
  if (layer === lesson.shapes.length - 1) return lesson.outputs > 1 ? t("neuron.output_of", { name }) : t("neuron.output");
  return t("neuron.hidden", { layer: layer + 1, unit: unit + 1 });
}
