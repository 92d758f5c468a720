// The form that chooses data, network and training.

import { byId, given, h, percent, short, t } from "./words.js";
import { colours } from "./colours.js";
import { lesson, state } from "./lesson.js";

const LISTS = {
  activation: given.choices.activation, optimizer: given.choices.optimizer, penalty: given.choices.penalty,
  learning_rate: [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], batch_size: [1, 4, 8, 16, 32, 64, 300],
  penalty_rate: [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 1],
};
const NUMBERS = ["learning_rate", "batch_size", "penalty_rate"], SHARES = ["noise", "test_share"];

// `change` is told what of the plan is to be another.
export function buildControls(change) {
  for (const [name, values] of Object.entries(LISTS)) {
    byId(name).addEventListener("change", (event) => change({ [name]: NUMBERS.includes(name) ? Number(event.target.value) : event.target.value }));
    byId(name).replaceChildren(...values.map((value) => h("option", { value })));
  }
  for (const name of SHARES) {
    byId(name).addEventListener("input", (event) => { byId(`${name}-shown`).textContent = percent(Number(event.target.value)); });
    byId(name).addEventListener("change", (event) => change({ [name]: Number(event.target.value) }));
  }
  byId("seed").addEventListener("change", (event) => change({ seed: Math.max(0, Math.round(Number(event.target.value)) || 0) }));
  byId("again").addEventListener("click", () => change({ seed: state.plan.seed + 1 }));
  byId("target").addEventListener("change", (event) => change({ target: event.target.value }));
  byId("csv").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    state.csv = { name: file.name, text: await file.text() };
    change({ data: "csv", target: "" });
  });
  byId("layer-more").addEventListener("click", () => change({ layers: [...state.plan.layers, state.plan.layers.at(-1) ?? 4] }));
  byId("layer-less").addEventListener("click", () => change({ layers: state.plan.layers.slice(0, -1) }));
  byId("setup").addEventListener("submit", (event) => event.preventDefault());
  buildDatasets(change);
}

function buildDatasets(change) {
  byId("datasets").replaceChildren(...given.choices.data.map((name) => {
    const input = h("input", { type: "radio", name: "data", value: name, id: `data-${name}`, onchange: () => pick(name, change) });
    return h("label", { class: "dataset" }, input, h("canvas", { width: 36, height: 36, "aria-hidden": "true", "data-picture": name }), h("span", { "data-t": `data.${name}` }));
  }));
}

// A CSV is chosen once there is a file; until then only the button for it shows.
function pick(name, change) {
  byId("table").hidden = name !== "csv";
  if (name === "csv" && !state.csv && !given.has_table) return;
  change({ data: name, ...(name === "line" ? { layers: [] } : {}), ...(state.plan.data === "line" && name !== "line" ? { layers: [4, 2] } : {}) });
}

// Shows the plan as it is, in the language of now.
export function showControls() {
  const { plan } = state, said = (name, value) => (NUMBERS.includes(name) ? short(value) : t(`${name}.${value}`));
  for (const [name, values] of Object.entries(LISTS)) {
    const list = byId(name);
    if (NUMBERS.includes(name) && !values.includes(plan[name])) list.append(h("option", { value: plan[name] }));
    for (const option of list.options) option.textContent = said(name, NUMBERS.includes(name) ? Number(option.value) : option.value);
    list.value = String(plan[name]);
  }
  for (const name of SHARES) {
    byId(name).value = String(plan[name]);
    byId(`${name}-shown`).textContent = percent(plan[name]);
  }
  byId("seed").value = String(plan.seed);
  byId("penalty_rate").disabled = plan.penalty === "none";
  byId("noise").disabled = plan.data === "csv";
  const chosen = byId(`data-${plan.data}`);
  if (chosen) chosen.checked = true;
  byId("table").hidden = plan.data !== "csv";
  byId("layers-said").textContent = t("layers.said", { n: plan.layers.length });
  byId("layer-less").disabled = !plan.layers.length;
  byId("layer-more").disabled = plan.layers.length >= given.choices.most_layers;
  showTargets();
}

function showTargets() {
  const columns = lesson.columns ?? [];
  byId("csv-name").textContent = state.csv?.name ?? "";
  byId("target-row").hidden = !columns.length;
  byId("target").replaceChildren(...columns.map((name) => h("option", { value: name }, name)));
  byId("target").value = state.plan.target || (columns.at(-1) ?? "");
}

// Small pictures of the data sets, drawn by hand: they only tell them apart.
export function drawPictures() {
  for (const canvas of document.querySelectorAll("[data-picture]")) {
    const context = canvas.getContext("2d"), name = canvas.dataset.picture;
    context.fillStyle = colours.paper;
    context.fillRect(0, 0, 36, 36);
    for (const [x, y, above] of PICTURES[name]()) {
      context.fillStyle = above ? colours.high : colours.low;
      context.fillRect(18 + x * 15 - 1.6, 18 - y * 15 - 1.6, 3.2, 3.2);
    }
  }
}

const around = (count, of) => Array.from({ length: count }, (_, n) => of(n / count, n));
const corners = (of) => () => [[-1, -1], [-1, 1], [1, -1], [1, 1]].flatMap(([x, y]) =>
  [[0, 0], [0.22, 0.1], [-0.2, 0.14], [0.05, -0.24]].map(([a, b]) => [0.7 * x + a, 0.7 * y + b, of(x > 0, y > 0)]));
const PICTURES = {
  and: corners((a, b) => a && b), or: corners((a, b) => a || b), xor: corners((a, b) => a !== b),
  circles: () => [...around(16, (s) => [0.95 * Math.cos(s * 6.283), 0.95 * Math.sin(s * 6.283), 0]), ...around(9, (s, n) => [0.4 * (n % 2) * Math.cos(s * 6.283), 0.4 * (n % 2) * Math.sin(s * 6.283), 1])],
  moons: () => [...around(12, (s) => [0.62 * Math.cos(s * 3.4) - 0.3, 0.8 * Math.sin(s * 3.4) - 0.2, 0]), ...around(12, (s) => [0.3 - 0.62 * Math.cos(s * 3.4), 0.2 - 0.8 * Math.sin(s * 3.4), 1])],
  spirals: () => around(40, (s, n) => [s * Math.cos(s * 8 + (n % 2) * 3.1416), s * Math.sin(s * 8 + (n % 2) * 3.1416), n % 2]),
  line: () => around(12, (s, n) => [2 * s - 0.95, 1.7 * s - 0.8 + 0.12 * ((n % 3) - 1), 1]),
  digits: () => [[-0.4, 0.7], [-0.15, 0.85], [0.15, 0.85], [0.4, 0.7], [0.45, 0.45], [0.3, 0.2], [0.05, 0], [-0.2, -0.25], [-0.4, -0.55], [-0.45, -0.8], [-0.15, -0.8], [0.15, -0.8], [0.45, -0.8]].map(([x, y]) => [x, y, 1]),
  csv: () => around(12, (_, n) => [((n % 3) - 1) * 0.7, (Math.floor(n / 3) - 1.5) * 0.5, n > 2 ? 1 : 0]),
};
