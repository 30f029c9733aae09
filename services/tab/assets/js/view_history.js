// History: everything that came in, newest first; nothing is removed.

import { foreign, h, inLanguage, joined } from "./dom.js";
import { formatDate, formatInstant } from "./format.js";
import { languageOf, local, roleKey, text } from "./texts.js";
import * as model from "./model.js";
import { mark } from "./signs.js";
import { capital } from "./parts.js";
import { answerText } from "./answers.js";
import { failurePanel, waitingPanel } from "./panels.js";
import { noneText } from "./view_glass.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./types.js").GeneRecord} GeneRecord */
/** @typedef {import("./types.js").Result} Result */

/** @typedef {{date: string, kind: string, body: import("./dom.js").Child[]}} Happening */

/** @param {string} role @returns {"quiet"|"conflict"|"withdrawn"|"pending"|"corrected"} */
function markKind(role) {
  if (role === "conflicting") return "conflict";
  if (role === "withdrawn" || role === "set-aside") return "withdrawn";
  if (role === "superseded") return "corrected";
  return role === "preliminary" || role === "no-call" ? "pending" : "quiet";
}

/** @param {GeneRecord} gene @param {Result} result @param {Context} context @returns {Happening} */
function resultHappening(gene, result, context) {
  const { lang } = context;
  const gone = ["withdrawn", "superseded", "set-aside"].includes(result.role);
  const finding = foreign(model.findingOf(result) || text(lang, "statusNoCall"), "diplotype");
  return {
    date: result.effective || result.received,
    kind: gone ? "gone" : "result",
    body: [
      h("p", { class: "event-title" }, h("span", { class: "gene" }, foreign(gene.gene)), " ", gone ? h("s", {}, finding) : finding, " ",
        mark(markKind(result.role), text(lang, roleKey(result.role))),
        result.recordStatus === "corrected" || result.recordStatus === "amended" ? mark("corrected", text(lang, "markCorrected")) : null),
      h("p", { class: "meta" }, joined([foreign(result.laboratory || text(lang, "noLab")), foreign(result.method || text(lang, "noMethod")),
        result.received ? `${text(lang, "received").toLowerCase()} ${formatDate(result.received, lang)}` : "", foreign(result.source)], " · ")),
      result.reportedText && ![model.findingOf(result), `${gene.gene} ${model.findingOf(result)}`].includes(result.reportedText) ? h("p", { class: "reported" }, foreign(result.reportedText)) : null,
      result.reportedPhenotype ? h("p", { class: "meta" }, foreign(text(lang, "eventLabReading", { words: result.reportedPhenotype }))) : null,
      ...result.remarks.map((remark) => h("p", { class: "meta" }, local(remark.text, lang))),
    ],
  };
}

/**
 * What an alert said, in the reader's language where that is known, with what was read then.
 * @param {import("./types.js").GivenAlert} alert
 * @param {Context} context
 */
function alertWords(alert, context) {
  const { lang } = context;
  const given = languageOf(alert.text);
  const own = given === lang ? "" : ownWords(alert, context);
  if (own === "") return [inLanguage(alert.text, given, lang)];
  return [own, h("span", { class: "quiet" }, ` (${text(lang, "eventAlertAs")} `, h("q", { lang: given || null }, foreign(alert.text)), ")")];
}

/** @param {import("./types.js").GivenAlert[]} alerts @param {import("./types.js").Lang} lang whether some are in another language than the reader's */
export function areForeign(alerts, lang) {
  return alerts.some((alert) => ![lang, ""].includes(languageOf(alert.text)));
}

/** @param {import("./types.js").GivenAlert} alert @param {Context} context @returns {string} empty where it cannot be said again */
function ownWords(alert, context) {
  const { lang } = context;
  for (const known of [context.drugs, context.allDrugs]) {
    // In newer knowledge the rule may say something else.
    if (!known || known.knowledge !== alert.knowledge) continue;
    for (const drug of known.drugs) {
      const row = drug.recommendations.find((one) => one.id === alert.rule);
      if (row?.headline?.[lang] && drug.names[lang]) return `${capital(drug.names[lang])}: ${row.headline[lang]}`;
    }
  }
  return "";
}

