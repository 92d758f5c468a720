// The computation for one point, neuron by neuron: sums and activations forward, the chain rule backward.

import { byId, h, short, t } from "./words.js";
import { ACTIVATIONS, lossOf } from "./net.js";
import { lesson, pointAt, state } from "./lesson.js";
import { neuronTitle } from "./graph.js";

const MOST_TERMS = 8; // of a long sum the largest are written out
const factor = (value) => (value < 0 ? `(${short(value)})` : short(value));

export function stepsOf() {
  const forward = lesson.shapes.flatMap(({ to }, layer) => Array.from({ length: to }, (_, unit) => ({ kind: "forward", layer, unit })));
  const back = [...lesson.shapes.keys()].reverse().flatMap((layer) => Array.from({ length: lesson.shapes[layer].to }, (_, unit) => ({ kind: "backward", layer, unit })));
  return [...forward, { kind: "loss" }, ...back];
}

export function showStep(step, place, count, back) {
  byId("step-place").textContent = t("steps.place", { n: place + 1, of: count, point: state.sample + 1 });
  byId("step").replaceChildren(...SHOWN[step.kind](step, back));
}

const SHOWN = { forward: shownForward, loss: shownLoss, backward: shownBackward };

const heading = (kind, text) => h("h3", { class: kind }, text);
const equation = (...parts) => h("p", { class: "equation", lang: "en" }, ...parts.map((part) => (typeof part === "string" ? part : part)));
const remark = (text) => h("p", { class: "soft" }, text);
const result = (value) => h("b", {}, short(value));

function inputsOf(layer) {
  return layer ? lesson.passes.one.outs[layer - 1] : pointAt(state.sample);
}

function nameOf(layer, unit) {
  if (layer < 0) return lesson.material.is_image ? `x${unit + 1}` : lesson.material.inputs[unit];
  return layer === lesson.shapes.length - 1 ? (lesson.outputs > 1 ? `ŷ${unit + 1}` : "ŷ") : `a${layer + 1}.${unit + 1}`;
}

function shownForward({ layer, unit }) {
  const { from, to, activation } = lesson.shapes[layer], { kernel, bias } = lesson.now.layers[layer];
  const inputs = inputsOf(layer), terms = Array.from({ length: from }, (_, i) => [kernel[i * to + unit], inputs[i], nameOf(layer - 1, i)]);
  const z = lesson.passes.one.sums[layer][unit], a = lesson.passes.one.outs[layer][unit];
  return [
    heading("forward", t("steps.forward", { name: neuronTitle(layer, unit) })),
    remark(t("steps.sum")),
    equation(`z = ${sumOf(terms.map(([, , name], i) => [`w${i + 1} · ${name}`, terms[i][0] * terms[i][1]]))} + b`),
    equation(`z = ${sumOf(terms.map(([w, x]) => [`${factor(w)} · ${factor(x)}`, w * x]))} + ${factor(bias[unit])} = `, result(z)),
    remark(t({ softmax: "steps.softmax", linear: "steps.linear" }[activation] ?? "steps.activation", { name: activation })),
    equation(...activated(activation, z, a, layer, unit)),
  ];
}

function activated(activation, z, a, layer, unit) {
  const name = nameOf(layer, unit);
  if (activation !== "softmax") return [`${name} = ${activation}(${short(z)}) = `, result(a)];
  const sums = Array.from(lesson.passes.one.sums[layer]);
  return [`${name} = exp(${short(z)}) / (${sums.map((s) => `exp(${short(s)})`).join(" + ")}) = `, result(a)];
}

// A sum whose smallest terms are counted, not written, where there are many.
function sumOf(terms) {
  if (terms.length <= MOST_TERMS) return terms.map(([text]) => text).join(" + ");
  const order = terms.map((_, n) => n).sort((m, n) => Math.abs(terms[n][1]) - Math.abs(terms[m][1])).slice(0, MOST_TERMS - 2).sort((m, n) => m - n);
  const rest = terms.reduce((sum, [, value], n) => sum + (order.includes(n) ? 0 : value), 0);
  return `${order.map((n) => terms[n][0]).join(" + ")} + ${t("steps.rest", { count: terms.length - order.length, sum: factor(rest) })}`;
}

