// The pharmacologist's work across patients: the queue, how alerts were answered, repeated orders.

import { disclosure, foreign, h, inLanguage, joined } from "./dom.js";
import { formatDate, formatInstant, formatNumber } from "./format.js";
import { languageOf, local, text } from "./texts.js";
import { reasonText } from "./answers.js";
import { acknowledgeLate } from "./api.js";
import { resolveItem } from "./resolve.js";
import { failurePanel, waitingPanel } from "./panels.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./app.js").Part} Part */
/** @typedef {import("./texts.js").TextKey} TextKey */
/** @typedef {import("./types.js").QueueEntry} QueueEntry */
/** @typedef {Record<string, number>} Counts by where the alert stands */

/** @param {Context} context @param {Part} part @param {TextKey} failed @returns {Element|null} nothing when the data are there */
function pending(context, part, failed) {
  const { phase } = context.loads[part];
  if (phase === "failed") return failurePanel(context, part, text(context.lang, failed));
  return phase === "ready" ? null : waitingPanel(context, part, text(context.lang, "loading"));
}

/** @param {string} id @param {string} title @param {string} how @param {(Element|null)[]} body */
function section(id, title, how, body) {
  return h("section", { class: "work", "aria-labelledby": id }, h("h2", { id }, title), h("p", { class: "how" }, how), body);
}

/** @param {string} patient "Patient/1" @param {Context} context */
function patientLink(patient, context) {
  const id = patient.replace(/^Patient\//, "");
  return id ? context.link({ patient: id, view: "work" }, foreign(patient)) : h("span", { class: "quiet" }, text(context.lang, "queuePatientUnknown"));
}

/** @param {Context} context decided in the patient's own record, where both results stand in full */
function conflicts(context) {
  const { lang } = context;
  const entries = context.loads.conflicts.value ?? [];
  return section("conflicts", text(lang, "workConflicts"), text(lang, "overallConflictHow"), [pending(context, "conflicts", "failedConflicts"),
    context.loads.conflicts.phase === "ready" && entries.length === 0 ? h("p", { class: "notice" }, text(lang, "conflictsNone")) : null,
    h("ul", { class: "work-items" }, entries.map((one) => h("li", { class: "work-item" },
      h("p", {}, h("span", { class: "gene" }, foreign(one.gene)), " ", joined(one.results.map((side) => foreign(side.finding, "diplotype")), " ≠ ")),
      h("p", { class: "meta" }, joined([patientLink(one.patient, context), ...one.results.map((side) => foreign(side.laboratory || text(lang, "noLab"))),
        text(lang, "workSince", { date: formatDate(one.since, lang) })], " · ")))))]);
}

/** @param {import("./types.js").OpenLate} entry @param {Context} context */
function lateItem(entry, context) {
  const { lang } = context;
  return resolveItem({ id: `late-${entry.id}`, close: (answer) => acknowledgeLate(entry.id, answer), reason: "lateReason", button: "lateButton" }, [
    h("p", {}, inLanguage(entry.summary, languageOf(entry.summary), lang)),
    h("p", { class: "meta" }, joined([patientLink(entry.patient, context), text(lang, entry.cause === "new-knowledge" ? "lateByKnowledge" : "lateByResult"),
      formatInstant(entry.at, lang)], " · ")),
  ], context);
}

/** @param {Context} context */
function late(context) {
  const { lang } = context;
  const entries = context.loads.late.value ?? [];
  return section("late", text(lang, "workLate"), text(lang, "overallLateHow"), [pending(context, "late", "failedLate"),
    context.loads.late.phase === "ready" && entries.length === 0 ? h("p", { class: "notice" }, text(lang, "lateNone")) : null,
    h("ul", { class: "work-items" }, entries.map((entry) => lateItem(entry, context)))]);
}

/** @param {QueueEntry} entry @param {Context} context */
function queueItem(entry, context) {
  const { lang } = context;
  return resolveItem({ id: entry.id, canReplay: entry.form === "hl7v2" }, [
    // The readers of messages speak English.
    h("p", {}, inLanguage(entry.reasons.join("; "), "en", lang)),
    h("p", { class: "meta" }, patientLink(entry.patient, context), " · ", formatInstant(entry.received, lang), " · ", foreign(entry.form), " · ", foreign(entry.source)),
    entry.original ? disclosure({ class: "more", id: `original-${entry.id}` }, [text(lang, "queueOriginal")], () =>
      h("pre", { class: "original", tabindex: 0, role: "group", "aria-label": text(lang, "queueOriginal") }, foreign(entry.original.replace(/\r\n?/g, "\n")))) : null,
  ], context);
}

/** @param {Context} context */
function queue(context) {
  const { lang } = context;
  const entries = context.loads.queue.value ?? [];
  return section("queue", text(lang, "workUnmapped"), text(lang, "workUnmappedHow"), [pending(context, "queue", "failedQueue"),
    context.loads.queue.phase === "ready" && entries.length === 0 ? h("p", { class: "notice" }, text(lang, "queueEmpty")) : null,
    h("ul", { class: "work-items" }, entries.map((entry) => queueItem(entry, context)))]);
}

/** @param {string} caption @param {string[]} columns @param {(import("./dom.js").Child)[][]} rows the first cell names the row */
function table(caption, columns, rows) {
  if (rows.length === 0) return null;
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h("table", { class: "paper figures" }, h("caption", {}, caption), h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.map(([name, ...cells]) => h("tr", {}, h("th", { scope: "row" }, name), cells.map((cell) => h("td", {}, cell)))))));
}

