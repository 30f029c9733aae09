// Work: what waits for a person, and who that is. Nothing is resolved here that only a laboratory can
// resolve.

import { foreign, h } from "./dom.js";
import { formatDate, formatInstant } from "./format.js";
import { local, text } from "./texts.js";
import * as model from "./model.js";
import { replayUnmapped, resolveUnmapped } from "./api.js";
import { failurePanel, failureText, waitingPanel } from "./panels.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./types.js").GeneRecord} GeneRecord */

/** @param {string} id @param {string} title @param {string} how @param {Element[]} items */
function block(id, title, how, items) {
  if (items.length === 0) return null;
  return h("section", { class: "work", "aria-labelledby": id },
    h("h2", { id }, title, " ", h("span", { class: "badge" }, String(items.length))), h("p", { class: "how" }, how),
    h("ul", { class: "work-items" }, items));
}

/** @param {GeneRecord} gene @param {Context} context both sides of a conflict */
function conflictItem(gene, context) {
  const { lang } = context;
  const sources = new Set(gene.conflict?.sources ?? []);
  const sides = gene.results.filter((one) => sources.has(one.source));
  return h("li", { class: "work-item" }, h("p", {}, h("span", { class: "gene" }, foreign(gene.gene)), " ", local(gene.conflict?.text, lang)),
    h("ul", { class: "sides" }, sides.map((one) => h("li", {}, foreign(model.findingOf(one), "diplotype"),
      h("span", { class: "quiet" }, ", ", foreign(one.laboratory || text(lang, "noLab")), ", ", foreign(one.method || text(lang, "noMethod")),
        one.effective ? `, ${formatDate(one.effective, lang)}` : "", ", ", foreign(one.source))))),
    h("p", {}, context.link({ view: "history", gene: gene.gene }, `${text(lang, "viewHistory")}: ${gene.gene}`)));
}

/** @param {GeneRecord} gene @param {Context} context */
function geneItem(gene, context) {
  const reasons = gene.reasons.map((one) => local(one.text, context.lang) || one.detail).filter(Boolean).join("; ");
  return h("li", { class: "work-item" }, h("span", { class: "gene" }, foreign(gene.gene)), " ",
    foreign(model.diplotypesOf(gene), "diplotype"), reasons ? h("span", { class: "quiet" }, " ", foreign(reasons)) : null);
}

/**
 * One message that could not be used: why, and the ways out of the queue.
 * @param {import("./types.js").PatientRecord["unmapped"][number]} entry
 * @param {Context} context
 */
function unmappedItem(entry, context) {
  const { lang, typed } = context;
  const answer = typed.answers[entry.id] ??= { by: "", reason: "" };
  const errand = context.errand(entry.id);
  const field = (/** @type {"by"|"reason"} */ name, /** @type {string} */ label) => {
    const input = h("input", { id: `${name}-${entry.id}`, type: "text", required: true, value: answer[name], autocomplete: "off",
      input: () => { answer[name] = input.value; } });
    return h("div", { class: "field" }, h("label", { for: `${name}-${entry.id}` }, label), input);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (answer.by.trim() && answer.reason.trim()) context.run(entry.id, () => resolveUnmapped(entry.id, answer));
  };
  return h("li", { class: "work-item" },
    h("p", {}, foreign(entry.reason)), h("p", { class: "meta" }, formatInstant(entry.received, lang), " · ", foreign(entry.source)),
    h("form", { class: "resolve", submit }, field("by", text(lang, "resolveBy")), field("reason", text(lang, "resolveReason")),
      h("button", { type: "submit", class: "button", id: `resolve-${entry.id}`, disabled: errand.busy }, text(lang, "resolveButton")),
      h("button", { type: "button", class: "button button-quiet", id: `replay-${entry.id}`, disabled: errand.busy,
        click: () => context.run(entry.id, () => replayUnmapped(entry.id)) }, text(lang, "replayButton"))),
    errand.error ? h("p", { class: "failure failure-line", role: "alert" },
      errand.error.kind === "conflict" ? text(lang, "replayRefused") : failureText(context, errand.error), " ", foreign(errand.error.detail)) : null);
}

/** @param {Context} context */
export function workView(context) {
  const { lang, record, drugs } = context;
  if (!record) return [];
  const late = model.lateResults(drugs).map((one) => h("li", { class: "work-item" }, text(lang, "workLateLine", { gene: one.gene,
    received: formatDate(one.received, lang), drug: local(one.drug.names, lang), started: formatDate(one.since, lang) })));
  const repeats = record.genes.filter((gene) => gene.repeats > 0).map((gene) => h("li", { class: "work-item" },
    text(lang, "workRepeatLine", { gene: gene.gene, count: gene.repeats + 1 })));
  const unmapped = record.unmapped.map((one) => unmappedItem(one, context));
  const blocks = [
    block("conflicts", text(lang, "workConflicts"), text(lang, "workConflictHow"),
      record.genes.filter((gene) => gene.conflict).map((gene) => conflictItem(gene, context))),
    block("late", text(lang, "workLate"), text(lang, "workLateHow"), late),
    block("unmapped", text(lang, "workUnmapped"), text(lang, "workUnmappedHow"), unmapped),
    block("unread", text(lang, "workUnread"), text(lang, "workUnreadHow"),
      record.genes.filter((gene) => gene.status === "not-interpretable").map((gene) => geneItem(gene, context))),
    block("pending", text(lang, "workPending"), text(lang, "workPendingHow"),
      record.genes.filter(model.isPending).map((gene) => geneItem(gene, context))),
    block("repeats", text(lang, "workRepeats"), text(lang, "workRepeatsHow"), repeats),
  ].filter((one) => one !== null);
  const { phase } = context.loads.drugs;
  return [h("p", { class: "lead" }, text(lang, "workLead")),
    phase === "failed" ? failurePanel(context, "drugs", text(lang, "failedDrugs")) : null,
    phase === "loading" || phase === "slow" ? waitingPanel(context, "drugs", text(lang, "loadingDrugs")) : null,
    blocks.length === 0 && phase === "ready" ? h("p", { class: "notice" }, text(lang, "workNothing")) : null, ...blocks];
}
