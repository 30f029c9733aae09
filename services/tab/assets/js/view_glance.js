// At a glance: which gene matters for which running drug, and what to do.

import { disclosure, foreign, h, joined } from "./dom.js";
import { formatDate, formatScore } from "./format.js";
import { functionText, local, statusKey, text } from "./texts.js";
import { gauge, lightBadge, lightShape } from "./signs.js";
import * as model from "./model.js";
import { adviceMeta, capital, coverageText, doseLine, doubtOf, effectiveLine, emptyState, evidenceLine, lightOf, marksOf, narrowLines, readingText } from "./parts.js";
import { failurePanel, waitingPanel } from "./panels.js";
import { isBlocked, noneText } from "./view_glass.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./types.js").DrugAdvice} DrugAdvice */
/** @typedef {import("./types.js").GeneRecord} GeneRecord */
/** @typedef {import("./types.js").Reading} Reading */
/** @typedef {import("./types.js").Result} Result */

/** @param {DrugAdvice} drug @param {Context} context */
function sinceOf(drug, context) {
  const dates = context.record ? model.ordersOf(context.record, drug).map((order) => order.since).filter(Boolean).sort() : [];
  return dates.length > 0 ? text(context.lang, "since", { date: formatDate(dates[0], context.lang) }) : "";
}

/** @param {DrugAdvice} drug @param {Context} context the card of a running drug that asks for something */
function drugCard(drug, context) {
  const { lang } = context;
  const [first, ...others] = drug.recommendations;
  const name = capital(local(drug.names, lang));
  const late = model.lateResults(context.drugs).find((one) => one.drug === drug);
  const doubt = drug.light === "grey" ? "" : doubtOf(drug);
  return h("li", { class: `card card-${drug.light}` },
    h("div", { class: "card-sign" }, lightShape(drug.light)),
    h("div", { class: "card-body" },
      h("p", { class: "card-light" }, text(lang, drug.light)),
      h("h3", {}, name, " ", h("span", { class: "quiet" }, sinceOf(drug, context))),
      h("p", { class: "headline" }, local(drug.headline, lang)),
      drug.light === "grey" || !first ? unknownGenes(drug, context) : h("ul", { class: "evidences" }, first.genes.map((one) => evidenceLine(one, context))),
      doubt ? h("p", { class: "late-line" }, text(lang, `${doubt}Card`)) : null,
      doseLine(drug, context),
      narrowLines(drug, context),
      late ? h("p", { class: "late-line" }, text(lang, "lateMeaning", { drug: local(drug.names, lang), date: formatDate(late.since, lang) })) : null,
      first && drug.light !== "grey" ? h("p", { class: "advice-text" }, local(first.text, lang)) : null,
      first && drug.light !== "grey" ? adviceMeta(first, context) : null,
      others.length > 0 && drug.light !== "grey" ? otherViews(first, others, context) : null,
      h("p", { class: "card-more" }, context.link({ view: "drugs", drug: drug.drug }, text(lang, "adviceMore", { drug: local(drug.names, lang) })))));
}

/** @param {DrugAdvice} drug @param {Context} context */
function unknownGenes(drug, context) {
  const { lang } = context;
  return h("ul", { class: "evidences" }, drug.unknown.map((one) => h("li", { class: "evidence" },
    h("span", { class: "gene" }, one.gene), " ", h("span", { class: "evidence-words" }, text(lang, statusKey(one.status))))));
}

/**
 * The first word of each other guideline.
 * @param {import("./types.js").Advice} first
 * @param {import("./types.js").Advice[]} others
 * @param {Context} context
 */
function otherViews(first, others, context) {
  const { lang } = context;
  const sources = [...new Set(others.map((one) => one.source))].filter((source) => source !== first.source);
  return sources.map((source) => {
    const one = others.find((other) => other.source === source);
    return one ? h("p", { class: "other-view" }, h("span", { class: "quiet" }, `${source} ${one.year || ""}: `),
      lightShape(lightOf(one), text(lang, lightOf(one))), " ", local(one.headline, lang)) : null;
  });
}

/** @param {Context} context */
function nowSection(context) {
  const { lang, record, drugs } = context;
  const title = h("h2", { id: "now" }, text(lang, "nowTitle"));
  if (context.loads.drugs.phase === "failed") {
    return h("section", { "aria-labelledby": "now" }, title,
      failurePanel(context, "drugs", text(lang, "failedDrugs"), text(lang, "failedDrugsMeaning")));
  }
  if (!drugs || !record) {
    return h("section", { "aria-labelledby": "now" }, title, waitingPanel(context, "drugs", text(lang, "loadingDrugs")));
  }
  const running = model.activeAdvice(drugs);
  const unchecked = model.uncheckedOrders(record, drugs);
  const count = (/** @type {import("./types.js").Light} */ light) => running.filter((drug) => drug.light === light).length;
  const urgent = running.filter((drug) => drug.light !== "green");
  const usual = running.filter((drug) => drug.light === "green");
  return h("section", { "aria-labelledby": "now" }, title,
    running.length > 3 ? h("p", { class: "now-summary" }, text(lang, "nowSummary", { critical: count("red"), warning: count("amber"), note: count("blue"),
      usual: count("green"), unknown: count("grey") + unchecked.length })) : null,
    running.length === 0 && unchecked.length === 0 ? emptyState(noneText(context, "noActiveDrugs"), "") : null,
    urgent.length > 0 ? h("ul", { class: "cards" }, urgent.map((drug) => drugCard(drug, context))) : null,
    usual.length > 0 ? h("ul", { class: "rows" }, usual.map((drug) => usualRow(drug, context))) : null,
    unchecked.length > 0 ? uncheckedList(unchecked, context) : null);
}