function shownLoss() {
  const { kind } = lesson.material, outs = lesson.passes.one.outs.at(-1), y = lesson.y[state.sample];
  const loss = lossOf(kind, outs, 0, y), name = { binary: "steps.loss.binary", classes: "steps.loss.classes", number: "steps.loss.number" }[kind];
  const lines = {
    number: () => [`L = (ŷ − y)² = (${short(outs[0])} − ${factor(y)})² = `],
    classes: () => [`L = −ln(ŷ${y + 1}) = −ln(${short(outs[y])}) = `],
    binary: () => (y ? [`L = −ln(ŷ) = −ln(${short(outs[0])}) = `] : [`L = −ln(1 − ŷ) = −ln(1 − ${short(outs[0])}) = `]),
  };
  return [heading("loss", t("steps.loss")), remark(t(name)), equation(...lines[kind](), result(loss)), remark(t("steps.turn"))];
}

function shownBackward({ layer, unit }, back) {
  const delta = back.deltas[layer][unit];
  return [
    heading("backward", t("steps.backward", { name: neuronTitle(layer, unit) })),
    ...(layer === lesson.shapes.length - 1 ? outputDelta(unit, delta) : hiddenDelta(layer, unit, back)),
    remark(t("steps.weights")),
    weightTable(layer, unit, back, delta),
    remark(t("steps.update", { optimizer: t(`optimizer.${lesson.plan.optimizer}`), rate: short(lesson.plan.learning_rate), batch: lesson.batch })),
  ];
}

function outputDelta(unit, delta) {
  const { kind } = lesson.material, out = lesson.passes.one.outs.at(-1)[unit], y = lesson.y[state.sample];
  const target = kind === "classes" ? Number(unit === y) : y, twice = kind === "number" ? "2 · " : "";
  return [remark(t("steps.delta.output")), equation(`δ = ∂L/∂z = ${twice}(ŷ − y) = ${twice}(${short(out)} − ${factor(target)}) = `, result(delta))];
}

function hiddenDelta(layer, unit, back) {
  const next = lesson.shapes[layer + 1].to, { kernel } = lesson.now.layers[layer + 1];
  const terms = Array.from({ length: next }, (_, j) => [kernel[unit * next + j], back.deltas[layer + 1][j]]);
  const slope = back.slopes[layer][unit], delta = back.deltas[layer][unit], { activation } = lesson.shapes[layer];
  const z = lesson.passes.one.sums[layer][unit], flat = slopeOf(activation, z);
  return [
    remark(t("steps.delta.hidden")),
    equation(`∂L/∂a = Σ w · δ = ${sumOf(terms.map(([w, d]) => [`${factor(w)} · ${factor(d)}`, w * d]))} = `, result(slope)),
    remark(t("steps.delta.slope", { name: activation })),
    equation(`δ = ∂L/∂a · ${activation}′(z) = ${factor(slope)} · ${activation}′(${short(z)}) = ${factor(slope)} · ${short(flat)} = `, result(delta)),
  ];
}

function slopeOf(activation, z) {
  return ACTIVATIONS[activation].slope(z);
}

function weightTable(layer, unit, back, delta) {
  const { from, to } = lesson.shapes[layer], inputs = inputsOf(layer), { kernel, bias } = lesson.now.layers[layer];
  const mean = lesson.now.gradients[layer];
  const row = (name, w, product, g, all) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, short(w)), h("td", { class: "product" }, `${product} = ${short(g)}`), h("td", {}, short(all)));
  const order = Array.from({ length: from }, (_, i) => i).sort((m, n) => Math.abs(inputs[n]) - Math.abs(inputs[m])).slice(0, MOST_TERMS).sort((m, n) => m - n);
  const rows = order.map((i) => row(`w${i + 1}`, kernel[i * to + unit], `${factor(delta)} · ${factor(inputs[i])}`, back.gradients[layer].kernel[i * to + unit], mean.kernel[i * to + unit]));
  const head = ["steps.weight", "steps.value", "steps.gradient", "steps.mean"].map((key) => h("th", { scope: "col" }, t(key)));
  const note = from > MOST_TERMS ? [remark(t("steps.more", { count: from - MOST_TERMS }))] : [];
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows, row("b", bias[unit], factor(delta), delta, mean.bias[unit])));
  return h("div", { class: "scroll", tabindex: "0", "aria-label": t("steps.weights") }, table, ...note);
}
