// Learning curves: loss and accuracy by epoch, of the points trained on and of the others.

import { byId, h, percent, short, t } from "./words.js";
import { colours, fitted } from "./colours.js";
import { lesson, state } from "./lesson.js";

const HEIGHT = 104, LEFT = 38, BOTTOM = 16, MOST_POINTS = 400;

export function drawCurves() {
  drawFigure(byId("loss-curve"), "loss", short);
  const hasAccuracy = lesson.material.kind !== "number";
  byId("accuracy-curve").hidden = !hasAccuracy;
  if (hasAccuracy) drawFigure(byId("accuracy-curve"), "accuracy", percent, [0, 1]);
}

function drawFigure(canvas, name, say, fixed) {
  const { context, width, height } = fitted(canvas, HEIGHT), { frames } = lesson;
  const kept = frames.filter((_, n) => n % Math.ceil(frames.length / MOST_POINTS) === 0 || n === frames.length - 1);
  const series = ["train", "test"].filter((part) => frames[0][part]);
  const most = fixed?.[1] ?? Math.max(1e-9, ...kept.flatMap((f) => series.map((part) => f[part][name] ?? 0)));
  const last = Math.max(1, frames.at(-1).epoch), across = (epoch) => LEFT + (epoch / last) * (width - LEFT - 8);
  const down = (value) => 16 + (1 - value / most) * (height - 16 - BOTTOM);
  drawAxes(context, width, height, t(name), say(most), last);
  series.forEach((part, n) => {
    context.beginPath();
    for (const frame of kept) if (Number.isFinite(frame[part][name])) context.lineTo(across(frame.epoch), down(frame[part][name]));
    context.setLineDash(n ? [4, 3] : []);
    context.lineWidth = 2;
    context.strokeStyle = n ? colours.low : colours.high;
    context.stroke();
  });
  context.setLineDash([]);
  const now = across(frames[Math.round(state.at)].epoch);
  context.strokeStyle = colours.ink;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(now, 14);
  context.lineTo(now, height - BOTTOM);
  context.stroke();
  const frame = frames[Math.round(state.at)];
  canvas.setAttribute("aria-label", t("curve.label", { name: t(name), train: short(frame.train[name]), test: frame.test ? short(frame.test[name]) : "–" }));
}

function drawAxes(context, width, height, name, most, last) {
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.strokeRect(LEFT - 0.5, 15.5, width - LEFT - 7, height - 16 - BOTTOM);
  context.fillStyle = colours.soft;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "left";
  context.fillText(name, LEFT, 11);
  context.textAlign = "right";
  context.fillText(most, LEFT - 4, 24);
  context.fillText("0", LEFT - 4, height - BOTTOM);
  context.fillText(`${t("epoch")} ${short(last)}`, width - 8, height - 3);
}

export function buildCurveKey() {
  const key = (kind, text) => h("span", {}, h("i", { class: `line ${kind}` }), text);
  byId("curve-key").replaceChildren(key("high", t("part.train")), ...(lesson.frames[0].test ? [key("low dashed", t("part.test"))] : []));
}
