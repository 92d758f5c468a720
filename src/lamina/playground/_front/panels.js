// Figures, findings, the program and the notes beside the picture.

import { byId, h, knows, language, percent, short, t } from "./words.js";
import { foundAt, lesson, state } from "./lesson.js";

export function sayFigures() {
  const { frame } = lesson.now, entry = (key, value) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, value));
  const parts = ["train", "test"].filter((part) => frame[part]);
  const values = parts.flatMap((part) => [
    entry(`figure.loss.${part}`, short(frame[part].loss ?? NaN)),
    ...(frame[part].accuracy === undefined ? [] : [entry(`figure.accuracy.${part}`, percent(frame[part].accuracy))]),
  ]);
  byId("figures").replaceChildren(entry("epoch", short(Math.round(frame.epoch * 10) / 10)), entry("updates", String(frame.updates)), ...values);
}

// For screen readers: a sentence now and then, not sixty times a second.
export function sayStatus() {
  const { frame } = lesson.now;
  byId("status").textContent = t("status", { epoch: short(Math.round(frame.epoch)), loss: short(frame.train.loss ?? NaN) });
}

const said = { found: null, language: null };

// Written anew only if there is something else to say: a screen reader reads what changes.
export function sayFindings() {
  const found = foundAt(Math.round(state.at));
  if (said.found === found && said.language === language.now) return;
  Object.assign(said, { found, language: language.now });
  const items = found.map(({ rule, severity, layer }) => h("li", { class: severity, "data-rule": rule },
    h("b", {}, t(`severity.${severity}`)), " ", h("code", {}, rule), layer === null ? "" : h("span", { class: "soft" }, ` ${neuronColumn(layer)}`),
    h("p", {}, t(knows(`rule.${rule}`) ? `rule.${rule}` : "rule.other", { rule }))));
  byId("findings").replaceChildren(...(items.length ? items : [h("li", { class: "none" }, t("findings.none"))]));
}

// The name of a layer, as it stands above its neurons.
function neuronColumn(layer) {
  return layer === lesson.shapes.length - 1 ? t("outputs") : t("hidden", { n: layer + 1 });
}

export function sayProgram() {
  const epochs = Math.max(1, Math.round(lesson.now.frame.epoch) || 20);
  const text = lesson.program.replace(/epochs=\d+/, `epochs=${epochs}`);
  if (byId("program").textContent !== text) byId("program").textContent = text;
}

export function sayNotes() {
  byId("notes").replaceChildren(...lesson.material.notes.map(([key, values]) => h("li", {}, t(key, values))));
  byId("tagline").textContent = t(lesson.id === null ? "tagline.recorded" : "tagline");
}

export function sayTrouble(message) {
  byId("trouble").hidden = !message;
  byId("trouble").textContent = message ? t("trouble", { message }) : "";
}
