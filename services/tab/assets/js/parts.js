// Pieces that several views show.

import { foreign, h, joined } from "./dom.js";
import { gauge, lightBadge, lightShape, mark } from "./signs.js";
import { formatDate, formatNumber, formatScore } from "./format.js";
import { local, populationText, presenceText, statusKey, strengthText, text } from "./texts.js";
import * as model from "./model.js";

/** @typedef {import("./types.js").Lang} Lang */
/** @typedef {import("./types.js").Advice} Advice */
/** @typedef {import("./types.js").DrugAdvice} DrugAdvice */
/** @typedef {import("./types.js").Evidence} Evidence */
/** @typedef {import("./types.js").GeneRecord} GeneRecord */
/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./app.js").Context} Context */

/**
 * What a reading of a gene means, in words.
 * @param {string} gene
 * @param {import("./types.js").Reading} reading
 * @param {Lang} lang
 */
export function readingText(gene, reading, lang) {
  // What was found before what was not.
  const found = (/** @type {string} */ status) => Number(status.endsWith(" positive"));
  return local(reading.phenotypeText, lang) || reading.phenotype ||
    [...reading.statuses].sort((a, b) => found(b) - found(a)).map((status) => presenceText(gene, status, lang)).join(", ");
}

/** @param {Evidence} evidence @param {Lang} lang @returns {string} */
export function geneticWords(evidence, lang) {
  return local(evidence.phenotypeText, lang) || evidence.phenotype;
}

/** @param {Evidence} evidence @param {Lang} lang @returns {string} */
export function effectiveWords(evidence, lang) {
  return local(evidence.effectivePhenotypeText, lang) || evidence.effectivePhenotype;
}

/** @param {string} name of a drug as the knowledge calls it @param {Context} context */
export function drugName(name, context) {
  const drug = (context.allDrugs ?? context.drugs)?.drugs.find((one) => one.drug === name);
  return drug ? local(drug.names, context.lang) : name;
}

/** @param {string} words */
export function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {Evidence} evidence @param {Context} context gene, diplotype and phenotype on one line */
export function evidenceLine(evidence, context) {
  const { lang } = context;
  const changed = isChanged(evidence);
  const known = geneticWords(evidence, lang) || (evidence.diplotype ? "" : text(lang, "statusNotTested"));
  const words = changed && known ? text(lang, "genetic", { phenotype: known }) : known;
  return h("li", { class: "evidence" },
    h("span", { class: "gene" }, evidence.gene), " ",
    evidence.diplotype ? h("span", { class: "diplotype" }, foreign(model.shortDiplotype(evidence.diplotype))) : null, " ",
    h("span", { class: "evidence-words" }, foreign(words)), " ",
    evidence.phenotype ? gauge([{ phenotype: evidence.phenotype }], changed ? evidence.effectivePhenotype : "", lang) : null,
    changed ? effectiveLine(evidence, context) : null);
}

/** @param {Evidence} evidence whether running drugs change what the genes say */
function isChanged(evidence) {
  return evidence.causedBy.length > 0 && evidence.effectivePhenotype !== "" &&
    (evidence.effectivePhenotype !== evidence.phenotype ||
      (evidence.effectiveActivityScore ?? "") !== evidence.activityScore);
}

/** @param {Evidence} evidence @param {Context} context what running drugs make of the gene */
export function effectiveLine(evidence, context) {
  const { lang } = context;
  const score = evidence.effectiveActivityScore ? `, ${text(lang, "score", { score: formatScore(evidence.effectiveActivityScore, lang) })}` : "";
  return h("span", { class: "effective" },
    h("strong", {}, text(lang, "effectiveNow", { phenotype: effectiveWords(evidence, lang) + score })), " ",
    text(lang, "effectiveWhy", { drugs: evidence.causedBy.map((name) => drugName(name, context)).join(", ") }));
}

