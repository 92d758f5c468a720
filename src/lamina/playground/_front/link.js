// The state of the page in its address, after the #.

import { given, language } from "./words.js";
import { lesson, state } from "./lesson.js";

const WHOLE = ["batch_size", "seed"], REAL = ["noise", "learning_rate", "penalty_rate", "test_share"];
const TEXT = ["data", "activation", "optimizer", "penalty", "target"];

export function linkNow() {
  const { plan } = state, words = new URLSearchParams();
  for (const [key, value] of Object.entries(plan)) words.set(key, Array.isArray(value) ? value.join(",") : value);
  if (!plan.target) words.delete("target");
  words.set("lang", language.now);
  words.set("speed", state.speed);
  words.set("edges", state.edges);
  words.set("point", state.sample);
  if (state.theme !== "auto") words.set("theme", state.theme);
  if (state.chosen) words.set("neuron", `${state.chosen.layer},${state.chosen.unit}`);
  const updates = lesson.frames[Math.round(state.at)]?.updates ?? 0;
  if (updates) words.set("updates", updates);
  return `#${words}`;
}

// Takes what an address says; gives the updates that it stands at. What it does not know is left as it is.
export function readLink(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, "")), plan = { ...given.choices.plan };
  const has = (key) => words.has(key) && words.get(key) !== "";
  for (const key of TEXT) if (has(key)) plan[key] = words.get(key);
  for (const key of [...WHOLE, ...REAL]) if (has(key) && Number.isFinite(Number(words.get(key)))) plan[key] = Number(words.get(key));
  if (words.has("layers")) plan.layers = words.get("layers").split(",").filter(Boolean).map(Number);
  state.plan = plan;
  state.speed = ["slow", "normal", "fast"].includes(words.get("speed")) ? words.get("speed") : state.speed;
  state.edges = ["weights", "signals", "gradients"].includes(words.get("edges")) ? words.get("edges") : state.edges;
  state.theme = ["light", "dark"].includes(words.get("theme")) ? words.get("theme") : "auto";
  state.sample = Math.max(0, Number.parseInt(words.get("point") ?? "0", 10) || 0);
  const [layer, unit] = (words.get("neuron") ?? "").split(",").map(Number);
  state.chosen = has("neuron") && Number.isInteger(unit) ? { layer, unit } : null;
  if (words.get("lang") in given.strings) language.now = words.get("lang");
  else if ((navigator.language ?? "").startsWith("ko")) language.now = "ko";
  return Math.min(50000, Math.max(0, Number.parseInt(words.get("updates") ?? "0", 10) || 0));
}
