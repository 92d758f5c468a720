// Colours: orange for below, blue for above, the paper between; ten for classes. All read from the style sheet's theme.

const NAMES = ["paper", "ink", "soft", "line", "low", "high", "accent"];
const CLASSES = ["#2f7fc1", "#e0812c", "#4a9d5b", "#b5518f", "#8a6fc9", "#c0493d", "#3aa3a0", "#a08a2e", "#6d7f95", "#7d5a3c"];
const LEVELS = 256;

export const colours = { map: new Uint32Array(LEVELS), rgb: {} };

export function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of NAMES) {
    colours[name] = style.getPropertyValue(`--${name}`).trim();
    colours.rgb[name] = rgbOf(colours[name]);
  }
  colours.classes = CLASSES;
  colours.classRgb = CLASSES.map(rgbOf);
  for (let n = 0; n < LEVELS; n++) {
    const at = (n / (LEVELS - 1)) * 2 - 1;
    colours.map[n] = packRgb(mixed(colours.rgb.paper, at < 0 ? colours.rgb.low : colours.rgb.high, Math.abs(at) * 0.85));
  }
}

function rgbOf(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

export function mixed(one, other, share) {
  return one.map((v, k) => v + (other[k] - v) * share);
}

export function packRgb([r, g, b]) {
  return (255 << 24) | (b << 16) | (g << 8) | r;
}

// The colour of a value that runs from -1 to 1, as a pixel.
export function pixelOf(value) {
  return colours.map[Math.round((Math.min(Math.max(value, -1), 1) + 1) * 0.5 * (LEVELS - 1))];
}

export function cssOf(value, alpha = 1) {
  const [r, g, b] = colours.rgb[value < 0 ? "low" : "high"];
  return `rgba(${r},${g},${b},${alpha})`;
}

// A canvas as large as it is shown, in the device's pixels; gives its context, in CSS pixels, and its size.
export function fitted(canvas, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2), width = canvas.clientWidth || 1;
  const tall = height ?? canvas.clientHeight;
  const [w, hh] = [Math.round(width * ratio), Math.round(tall * ratio)];
  if (canvas.width !== w || canvas.height !== hh) Object.assign(canvas, { width: w, height: hh });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, tall);
  return { context, width, height: tall };
}
