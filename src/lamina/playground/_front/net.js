// A dense network as the page computes it: regions, arithmetic and gradients, from the weights that lamina has trained.

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

// What each activation gives, its slope at the sum z, and the range that colours span.
export const ACTIVATIONS = {
  linear: { f: (z) => z, slope: () => 1 },
  relu: { f: (z) => (z > 0 ? z : 0), slope: (z) => (z > 0 ? 1 : 0) },
  leaky_relu: { f: (z) => (z > 0 ? z : 0.2 * z), slope: (z) => (z > 0 ? 1 : 0.2) },
  elu: { f: (z) => (z > 0 ? z : Math.expm1(z)), slope: (z) => (z > 0 ? 1 : Math.exp(z)) },
  silu: { f: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))) },
  tanh: { f: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  sigmoid: { f: sigmoid, slope: (z) => sigmoid(z) * (1 - sigmoid(z)) },
  softmax: { f: (z) => z, slope: () => 1 }, // of all units of the layer together; see `dense`
};
const LAST = { binary: "sigmoid", classes: "softmax", number: "linear" };
const EPSILON = 1e-7; // probabilities are kept so far from 0 and 1 in a loss

export function decode(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

export function shapesOf(plan, features, kind, outputs) {
  const units = [features, ...plan.layers, outputs];
  return units.slice(1).map((to, k) => ({
    from: units[k], to, activation: k === plan.layers.length ? LAST[kind] : plan.activation,
  }));
}

// The kernel and the bias of each layer, as views of the numbers one after the other.
export function layersOf(flat, shapes) {
  let at = 0;
  return shapes.map(({ from, to }) => {
    const kernel = flat.subarray(at, at + from * to);
    const bias = flat.subarray(at + from * to, at + from * to + to);
    at += from * to + to;
    return { kernel, bias };
  });
}

function dense({ from, to, activation }, { kernel, bias }, input, sums, outs, count) {
  const { f } = ACTIVATIONS[activation], row = new Float64Array(to);
  for (let p = 0; p < count; p++) {
    row.set(bias);
    for (let i = 0; i < from; i++) {
      const x = input[p * from + i], at = i * to;
      for (let j = 0; j < to; j++) row[j] += x * kernel[at + j];
    }
    sums.set(row, p * to);
  }
  for (let n = 0; n < count * to; n++) outs[n] = f(sums[n]);
  if (activation === "softmax") for (let p = 0; p < count; p++) softmaxRow(sums, outs, p * to, to);
}

function softmaxRow(sums, outs, at, units) {
  let most = -Infinity, total = 0;
  for (let j = at; j < at + units; j++) most = Math.max(most, sums[j]);
  for (let j = at; j < at + units; j++) total += outs[j] = Math.exp(sums[j] - most);
  for (let j = at; j < at + units; j++) outs[j] /= total;
}

// Sums and outputs of every layer for so many points, in buffers that are used again.
export class Pass {
  constructor(shapes, count) {
    Object.assign(this, { shapes, count });
    this.sums = shapes.map(({ to }) => new Float64Array(count * to));
    this.outs = shapes.map(({ to }) => new Float64Array(count * to));
  }

  run(layers, x) {
    let input = x;
    this.shapes.forEach((shape, k) => {
      dense(shape, layers[k], input, this.sums[k], this.outs[k], this.count);
      input = this.outs[k];
    });
    return input;
  }
}

// The loss of one point, of the outputs from `at` on.
export function lossOf(kind, outs, at, y) {
  const kept = (p) => Math.min(Math.max(p, EPSILON), 1 - EPSILON);
  if (kind === "number") return (outs[at] - y) ** 2;
  if (kind === "classes") return -Math.log(kept(outs[at + y]));
  return -Math.log(kept(y ? outs[at] : 1 - outs[at]));
}

// Of one point: the slope of the loss at each sum (`deltas`) and output (`slopes`), and at each weight, layer by layer.
export function backward(pass, layers, x, y, kind) {
  const { shapes } = pass, last = shapes.length - 1;
  const deltas = shapes.map(({ to }) => new Float64Array(to));
  const slopes = shapes.map(({ to }) => new Float64Array(to));
  for (let j = 0; j < shapes[last].to; j++) {
    const target = kind === "classes" ? Number(j === y) : y;
    deltas[last][j] = (kind === "number" ? 2 : 1) * (pass.outs[last][j] - target);
  }
  for (let k = last - 1; k >= 0; k--) {
    const { slope } = ACTIVATIONS[shapes[k].activation], next = shapes[k + 1].to;
    for (let i = 0; i < shapes[k].to; i++) {
      for (let j = 0; j < next; j++) slopes[k][i] += layers[k + 1].kernel[i * next + j] * deltas[k + 1][j];
      deltas[k][i] = slopes[k][i] * slope(pass.sums[k][i]);
    }
  }
  const gradients = shapes.map(({ from, to }, k) => {
    const input = k ? pass.outs[k - 1] : x;
    return { kernel: Float64Array.from({ length: from * to }, (_, n) => input[Math.floor(n / to)] * deltas[k][n % to]), bias: deltas[k] };
  });
  return { deltas, slopes, gradients };
}

// The mean loss over points, without penalties.
export function meanLoss(pass, layers, x, y, kind) {
  const outs = pass.run(layers, x), units = pass.shapes.at(-1).to;
  let total = 0;
  for (let p = 0; p < pass.count; p++) total += lossOf(kind, outs, p * units, y[p]);
  return total / pass.count;
}

// Of each hidden unit over all points: "dead" (gives 0 for all), "saturated" (nearly flat for most), or "".
export function statesOf(pass) {
  return pass.shapes.slice(0, -1).map(({ to, activation }, k) =>
    Array.from({ length: to }, (_, j) => stateOf(activation, pass.sums[k], pass.outs[k], j, to, pass.count)));
}

function stateOf(activation, sums, outs, j, units, count) {
  let zeros = 0, flat = 0;
  const { slope } = ACTIVATIONS[activation];
  const flatBelow = { tanh: 0.06, sigmoid: 0.015 }[activation]; // 6 % of the steepest slope
  for (let p = 0; p < count; p++) {
    zeros += outs[p * units + j] === 0;
    if (flatBelow) flat += slope(sums[p * units + j]) < flatBelow;
  }
  if (activation === "relu" && zeros === count) return "dead";
  return flat > 0.9 * count ? "saturated" : "";
}
