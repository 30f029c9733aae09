// Print: one page for the record and a card for the wallet.

import { foreign, h } from "./dom.js";
import { formatDate, formatInstant, formatScore } from "./format.js";
import { local, statusKey, text } from "./texts.js";
import * as model from "./model.js";
import { lightBadge } from "./signs.js";
import { capital, coverageText, readingText } from "./parts.js";
import { fetchDocument } from "./api.js";
import { failurePanel, failureText, waitingPanel } from "./panels.js";
import { blockedLine, isBlocked, noneText } from "./view_glass.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./types.js").GeneRecord} GeneRecord */

/** @param {GeneRecord} gene @param {Context} context */
function row(gene, context) {
  const { lang } = context;
  const result = gene.results.find((one) => one.source === gene.current) ?? gene.results[0];
  const words = gene.interpretations.map((one) => readingText(gene.gene, one, lang) +
    (one.activityScore ? ` (${formatScore(one.activityScore, lang)})` : ""));
  const status = gene.status === "interpreted" ? [] : [text(lang, statusKey(gene.status))];
  return h("tr", {}, h("th", { scope: "row" }, foreign(gene.gene)), h("td", { class: "diplotype" }, foreign(model.diplotypesOf(gene))),
    h("td", {}, foreign([...status, ...new Set(words)].join("; "))), h("td", {}, result?.effective ? formatDate(result.effective, lang) : text(lang, "noDate")),
    h("td", {}, foreign(result?.laboratory || text(lang, "noLab")), result ? `; ${result.coverage.known ? coverageText(result.coverage, lang) : text(lang, "coverageUnstated")}` : ""));
}

/** @param {Context} context */
function resultsTable(context) {
  const { lang, record } = context;
  if (!record || record.genes.length === 0) {
    return h("p", {}, isBlocked(context) ? text(lang, "blockedNone") : `${text(lang, "noResults")}. ${text(lang, "noResultsMeaning")}`);
  }
  const columns = /** @type {import("./texts.js").TextKey[]} */ (["geneColumn", "resultColumn", "phenotypeColumn", "dateColumn", "labColumn"]);
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": text(lang, "resultsTitle") },
    h("table", { class: "paper" }, h("thead", {}, h("tr", {}, columns.map((key) => h("th", { scope: "col" }, text(lang, key))))),
      h("tbody", {}, record.genes.map((gene) => row(gene, context)))),
    record.genes.some((gene) => gene.results.some((one) => !one.coverage.known)) ? h("p", { class: "meta" }, text(lang, "coverageNote")) : null);
}

/** @param {Context} context */
function drugList(context) {
  const { lang, drugs, record } = context;
  if (context.loads.drugs.phase === "failed") return failurePanel(context, "drugs", text(lang, "failedDrugs"), text(lang, "failedDrugsMeaning"));
  if (!drugs || !record) return waitingPanel(context, "drugs", text(lang, "loadingDrugs"));
  const running = model.activeAdvice(drugs);
  const unchecked = model.uncheckedOrders(record, drugs);
  if (running.length + unchecked.length === 0) return h("p", {}, noneText(context, "noActiveDrugs"));
  return h("ul", { class: "print-drugs" }, running.map((drug) => h("li", {}, lightBadge(drug.light, lang), " ",
    h("strong", {}, capital(local(drug.names, lang))), ": ", local(drug.headline, lang))),
  unchecked.length > 0 ? h("li", {}, lightBadge("grey", lang), " ", text(lang, "notInKnowledge"), ": ",
    unchecked.map((order, place) => [place > 0 ? ", " : "", foreign(order.name || order.code)]).flat()) : null);
}

/** @param {string} name @param {string} type @param {string} body */
function save(name, type, body) {
  const address = URL.createObjectURL(new Blob([body], { type }));
  const link = h("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** @param {string} name @param {string} type @param {string} body @param {string} label */
function download(name, type, body, label) {
  return h("button", { type: "button", class: "button button-quiet", click: () => save(name, type, body) }, label);
}

/** @param {Context} context fetched when asked for: it holds every result in full */
function documentButton(context) {
  const { lang, state } = context;
  const { busy, error } = context.errand("document");
  return [h("button", { type: "button", class: "button button-quiet", id: "save-document", disabled: busy, click: () => context.run("document", async () =>
    save("genflik-document.json", "application/fhir+json", await fetchDocument(state.patient, lang)), false) }, text(lang, "downloadDocument")),
  error ? h("p", { class: "failure failure-line", role: "alert" }, text(lang, "failedDocument"), " ", failureText(context, error)) : null];
}

/** @param {Context} context */
function card(context) {
  const { lang } = context;
  const { phase, value } = context.loads.card;
  if (phase === "failed") return failurePanel(context, "card", text(lang, "failedCard"));
  if (phase !== "ready" || value === null) return waitingPanel(context, "card", text(lang, "loading"));
  return [h("img", { class: "wallet", id: "wallet-card", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(value)}`, alt: text(lang, "cardAlt") }),
    h("p", { class: "hint" }, text(lang, "cardHint"))];
}

/** @param {Context} context */
export function printView(context) {
  const { lang, record } = context;
  if (!record) return [];
  const value = context.loads.card.value;
  return [
    h("div", { class: "screen-only actions" }, h("p", { class: "lead" }, text(lang, "printLead")),
      h("button", { type: "button", class: "button", click: () => window.print() }, text(lang, "printButton")), " ",
      value ? download("genflik-card.svg", "image/svg+xml", value, text(lang, "downloadCard")) : null, " ",
      documentButton(context), " ",
      download("genflik-record.json", "application/json", JSON.stringify(record, null, 2), text(lang, "downloadRecord"))),
    h("section", { class: "sheet", "aria-labelledby": "sheet-title" }, blockedLine(context),
      h("h2", { id: "sheet-title" }, text(lang, "printResults")), resultsTable(context),
      h("h2", {}, text(lang, "printDrugs")), drugList(context),
      h("h2", {}, text(lang, "cardTitle")), card(context),
      h("p", { class: "meta" }, local(record.notice, lang), " ", text(lang, "printed", { time: formatInstant(new Date().toISOString(), lang) }),
        " · ", text(lang, "knowledgeVersion", { version: record.knowledge }))),
  ];
}