/** @param {DrugAdvice} drug @param {Context} context */
function usualRow(drug, context) {
  const { lang } = context;
  return h("li", { class: "row" }, lightBadge(drug.light, lang),
    h("span", { class: "row-name" }, context.link({ view: "drugs", drug: drug.drug }, capital(local(drug.names, lang)))),
    h("span", { class: "quiet" }, joined([model.genesOf(drug).join(", "), sinceOf(drug, context)], " · ")));
}

/** @param {import("./types.js").ActiveDrug[]} orders @param {Context} context */
function uncheckedList(orders, context) {
  const { lang } = context;
  return h("div", { class: "unchecked" }, h("p", {}, lightShape("grey"), " ", text(lang, "notInKnowledge"), ":"),
    h("ul", {}, orders.map((order) => h("li", {}, foreign(order.name || order.code),
      order.code && order.name ? h("span", { class: "quiet" }, " ", foreign(order.code)) : null,
      order.since ? h("span", { class: "quiet" }, ` ${text(lang, "since", { date: formatDate(order.since, lang) })}`) : null))));
}

/** @param {string} gene @param {Reading} reading @param {Context} context */
function readingWords(gene, reading, context) {
  const { lang } = context;
  const words = readingText(gene, reading, lang);
  return h("p", { class: "phenotype" }, h("span", { title: reading.phenotype || null }, foreign(words)),
    reading.activityScore ? h("span", { class: "quiet" }, ` ${text(lang, "score", { score: formatScore(reading.activityScore, lang) })}`) : null);
}

/** @param {GeneRecord} gene @param {Context} context phenotype in words, gauge and what drugs make of it */
function phenotypeCell(gene, context) {
  const { lang, drugs } = context;
  const effective = model.effectiveOf(drugs, gene.gene);
  const distinct = gene.interpretations.filter((one, place, all) =>
    all.findIndex((other) => other.phenotype === one.phenotype && other.activityScore === one.activityScore &&
      other.statuses.join() === one.statuses.join()) === place);
  return [
    gene.status === "interpreted" ? null : h("p", { class: "status" }, lightShape("grey"), " ", text(lang, statusKey(gene.status))),
    ...distinct.slice(0, 4).map((reading) => readingWords(gene.gene, reading, context)),
    ...gene.reasons.map((reason) => h("p", { class: "reason" }, foreign(local(reason.text, lang) || reason.detail))),
    gauge(gene.interpretations, effective?.effectivePhenotype ?? "", lang),
    effective ? effectiveLine(effective, context) : null,
  ];
}

/** @param {GeneRecord} gene @returns {Result|undefined} */
function shownResult(gene) {
  return gene.results.find((one) => one.source === gene.current) ?? gene.results[0];
}

/** @param {string} name @param {...(import("./dom.js").Child|import("./dom.js").Child[])} children a cell that carries its column's name when the table is folded */
function cell(name, ...children) {
  return h("td", { role: "cell", "data-name": name }, ...children);
}

/** @param {Result|undefined} result @param {import("./types.js").Lang} lang */
function coverageCell(result, lang) {
  const unknown = result?.coverage.known === false;
  return h("td", { role: "cell", "data-name": text(lang, "coverageColumn"), class: unknown ? "caution" : null, "aria-describedby": unknown ? "coverage-note" : null },
    result ? coverageText(result.coverage, lang) : null);
}

/** @param {GeneRecord} gene @param {Context} context */
function geneRow(gene, context) {
  const { lang } = context;
  const result = shownResult(gene);
  const marks = marksOf(gene, context);
  return h("tr", { role: "row", class: gene.conflict ? "gene-row gene-conflict" : "gene-row" },
    h("th", { scope: "row", role: "rowheader" }, h("span", { class: "gene" }, foreign(gene.gene))),
    cell(text(lang, "resultColumn"), h("span", { class: "diplotype" }, foreign(model.diplotypesOf(gene)))),
    cell(text(lang, "phenotypeColumn"), phenotypeCell(gene, context)),
    cell(text(lang, "dateColumn"), result?.effective ? formatDate(result.effective, lang) : text(lang, "noDate")),
    cell(text(lang, "labColumn"), result ? [foreign(result.laboratory || text(lang, "noLab")),
      h("span", { class: "quiet" }, ", ", foreign(result.method || text(lang, "noMethod")))] : null),
    coverageCell(result, lang),
    cell(text(lang, "marksColumn"), marks.length > 0 ? h("span", { class: "chips" }, marks) : null, geneDetails(gene, context)));
}