/** @param {{title: string, doi: string, pmid: string, url: string}} citation @returns {string} only https addresses */
function addressOf(citation) {
  if (/^https:\/\//.test(citation.url)) return citation.url;
  if (/^10\.\d{4,9}\/\S+$/.test(citation.doi)) return `https://doi.org/${encodeURI(citation.doi)}`;
  return /^\d+$/.test(citation.pmid) ? `https://pubmed.ncbi.nlm.nih.gov/${citation.pmid}/` : "";
}

/** @param {{title: string, doi: string, pmid: string, url: string}} citation @param {string} label @param {Lang} lang */
export function citationLink(citation, label, lang) {
  const address = addressOf(citation);
  if (!address) return h("span", {}, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: citation.title || null,
    "aria-label": `${label} (${text(lang, "opensSource")})` }, `${label} ↗`);
}

/** @param {Advice} advice @param {Context} context source, year, population and strength */
export function adviceMeta(advice, context) {
  const { lang } = context;
  const bits = [citationLink(advice.citation, `${advice.source} ${advice.year || ""}`.trim(), lang)];
  if (advice.strength) bits.push(h("span", {}, `${text(lang, "strength")}: ${strengthText(advice.strength, lang)}`));
  if (advice.population && advice.population !== "general") {
    bits.push(h("span", {}, `${text(lang, "population")}: ${populationText(advice.population, lang)}`));
  }
  return h("p", { class: "meta" }, joined(bits, " · "));
}

/** @param {Advice} advice @returns {import("./types.js").Light} */
export function lightOf(advice) {
  const lights = /** @type {Record<string, import("./types.js").Light>} */ (
    { critical: "red", warning: "amber", info: "blue" });
  if (lights[advice.alert]) return lights[advice.alert];
  return advice.action.kind === "no-recommendation" ? "grey" : "green";
}

/** @param {Advice} advice @param {Context} context one row of one guideline, whole */
export function adviceBlock(advice, context) {
  const { lang } = context;
  const light = lightOf(advice);
  return h("article", { class: `advice advice-${light}` },
    h("p", { class: "advice-head" }, lightBadge(light, lang), " ", h("strong", {}, local(advice.headline, lang))),
    h("p", {}, local(advice.text, lang)),
    local(advice.implication, lang) ? h("p", { class: "why" }, h("strong", {}, `${text(lang, "implication")}: `), local(advice.implication, lang)) : null,
    h("ul", { class: "evidences" }, advice.genes.map((one) => evidenceLine(one, context))),
    advice.needsReview ? h("p", { class: "meta" }, text(lang, "needsReview")) : null,
    adviceMeta(advice, context));
}

/** @param {DrugAdvice} drug @param {Context} context how the ordered dose stands to the advice, where that is to be said */
export function doseLine(drug, context) {
  const { lang } = context;
  const { dose } = drug;
  if (dose?.verdict === "unreadable") return h("p", { class: "late-line" }, text(lang, "doseUnreadable"));
  if (dose?.verdict !== "over") return null;
  const times = /** @type {Record<string, import("./texts.js").TextKey>} */ ({ "d": "perDay", "m2.d": "perDay", "wk": "perWeek", "dose": "perDose" });
  const area = dose.per === "m2.d" && !dose.unit.includes("/m2") ? "/m²" : "";
  const unit = `${dose.unit.replace("m2", "m²")}${area} ${times[dose.per] ? text(lang, times[dose.per]) : dose.per}`;
  return h("p", { class: "late-line" }, text(lang, "doseOver", { ordered: formatNumber(dose.ordered, lang), limit: formatNumber(dose.limit, lang), unit }));
}

/** @param {DrugAdvice} drug @param {Context} context what a normal answer left out */
export function narrowLines(drug, context) {
  const { lang } = context;
  return (drug.narrow ?? []).map((one) => h("p", { class: "notice" }, lightShape("blue"), " ",
    text(lang, "narrowAnswer", { gene: one.gene, names: one.notLookedFor.join("; ") }), " ", citationLink(one.citation, text(lang, "source"), lang)));
}

/** @param {DrugAdvice} drug @returns {""|"conflict"|"ambiguous"} why the advice is one of several */
export function doubtOf(drug) {
  if (drug.recommendations.some((one) => one.conflict)) return "conflict";
  return drug.recommendations.some((one) => one.ambiguous) ? "ambiguous" : "";
}

