// Puts the page together: what happens on a click, and what is drawn when.

import { backward } from "./net.js";
import { byId, given, labelled, language, t, translatePage } from "./words.js";
import { readColours } from "./colours.js";
import { isRecorded, lesson, open, pointAt, state } from "./lesson.js";
import { begin } from "./server.js";
import { linkNow, readLink } from "./link.js";
import { buildGraph, drawEdges, drawNodes, markNodes, placeGraph } from "./graph.js";
import { buildScale, drawMap, drawPoints, nearest, saySample } from "./output.js";
import { buildCurveKey, drawCurves } from "./curves.js";
import { showStep, stepsOf } from "./steps.js";
import { drawLandscape, forgetLandscape, paintLandscape } from "./landscape.js";
import { sayFigures, sayFindings, sayNotes, sayProgram, sayStatus, sayTrouble } from "./panels.js";
import { buildControls, drawPictures, showControls } from "./controls.js";
import { SPEEDS, advance, askFindingsSoon, compute, fetchFindings, fetchFrames, lastFrame } from "./player.js";

const SLOW_MS = 200; // texts and curves while it plays
const page = { dirty: true, before: 0, slowBefore: 0, saidBefore: 0, back: null, steps: [], step: 0, stepTimer: 0, drawn: 0, busy: 0, job: 0 };
const calm = matchMedia("(prefers-reduced-motion: reduce)"), dark = matchMedia("(prefers-color-scheme: dark)");

// --- the plan -----------------------------------------------------------------------------------------------------

// A new training after something of the plan has changed; `updates` to go on to at once.
async function start(changes = {}, updates = 0) {
  const wanted = { ...state.plan, ...changes }, job = ++page.job;
  setPlaying(false);
  try {
    const reply = await begin(wanted, state.csv);
    if (job !== page.job) return;
    state.plan = { ...wanted, ...(isRecorded ? reply.plan : {}) };
    open(reply);
    sayTrouble("");
  } catch (error) {
    if (job !== page.job) return;
    sayTrouble(error.message);
    showControls();
    return lesson.frames.length ? undefined : start(given.choices.plan);
  }
  if (state.chosen && !(state.chosen.unit < (lesson.shapes[state.chosen.layer]?.to ?? 0))) state.chosen = null;
  rebuild();
  if (updates) await catchUp(updates);
  remember();
}

// Up to a hundred frames to where a link stands.
async function catchUp(updates) {
  const each = Math.ceil(updates / 100), count = Math.floor(updates / each);
  await fetchFrames(count, fail, each);
  if (updates % each) await fetchFrames(1, fail, updates % each);
  state.at = lastFrame();
  await settle();
}

function rebuild() {
  page.steps = stepsOf();
  const { chosen } = state;
  page.step = chosen ? page.steps.findIndex((s) => s.layer === chosen.layer && s.unit === chosen.unit) : 0;
  compute();
  lesson.passes.all.run(lesson.now.layers, lesson.x);
  buildGraph({ units: changeUnits, choose: chooseNeuron });
  buildScale();
  buildCurveKey();
  forgetLandscape();
  sayNotes();
  showControls();
  drawSlow();
  sayFindings();
  stepShown();
  page.dirty = true;
}

function changeUnits(layer, by) {
  const layers = state.plan.layers.map((units, k) => units + (k === layer ? by : 0));
  if (layers[layer] >= 1 && layers[layer] <= given.choices.most_units) {
    start({ layers }).then(() => byId(`units-${layer}-${by < 0 ? "less" : "more"}`)?.focus());
  }
}

function remember() {
  history.replaceState(null, "", linkNow());
}

function fail(error) {
  setPlaying(false);
  sayTrouble(error ? error.message : t("trouble.infinite"));
}

// --- pictures ------------------------------------------------------------------------------------------------------