/** @param {Counts} counts */
function sum(counts) {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

/** @param {string} caption @param {string} name @param {Record<string, Counts>} byName @param {Context} context the most common first */
function answersTable(caption, name, byName, context) {
  const { lang } = context;
  const shown = (/** @type {Counts} */ counts) => sum(counts) - (counts.quiet ?? 0) - (counts.shadow ?? 0) - (counts.silent ?? 0);
  const rows = Object.entries(byName).filter(([, counts]) => shown(counts) > 0).sort((a, b) => shown(b[1]) - shown(a[1]) || a[0].localeCompare(b[0]))
    .map(([key, counts]) => [foreign(local(context.loads.repeats.value?.drugNames?.[key], lang) || key), ...[shown(counts), counts.accepted ?? 0, counts.overridden ?? 0, shown(counts) - (counts.accepted ?? 0) - (counts.overridden ?? 0)]
      .map((number) => formatNumber(number, lang))]);
  return table(caption, [name, text(lang, "statisticsShown"), text(lang, "statisticsAccepted"), text(lang, "statisticsOverridden"), text(lang, "statisticsUnanswered")], rows);
}

/** @param {Context} context */
function statistics(context) {
  const { lang } = context;
  const value = context.loads.statistics.value;
  const tables = value === null ? [] : [
    answersTable(text(lang, "statisticsByDrug"), text(lang, "statisticsDrug"), value.byDrug ?? {}, context),
    answersTable(text(lang, "statisticsByGene"), text(lang, "geneColumn"), value.byGene ?? {}, context),
    table(text(lang, "statisticsByReason"), [text(lang, "statisticsReason"), text(lang, "statisticsCount")], Object.entries(value.byReason ?? {})
      .sort((a, b) => b[1] - a[1]).map(([code, number]) => [foreign(reasonText(code, lang)), formatNumber(number, lang)])),
  ];
  return section("statistics", text(lang, "statisticsTitle"), text(lang, "statisticsHow"), [pending(context, "statistics", "failedStatistics"),
    value !== null && tables.every((one) => one === null) ? h("p", { class: "notice" }, text(lang, "statisticsNone")) : null, ...tables]);
}

/** @param {Context} context */
function repeats(context) {
  const { lang } = context;
  const value = context.loads.repeats.value;
  const rows = (value?.genes ?? []).map((one) => [foreign(one.gene), ...[one.ordered, one.withdrawn, one.orderedAnyway].map((number) => formatNumber(number, lang))]);
  return section("repeats", text(lang, "repeatsTitle"), text(lang, "repeatsHow"), [pending(context, "repeats", "failedRepeats"),
    value !== null && rows.length === 0 ? h("p", { class: "notice" }, text(lang, "repeatsNone")) : null,
    table(text(lang, "repeatsByGene"), [text(lang, "geneColumn"), text(lang, "repeatsOrdered"), text(lang, "repeatsWithdrawn"), text(lang, "repeatsAnyway")], rows)]);
}

/** @param {Context} context */
export function overallView(context) {
  const { lang } = context;
  return [h("p", { class: "lead" }, text(lang, "overallLead")),
    h("p", {}, context.link({ patient: "", view: "search" }, text(lang, "backToSearch"))),
    conflicts(context), late(context), queue(context), statistics(context), repeats(context)];
}