/** @param {Context} context @returns {Happening[]} */
function otherHappenings(context) {
  const { lang, record } = context;
  if (!record) return [];
  const drugs = record.activeDrugs.filter((order) => order.since).map((order) => ({
    date: order.since, kind: "drug",
    body: [h("p", { class: "event-title" }, startedLine(capital(nameOf(order, context)), context))],
  }));
  const events = record.patient.events.map((event) => ({
    date: event.date, kind: "event",
    body: [h("p", { class: "event-title" }, local(event.text, lang))],
  }));
  const alerts = (context.loads.timeline.value?.alerts ?? []).map((alert) => ({
    date: alert.date, kind: "alert",
    body: [h("p", { class: "event-title" }, h("strong", {}, `${text(lang, "eventAlert")}: `), alertWords(alert, context)),
      alert.answers.length === 0 ? h("p", { class: "meta" }, text(lang, "eventAlertOpen")) : null,
      ...alert.answers.map((answer) => h("p", { class: "meta" }, foreign(text(lang, "eventAlertDone", { what: answerText(answer, lang) })),
        answer.date ? ` (${formatInstant(answer.date, lang)})` : "")),
      alert.knowledge ? h("p", { class: "meta" }, foreign(text(lang, "knowledgeVersion", { version: alert.knowledge }))) : null],
  }));
  return [...drugs, ...events, ...alerts];
}

/** @param {Context} context @returns {Happening[]} what newer knowledge reads otherwise */
function changeHappenings(context) {
  const { lang, typed } = context;
  return (context.loads.timeline.value?.changes ?? []).filter((change) => typed.gene === "" || change.gene === typed.gene).map((change) => ({
    date: change.date, kind: "change",
    body: [h("p", { class: "event-title" }, foreign(text(lang, "eventChange", { gene: `${change.gene} ${change.diplotype}`, after: local(change.after, lang) }))),
      h("p", { class: "meta" }, foreign(text(lang, "eventChangeBefore", { before: local(change.before, lang), from: change.knowledgeBefore, to: change.knowledgeAfter })))],
  }));
}

/** @param {import("./types.js").ActiveDrug} order @param {Context} context in the reader's language where the knowledge has the drug */
function nameOf(order, context) {
  const drug = context.drugs?.drugs.find((one) => (one.activeReferences ?? []).includes(order.reference));
  return local(drug?.names, context.lang) || order.name || order.code;
}

/** @param {string} name @param {Context} context the name set apart from the sentence around it */
function startedLine(name, context) {
  const [before, after] = text(context.lang, "eventDrug", { drug: "\u0000" }).split("\u0000");
  return h("span", {}, before, foreign(name), after);
}

/** @param {Context} context @returns {Happening[]} */
function happenings(context) {
  const { record, typed } = context;
  const genes = (record?.genes ?? []).filter((gene) => typed.gene === "" || gene.gene === typed.gene);
  const results = genes.flatMap((gene) => gene.results.map((result) => resultHappening(gene, result, context)));
  const all = [...results, ...changeHappenings(context), ...(typed.gene === "" ? otherHappenings(context) : [])];
  return all.sort((a, b) => b.date.localeCompare(a.date));
}

/** @param {Happening[]} all @param {Context} context */
function timeline(all, context) {
  const { lang } = context;
  const years = [...new Set(all.map((one) => one.date.slice(0, 4)))];
  return years.map((year) => h("section", { class: "year" }, h("h2", {}, year || text(lang, "undated")),
    h("ol", { class: "events" }, all.filter((one) => one.date.slice(0, 4) === year).map((one) =>
      h("li", { class: `event event-${one.kind}` }, h("p", { class: "event-date" }, one.date ? formatDate(one.date, lang) : ""),
        h("div", { class: "event-body" }, one.body))))));
}

/** @param {Context} context */
function geneFilter(context) {
  const { lang, record, typed } = context;
  const select = h("select", { id: "history-gene", change: () => context.go({ gene: select.value }) },
    h("option", { value: "" }, text(lang, "allGenes")),
    (record?.genes ?? []).map((gene) => h("option", { value: gene.gene, selected: gene.gene === typed.gene }, gene.gene)));
  return h("div", { class: "field history-filter" }, h("label", { for: "history-gene" }, text(lang, "historyGene")), select);
}

/** @param {Context} context */
function alertsNote(context) {
  const { phase } = context.loads.timeline;
  if (phase === "failed") return failurePanel(context, "timeline", text(context.lang, "failedAlerts"), "");
  return phase === "ready" ? null : waitingPanel(context, "timeline", text(context.lang, "loading"));
}

/** @param {Context} context */
export function historyView(context) {
  const { lang } = context;
  const all = happenings(context);
  return [h("p", { class: "lead" }, text(lang, "historyLead")), geneFilter(context), alertsNote(context),
    all.length === 0 ? h("p", { class: "notice" }, noneText(context, "historyEmpty")) : null, timeline(all, context)].flat();
}