/** @param {DrugAdvice} drug @param {Context} context everything known of one drug for this patient */
export function drugBody(drug, context) {
  const { lang } = context;
  const doubt = doubtOf(drug);
  return h("div", { class: "drug-body" }, doseLine(drug, context),
    doubt ? h("p", { class: "notice" }, text(lang, `${doubt}Advice`)) : null,
    narrowLines(drug, context),
    drug.unknown.length > 0 ? h("p", { class: "notice" }, lightShape("grey"), " ",
      drug.unknown.map((one) => text(lang, "needsTest", { gene: one.gene, status: text(lang, statusKey(one.status)).toLowerCase() })).join("; ")) : null,
    drug.pretests.map((one) => h("p", { class: "notice" }, h("strong", {}, `${text(lang, "pretestTitle")}: ${one.gene} `),
      `(${one.authority}, ${pretestLevel(one.level, lang)}). `, local(one.text, lang), " ",
      citationLink(one.citation, text(lang, "source"), lang))),
    drug.recommendations.map((one) => adviceBlock(one, context)),
    (drug.silent ?? []).map((one) => h("p", { class: "meta" }, text(lang, "silentGuideline", { source: one.source }))),
    drug.recommendations.length === 0 && drug.unknown.length === 0 && drug.pretests.length === 0
      ? h("p", { class: "meta" }, text(lang, "noAdvice")) : null);
}

/** @param {string} level @param {Lang} lang */
function pretestLevel(level, lang) {
  if (level === "required") return text(lang, "pretestRequired");
  return text(lang, level === "recommended" ? "pretestRecommended" : "pretestMentioned");
}

/** @param {Result["coverage"]} coverage @param {Lang} lang what the method looked for, in few words */
export function coverageText(coverage, lang) {
  if (!coverage.known) return text(lang, "coverageUnknown");
  const bits = [];
  const { alleles, positions } = coverage;
  if (alleles.length === 1) bits.push(text(lang, "coverageOneAllele"));
  if (alleles.length > 1) bits.push(text(lang, "coverageAlleles", { count: formatNumber(alleles.length, lang) }));
  if (positions.length === 1) bits.push(text(lang, "coverageOnePosition"));
  if (positions.length > 1) bits.push(text(lang, "coveragePositions", { count: formatNumber(positions.length, lang) }));
  if (coverage.copyNumber) bits.push(text(lang, "coverageCopyNumber"));
  return bits.length > 0 ? bits.join(", ") : text(lang, "coverageGeneral");
}

/** @param {GeneRecord} gene @param {Context} context what a reader must know beside the result */
export function marksOf(gene, context) {
  const { lang, drugs } = context;
  const marks = [];
  if (gene.conflict) marks.push(mark("conflict", text(lang, "markConflict"), text(lang, "saferReading")));
  for (const late of model.lateResults(drugs).filter((one) => one.gene === gene.gene).slice(0, 1)) {
    marks.push(mark("late", text(lang, "markLate"), text(lang, "lateMeaning",
      { drug: local(late.drug.names, lang), date: formatDate(late.since, lang) })));
  }
  if (model.isPending(gene)) marks.push(mark("pending", text(lang, "markPending")));
  if (model.isCorrected(gene)) marks.push(mark("corrected", text(lang, "markCorrected")));
  if (model.hasWithdrawn(gene)) marks.push(mark("withdrawn", text(lang, "markWithdrawn"), text(lang, "withdrawnResultMeaning")));
  for (const remark of transplantRemarks(gene)) {
    marks.push(mark("conflict", text(lang, remark.code === "before-transplant" ? "markBeforeTransplant" : "markTransplant"),
      local(remark.text, lang)));
  }
  if (gene.repeats > 0) marks.push(mark("quiet", text(lang, "markRepeats", { count: gene.repeats + 1 })));
  return marks;
}

/** @param {GeneRecord} gene */
function transplantRemarks(gene) {
  const current = gene.results.find((one) => one.source === gene.current);
  return (current?.remarks ?? []).filter((one) => /transplant$/.test(one.code)).slice(0, 1);
}

/** @param {string} title @param {string} detail */
export function emptyState(title, detail) {
  return h("div", { class: "empty" }, lightShape("grey"), h("div", {}, h("p", { class: "empty-title" }, title), h("p", {}, detail)));
}