function tick(now) {
  const seconds = Math.min(0.1, (now - page.before) / 1000), began = performance.now();
  page.before = now;
  if (lesson.now) {
    if (state.playing) {
      advance(seconds, fail);
      page.dirty = true;
      if (!state.playing) settle();
    }
    draw(now / 1000);
    if (state.playing && now - page.slowBefore > SLOW_MS) {
      page.slowBefore = now;
      drawSlow();
      fetchFindings(now, fail).then(sayFindings);
    }
    if (state.playing && now - page.saidBefore > 5000) {
      page.saidBefore = now;
      sayStatus();
    }
  }
  page.drawn += 1;
  page.busy += performance.now() - began;
  requestAnimationFrame(tick);
}

function draw(time) {
  const moves = state.edges !== "weights" && !calm.matches;
  if (page.dirty) {
    compute();
    page.back = backward(lesson.passes.one, lesson.now.layers, pointAt(state.sample), lesson.y[state.sample], lesson.material.kind);
    drawNodes();
    drawMap();
  }
  if (page.dirty || moves) drawEdges(time, page.back, moves);
  page.dirty = false;
}

// What need not follow every picture.
function drawSlow() {
  compute();
  lesson.passes.all.run(lesson.now.layers, lesson.x);
  markNodes();
  drawPoints();
  drawCurves();
  saySample();
  sayFigures();
  sayProgram();
  const slider = byId("time");
  slider.max = String(lastFrame());
  slider.value = String(Math.round(state.at));
  slider.setAttribute("aria-valuetext", t("time.said", { updates: lesson.now.frame.updates }));
  byId("back").disabled = state.at <= 0;
  byId("forward").disabled = isRecorded && state.at >= lastFrame();
}

// When it has come to rest.
async function settle() {
  page.dirty = true;
  drawSlow();
  stepShown();
  paintLandscape();
  sayStatus();
  remember();
  askFindingsSoon();
  await fetchFindings(performance.now() + 3000, fail);
  sayFindings();
}

// --- time ----------------------------------------------------------------------------------------------------------

function setPlaying(playing) {
  state.playing = playing;
  const button = byId("play");
  button.classList.toggle("on", playing);
  labelled(button, t(playing ? "run.pause" : "run.play"));
  if (playing) sayTrouble("");
}

function play() {
  if (!state.playing && isRecorded && state.at >= lastFrame()) state.at = 0;
  setPlaying(!state.playing);
  if (!state.playing) {
    state.at = Math.round(state.at);
    settle();
  }
}

async function move(by) {
  setPlaying(false);
  const wanted = Math.max(0, Math.round(state.at) + by);
  if (wanted > lastFrame()) await fetchFrames(1, fail);
  state.at = Math.min(wanted, lastFrame());
  await settle();
}

// --- the computation -----------------------------------------------------------------------------------------------

function stepShown() {
  compute();
  page.back = backward(lesson.passes.one, lesson.now.layers, pointAt(state.sample), lesson.y[state.sample], lesson.material.kind);
  showStep(page.steps[page.step], page.step, page.steps.length, page.back);
}

function goToStep(step) {
  page.step = (step + page.steps.length) % page.steps.length;
  const { layer, unit } = page.steps[page.step];
  state.chosen = layer === undefined ? null : { layer, unit };
  stepShown();
  markNodes();
  page.dirty = true;
}

function chooseNeuron(layer, unit) {
  const isNow = state.chosen?.layer === layer && state.chosen?.unit === unit;
  const kind = isNow && page.steps[page.step].kind === "forward" ? "backward" : "forward";
  goToStep(page.steps.findIndex((s) => s.kind === kind && s.layer === layer && s.unit === unit));
}

function playSteps() {
  const button = byId("step-play");
  if (page.stepTimer) clearInterval(page.stepTimer);
  page.stepTimer = page.stepTimer ? 0 : setInterval(() => (page.step === page.steps.length - 1 ? playSteps() : goToStep(page.step + 1)), 1600);
  button.setAttribute("aria-pressed", String(Boolean(page.stepTimer)));
}

