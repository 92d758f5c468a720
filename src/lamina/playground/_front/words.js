// What the page says, in the language that is chosen.

export const given = JSON.parse(document.getElementById("given").textContent);
export const language = { now: "en" };

// The text of a key, with {names} filled in. A key that is not there shows itself: tests look for such.
export function t(key, values = {}) {
  const text = given.strings[language.now][key] ?? `⟦${key}⟧`;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function knows(key) {
  return key in given.strings.en;
}

export function translatePage() {
  document.documentElement.lang = language.now;
  document.title = `lamina ${t("playground")}`;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) labelled(element, t(element.dataset.tLabel));
}

export function labelled(element, text) {
  element.setAttribute("aria-label", text);
  if (element.tagName === "BUTTON") element.title = text;
}

// A number in few letters, with a true minus sign.
export function short(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text = size !== 0 && (size < 0.001 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toFixed(size < 10 ? 3 : size < 1000 ? 2 : 0)));
  if (text === "-0") text = "0";
  return text.replaceAll("-", "−");
}

export function percent(value) {
  return `${Math.round(value * 100)} %`;
}

// An element with attributes and children; text is never read as HTML.
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export const byId = (id) => document.getElementById(id);
