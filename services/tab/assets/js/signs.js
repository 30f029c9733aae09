// Drawn signs: the traffic light and the gauge of activity. Colour never stands alone: every sign
// has a shape of its own and words.

import { h, svg, unseen } from "./dom.js";
import { text } from "./texts.js";
import { levelOf, presenceOf } from "./model.js";

/** @typedef {import("./types.js").Light} Light */
/** @typedef {import("./types.js").Lang} Lang */

/** @param {Light} light @returns {SVGElement[]} */
function shapeOf(light) {
  switch (light) {
    case "red":
      return [svg("path", { class: "fill", d: "M8.2 2h7.6L22 8.2v7.6L15.8 22H8.2L2 15.8V8.2z" }),
        svg("path", { class: "cut", d: "M8.3 8.3l7.4 7.4M15.7 8.3l-7.4 7.4" })];
    case "amber":
      return [svg("path", { class: "fill", d: "M12 2.2 23 21.5H1z" }),
        svg("path", { class: "cut", d: "M12 9v6M12 18.2v.01" })];
    case "blue":
      return [svg("rect", { class: "fill", x: 2, y: 2, width: 20, height: 20, rx: 4.5 }),
        svg("path", { class: "cut", d: "M12 11.2v6M12 7.3v.01" })];
    case "green":
      return [svg("circle", { class: "fill", cx: 12, cy: 12, r: 10 }), svg("path", { class: "cut", d: "M7.3 12.4l3.3 3.3 6.2-7" })];
    default:
      return [svg("circle", { class: "hollow", cx: 12, cy: 12, r: 9.5 }),
        svg("path", { class: "line", d: "M9 9.3a3 3 0 1 1 4.4 2.7c-0.9.5-1.4 1.1-1.4 2.2M12 17.4v.01" })];
  }
}

/** The folder with a strand in it: Genflik's own sign. */
export function brandSign() {
  return svg("svg", { class: "brand-sign", viewBox: "0 0 32 32", "aria-hidden": "true", focusable: "false" },
    svg("path", { class: "folder", d: "M3 8a3 3 0 0 1 3-3h8l3 4h9a3 3 0 0 1 3 3v13a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3z" }),
    svg("path", { class: "strand", d: "M8 14.5c5.3 0 5.3 8 10.7 8M8 22.5c5.3 0 5.3-8 10.7-8M18.7 22.5c2.7 0 4-2 5.3-4M18.7 14.5c2.7 0 4 2 5.3 4" }));
}

/** @param {Light} light @param {string} [label] its words, unless they stand beside it */
export function lightShape(light, label = "") {
  const spoken = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg("svg", { class: `sign sign-${light}`, viewBox: "0 0 24 24", focusable: "false", ...spoken }, shapeOf(light));
}

/** @param {Light} light @param {Lang} lang shape and word */
export function lightBadge(light, lang) {
  return h("span", { class: `light light-${light}` }, lightShape(light), h("span", {}, text(lang, light)));
}

const kStep = 15;
const kGap = 2;
// One path for all steps: a record has dozens of gauges, and each node costs.
const kSteps = [0, 1, 2, 3, 4].map((level) => `M${level * (kStep + kGap) + 2} 12h${kStep - 4}`).join("");

/** @param {number} level the middle of a step */
function middle(level) {
  return level * (kStep + kGap) + kStep / 2;
}

/** @param {number[]} levels @param {number|null} effective */
function scale(levels, effective) {
  const steps = [svg("path", { class: "steps", d: kSteps }),
    svg("rect", { class: "usual", x: 2 * (kStep + kGap), y: 9, width: kStep, height: 6, rx: 2 })];
  const marks = levels.map((level) => svg("circle", {
    class: effective === null ? "mark" : "mark mark-was", cx: middle(level), cy: 12, r: 5 }));
  if (effective === null || levels.length === 0) return [...steps, ...marks];
  const from = middle(levels[0]);
  const to = middle(effective);
  const arrow = Math.abs(from - to) > 1
    ? [svg("path", { class: "move", d: `M${from} 12H${to + (to < from ? 7 : -7)}` })] : [];
  return [...steps, ...marks, ...arrow, svg("circle", { class: "mark mark-now", cx: to, cy: 12, r: 5.5 })];
}

/**
 * The activity of a gene's product on a scale of five; nothing for a gene that has no such scale.
 * @param {{phenotype: string, statuses?: string[]}[]} readings
 * @param {string} effectivePhenotype empty unless running drugs change it
 * @param {Lang} lang
 * @returns {Element|null}
 */
export function gauge(readings, effectivePhenotype, lang) {
  const statuses = readings.flatMap((reading) => reading.statuses ?? []);
  const presence = presenceOf(statuses);
  if (presence !== null) return presenceGauge(presence, lang);
  const levels = [...new Set(readings.map((reading) => levelOf(reading.phenotype)))].filter((level) => level !== null).sort();
  if (levels.length === 0) return null;
  const effective = effectivePhenotype ? levelOf(effectivePhenotype) : null;
  const names = levels.map((level) => text(lang, levelKey(level))).join(" / ");
  const label = effective === null
    ? text(lang, levels.length > 1 ? "gaugeSeveral" : "gaugeLabel", { level: names })
    : text(lang, "gaugeEffective", { level: names, effective: text(lang, levelKey(effective)) });
  return svg("svg", { class: "gauge", viewBox: "-1 4 86 16", role: "img", "aria-label": label }, scale(levels, effective));
}

/** @param {number} level @returns {"level0"|"level1"|"level2"|"level3"|"level4"} */
function levelKey(level) {
  return /** @type {"level0"} */ (`level${level}`);
}

/** @param {boolean} present @param {Lang} lang */
function presenceGauge(present, lang) {
  return svg("svg", { class: "gauge", viewBox: "-1 4 86 16", role: "img", "aria-label": text(lang, present ? "present" : "absent") },
    svg("path", { class: present ? "gem gem-on" : "gem", d: "M8 5l7 7-7 7-7-7z" }),
    svg("path", { class: "rule", d: "M22 12h62" }));
}

/**
 * A small word with a sign before it.
 * @param {"conflict"|"late"|"pending"|"corrected"|"withdrawn"|"quiet"} kind
 * @param {string} words
 * @param {string} [hint] a longer explanation, read out too
 */
export function mark(kind, words, hint = "") {
  const signs = { conflict: "≠", late: "◷", pending: "…", corrected: "✎", withdrawn: "⊘", quiet: "" };
  return h("span", { class: `chip chip-${kind}`, title: hint || null },
    signs[kind] ? h("span", { class: "chip-sign", "aria-hidden": "true" }, signs[kind]) : null,
    words, hint ? unseen(`: ${hint}`) : null);
}