function chooseSample(n) {
  const { points, trained, is_image: isImage } = lesson.material;
  const [low, high] = isImage && trained < points ? [trained, points] : [0, points];
  state.sample = low + (((n - low) % (high - low)) + (high - low)) % (high - low);
  settle();
}

// --- language and theme --------------------------------------------------------------------------------------------

function speak(name) {
  language.now = name;
  translatePage();
  for (const one of Object.keys(given.strings)) byId(`lang-${one}`).setAttribute("aria-pressed", String(one === name));
  setPlaying(state.playing);
  showControls();
  if (!lesson.now) return;
  const step = page.step;
  buildGraph({ units: changeUnits, choose: chooseNeuron });
  buildScale();
  buildCurveKey();
  sayNotes();
  drawSlow();
  sayStatus();
  sayFindings();
  page.step = step;
  stepShown();
  if (byId("land").dataset.drawn) drawLandscape();
  else forgetLandscape();
  remember();
  page.dirty = true;
}

function paintTheme() {
  const isDark = state.theme === "dark" || (state.theme === "auto" && dark.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  byId("theme").value = state.theme;
  readColours();
  drawPictures();
  if (!lesson.now) return;
  drawSlow();
  paintLandscape();
  page.dirty = true;
}

function showEdges(mode) {
  state.edges = mode;
  for (const button of byId("edges-shown").children) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  page.dirty = true;
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    byId("status").textContent = t("copied");
  } catch {
    byId("status").textContent = t("copied.not");
  }
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1200);
}

// --- wiring --------------------------------------------------------------------------------------------------------

function wire() {
  const click = (id, act) => byId(id).addEventListener("click", act);
  click("play", play);
  click("reset", () => (isRecorded ? ((state.at = 0), setPlaying(false), settle()) : start()));
  click("back", () => move(-1));
  click("forward", () => move(1));
  click("step-back", () => goToStep(page.step - 1));
  click("step-on", () => goToStep(page.step + 1));
  click("step-play", playSteps);
  click("sample-back", () => chooseSample(state.sample - 1));
  click("sample-on", () => chooseSample(state.sample + 1));
  click("land-draw", drawLandscape);
  click("lang-en", () => speak("en"));
  click("lang-ko", () => speak("ko"));
  click("copy-program", (event) => copy(event.target, byId("program").textContent));
  click("copy-link", (event) => {
    remember();
    copy(event.target, location.href);
  });
  byId("points").addEventListener("click", (event) => chooseSample(nearest(event.offsetX, event.offsetY)));
  byId("time").addEventListener("input", (event) => {
    setPlaying(false);
    state.at = Number(event.target.value);
    settle();
  });
  byId("speed").addEventListener("change", (event) => { state.speed = event.target.value; remember(); });
  byId("theme").addEventListener("change", (event) => { state.theme = event.target.value; paintTheme(); remember(); });
  byId("land-kind").addEventListener("change", drawLandscape);
  for (const button of byId("edges-shown").children) button.addEventListener("click", () => { showEdges(button.dataset.mode); remember(); });
  dark.addEventListener("change", paintTheme);
  new ResizeObserver(() => {
    if (!lesson.now) return;
    placeGraph();
    drawSlow();
    paintLandscape();
    page.dirty = true;
  }).observe(document.querySelector("main"));
  window.addEventListener("hashchange", () => { if (location.hash !== linkNow()) takeLink(); });
}

function takeLink() {
  const updates = readLink(location.hash);
  byId("speed").value = state.speed;
  showEdges(state.edges);
  paintTheme();
  speak(language.now);
  return start({}, isRecorded ? 0 : updates);
}

document.documentElement.classList.toggle("recorded", isRecorded);
buildControls(start);
wire();
takeLink().then(() => { document.documentElement.dataset.ready = "yes"; });
requestAnimationFrame(tick);
// For the console, and for tests.
window.playground = { state, lesson, page, SPEEDS, backward };
