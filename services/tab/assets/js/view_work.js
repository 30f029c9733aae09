// Work: what waits for a person, and who that is.

import { foreign, h, inLanguage } from "./dom.js";
import { formatDate, formatInstant } from "./format.js";
import { local, text } from "./texts.js";
import * as model from "./model.js";
import { conflictForm, resolveItem } from "./resolve.js";
import { failurePanel, waitingPanel } from "./panels.js";

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
  return conflictForm(gene, [h("p", {}, h("span", { class: "gene" }, foreign(gene.gene)), " ", local(gene.conflict?.text, context.lang)),
    h("p", {}, context.link({ view: "history", gene: gene.gene }, `${text(context.lang, "viewHistory")}: ${gene.gene}`))], context);
}

/** @param {GeneRecord} gene @param {Context} context */
function geneItem(gene, context) {
  const reasons = gene.reasons.map((one) => local(one.text, context.lang) || one.detail).filter(Boolean).join("; ");
  return h("li", { class: "work-item" }, h("span", { class: "gene" }, foreign(gene.gene)), " ",
    foreign(model.diplotypesOf(gene), "diplotype"), reasons ? h("span", { class: "quiet" }, " ", foreign(reasons)) : null);
}

/** @param {import("./types.js").PatientRecord["unmapped"][number]} entry @param {Context} context */
function unmappedItem(entry, context) {
  return resolveItem({ id: entry.id, canReplay: true }, [h("p", {}, inLanguage(entry.reason, "en", context.lang)),
    h("p", { class: "meta" }, formatInstant(entry.received, context.lang), " · ", foreign(entry.source))], context);
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
    blocks.length === 0 && phase === "ready" ? h("p", { class: "notice" }, text(lang, "workNothing")) : null, ...blocks,
    h("p", {}, context.link({ patient: "", view: "overall" }, text(lang, "overallLink")))];
}