/** @param {string} term @param {import("./dom.js").Child[]} words */
function fact(term, ...words) {
  return words.some(Boolean) ? [h("dt", {}, term), h("dd", {}, ...words)] : [];
}

/** @param {GeneRecord} gene @param {Context} context */
function geneDetails(gene, context) {
  const result = shownResult(gene);
  if (!result) return null;
  const words = text(context.lang, "details");
  return disclosure({ class: "more", id: `more-${gene.gene}` }, [words], () => geneFacts(gene, result, context), `${words} ${gene.gene}`);
}

/** @param {GeneRecord} gene @param {Result} result @param {Context} context */
function geneFacts(gene, result, context) {
  const { lang } = context;
  const functions = gene.interpretations[0]?.functions ?? [];
  const looked = [...result.coverage.alleles, ...result.coverage.positions];
  return [
    gene.conflict ? h("p", {}, local(gene.conflict.text, lang)) : null,
    ...result.remarks.map((remark) => h("p", {}, local(remark.text, lang))),
    h("dl", {},
      fact(text(lang, "reportedAs"), result.reportedText && foreign(result.reportedText)),
      fact(text(lang, "reportedPhenotype"), result.reportedPhenotype && foreign(result.reportedPhenotype)),
      fact(text(lang, "functions"), functions.length > 0 && functions.map((one) => functionText(one, lang)).join(" / ")),
      fact(text(lang, "coverageColumn"), looked.length > 0 && foreign(looked.join(", "))),
      fact(text(lang, "absentAlleles"), result.absent.length > 0 && foreign(result.absent.join(", "))),
      fact(text(lang, "received"), formatDate(result.received, lang)),
      fact(text(lang, "sourceResource"), foreign(result.source))),
    h("p", {}, context.link({ view: "history", gene: gene.gene }, `${text(lang, "viewHistory")}: ${gene.gene}`)),
  ];
}

/** @param {string} title @param {GeneRecord[]} genes @param {Context} context */
function geneGroup(title, genes, context) {
  if (genes.length === 0) return [];
  return [h("tbody", { role: "rowgroup" },
    h("tr", { role: "row", class: "group-row" }, h("th", { scope: "rowgroup", role: "rowheader", colspan: 7 }, title)),
    genes.map((gene) => geneRow(gene, context)))];
}

/** @param {Context} context */
function genesSection(context) {
  const { lang, record, drugs } = context;
  if (!record) return null;
  const heading = h("h2", { id: "genes" }, text(lang, "resultsTitle"));
  if (record.genes.length === 0) {
    return h("section", { "aria-labelledby": "genes" }, heading, isBlocked(context)
      ? emptyState(text(lang, "blockedNone"), "") : emptyState(text(lang, "noResults"), text(lang, "noResultsMeaning")));
  }
  const needed = model.genesOfActive(drugs);
  const now = record.genes.filter((gene) => needed.has(gene.gene));
  const rest = record.genes.filter((gene) => !needed.has(gene.gene));
  const columns = /** @type {import("./texts.js").TextKey[]} */ (
    ["geneColumn", "resultColumn", "phenotypeColumn", "dateColumn", "labColumn", "coverageColumn", "marksColumn"]);
  return h("section", { class: "drawn-late", "aria-labelledby": "genes" }, heading,
    h("table", { class: "genes", role: "table", "aria-labelledby": "genes" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
        columns.map((key) => h("th", { scope: "col", role: "columnheader" }, text(lang, key))))),
      geneGroup(text(lang, "resultsNow"), now, context),
      geneGroup(text(lang, "resultsActionable"), rest.filter((gene) => gene.actionable || gene.conflict), context),
      geneGroup(text(lang, "resultsOther"), rest.filter((gene) => !gene.actionable && !gene.conflict), context)),
    record.genes.some((gene) => shownResult(gene)?.coverage.known === false) ? h("p", { class: "meta", id: "coverage-note" }, text(lang, "coverageNote")) : null);
}

/** @param {Context} context */
function legend(context) {
  const { lang } = context;
  return disclosure({ class: "legend", id: "legend" }, [text(lang, "legend")], () =>
    h("ul", {}, model.kLights.map((light) => h("li", {}, lightBadge(light, lang), ` ${text(lang, /** @type {"redMeaning"} */ (`${light}Meaning`))}`))));
}

/** @param {Context} context */
export function glanceView(context) {
  return [nowSection(context), genesSection(context), legend(context)];
}
