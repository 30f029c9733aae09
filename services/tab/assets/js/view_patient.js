// For patients: the same results in plain language.

import { foreign, h } from "./dom.js";
import { formatDate } from "./format.js";
import { local, text } from "./texts.js";
import * as model from "./model.js";
import { lightShape } from "./signs.js";
import { capital } from "./parts.js";
import { failurePanel, waitingPanel } from "./panels.js";
import { noneText } from "./view_glass.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./types.js").GeneRecord} GeneRecord */
/** @typedef {import("./texts.js").TextKey} TextKey */

/** @type {Record<import("./types.js").Light, TextKey>} */
const kPlainLights = { red: "plainRed", amber: "plainAmber", blue: "plainBlue", green: "plainGreen", grey: "plainGrey" };

// Of these, no one pace is that of most people.
const kCommonlySlow = ["CYP3A5", "NAT2"];

/** @param {GeneRecord} gene @returns {TextKey} */
export function plainKey(gene) {
  if (gene.status !== "interpreted" || gene.interpretations.length !== 1) return "plainUnclear";
  const [reading] = gene.interpretations;
  const presence = model.presenceOf(reading.statuses);
  if (presence !== null) return !presence ? "plainAbsent" : gene.gene.startsWith("HLA-") ? "plainPresent" : "plainVariant";
  const level = model.levelOf(reading.phenotype);
  if (level === null) return /indeterminate/i.test(reading.phenotype) ? "plainUnclear" : "plainOther";
  if (gene.gene === "G6PD") return level === 2 ? "plainLevel2" : "plainCells";
  if (kCommonlySlow.includes(gene.gene)) return /** @type {TextKey} */ (`plainCommon${Math.min(level, 2)}`);
  return /** @type {TextKey} */ (`plainLevel${level}`);
}

/** @param {Context} context */
function medicines(context) {
  const { lang, drugs, record } = context;
  if (context.loads.drugs.phase === "failed") return failurePanel(context, "drugs", text(lang, "failedDrugs"));
  if (!drugs || !record) return waitingPanel(context, "drugs", text(lang, "loading"));
  const running = model.activeAdvice(drugs);
  const unchecked = model.uncheckedOrders(record, drugs);
  if (running.length + unchecked.length === 0) return h("p", {}, noneText(context, "plainNoMedicines"));
  return h("ul", { class: "plain-list" },
    running.map((drug) => h("li", { class: `plain plain-${drug.light}` }, lightShape(drug.light),
      h("div", {}, h("p", { class: "plain-name" }, capital(local(drug.names, lang))), h("p", {}, text(lang, kPlainLights[drug.light]))))),
    unchecked.map((order) => h("li", { class: "plain plain-grey" }, lightShape("grey"),
      h("div", {}, h("p", { class: "plain-name" }, foreign(capital(order.name || order.code))), h("p", {}, text(lang, "plainGrey"))))));
}

/** @param {Context} context */
function avoidList(context) {
  const { lang, allDrugs } = context;
  if (context.loads.allDrugs.phase === "failed") return failurePanel(context, "allDrugs", text(lang, "failedDrugs"));
  if (!allDrugs) return waitingPanel(context, "allDrugs", text(lang, "loading"));
  const risky = allDrugs.drugs.filter((drug) => !drug.active && (drug.light === "red" || drug.light === "amber") &&
    drug.recommendations.some((one) => one.genes.some((gene) => gene.diplotype !== "" || gene.phenotype !== "")))
    .map((drug) => capital(local(drug.names, lang))).sort((a, b) => a.localeCompare(b, lang));
  if (risky.length === 0) return null;
  return h("section", { class: "plain-section" }, h("h2", {}, text(lang, "plainAvoid")),
    h("ul", { class: "plain-names" }, risky.map((name) => h("li", {}, name))));
}

/** @param {Context} context */
function genes(context) {
  const { lang, record } = context;
  if (!record || record.genes.length === 0) return h("p", {}, noneText(context, "plainNoResults"));
  return h("ul", { class: "plain-genes" }, record.genes.filter((gene) => gene.status !== "withdrawn").map((gene) => {
    const date = gene.results.find((one) => one.source === gene.current)?.effective ?? "";
    return h("li", {}, h("span", { class: "gene" }, foreign(gene.gene)), h("div", {}, h("p", {}, text(lang, plainKey(gene))),
      date ? h("p", { class: "quiet" }, text(lang, "plainTested", { date: formatDate(date, lang) })) : null));
  }));
}

/** @param {Context} context */
export function patientView(context) {
  const { lang, record } = context;
  if (!record) return [];
  const [before, after] = text(lang, "plainHello", { name: "\u0000" }).split("\u0000");
  return [
    h("p", { class: "lead" }, before, foreign(record.patient.name || text(lang, "noName")), after, " ", text(lang, "plainLead")),
    h("p", { class: "plain-do" }, text(lang, "plainDo")),
    h("section", { class: "plain-section" }, h("h2", {}, text(lang, "plainMedicines")), medicines(context)),
    avoidList(context),
    h("section", { class: "plain-section" }, h("h2", {}, text(lang, "plainGenes")), genes(context)),
  ];
}
