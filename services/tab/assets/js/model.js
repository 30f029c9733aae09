// What follows from the record and the advice together. Pure functions, no nodes.

/** @typedef {import("./types.js").PatientRecord} PatientRecord */
/** @typedef {import("./types.js").GeneRecord} GeneRecord */
/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./types.js").DrugsAnswer} DrugsAnswer */
/** @typedef {import("./types.js").DrugAdvice} DrugAdvice */
/** @typedef {import("./types.js").ActiveDrug} ActiveDrug */
/** @typedef {import("./types.js").Light} Light */
/** @typedef {import("./types.js").Evidence} Evidence */

/** Most urgent first; what is not known stands before what is fine. */
export const kLights = /** @type {Light[]} */ (["red", "amber", "blue", "grey", "green"]);

/** @param {Light} light */
function urgency(light) {
  return kLights.indexOf(light);
}

/** @param {DrugsAnswer|null} answer @returns {DrugAdvice[]} running drugs, most urgent first */
export function activeAdvice(answer) {
  return (answer?.drugs ?? []).filter((drug) => drug.active)
    .sort((a, b) => urgency(a.light) - urgency(b.light) || (a.drug < b.drug ? -1 : 1));
}

/** @param {DrugAdvice} drug @returns {string[]} the genes that its guidelines look at */
export function genesOf(drug) {
  const genes = new Set();
  for (const advice of drug.recommendations) for (const one of advice.genes) genes.add(one.gene);
  for (const one of drug.unknown) genes.add(one.gene);
  for (const one of drug.silent ?? []) for (const evidence of one.genes) genes.add(evidence.gene);
  return [...genes];
}

/** @param {DrugsAnswer|null} answer @returns {Set<string>} genes that running drugs depend on */
export function genesOfActive(answer) {
  return new Set(activeAdvice(answer).flatMap(genesOf));
}

/** @param {PatientRecord} record @param {DrugAdvice} drug @returns {ActiveDrug[]} the orders behind a running drug */
export function ordersOf(record, drug) {
  const references = new Set(drug.activeReferences ?? []);
  return record.activeDrugs.filter((order) => references.has(order.reference) ||
    (references.size === 0 && drug.active && drug.atc.includes(order.code)));
}

/** @param {PatientRecord} record @param {DrugsAnswer} answer @returns {ActiveDrug[]} running drugs that no knowledge covers */
export function uncheckedOrders(record, answer) {
  const covered = new Set(activeAdvice(answer).flatMap((drug) => ordersOf(record, drug)).map((order) => order.reference));
  return record.activeDrugs.filter((order) => !covered.has(order.reference));
}

/** @param {GeneRecord} gene @returns {Result[]} what counts now */
export function resultsInForce(gene) {
  return gene.results.filter((one) => ["current", "conflicting", "evidence", "phenotype-only"].includes(one.role));
}

/**
 * Results that came when a drug that they matter for was already running.
 * @param {DrugsAnswer|null} answer
 * @returns {(import("./types.js").LateResult & {drug: DrugAdvice})[]}
 */
export function lateResults(answer) {
  return activeAdvice(answer).filter((drug) => drug.light !== "green" && drug.light !== "grey")
    .flatMap((drug) => (drug.late ?? []).map((one) => ({ ...one, drug })));
}

/**
 * The place of a phenotype on the scale from none to very high; nothing when it has none.
 * @param {string} phenotype in CPIC's terms
 * @returns {number|null}
 */
export function levelOf(phenotype) {
  const words = phenotype.toLowerCase().replace(/^(likely|possible) /, "");
  const scales = [/^(poor (metabolizer|function)|deficient( with cnsha)?)$/, /^(intermediate metabolizer|decreased function|variable)$/,
    /^normal( metabolizer| function)?$/, /^(rapid metabolizer|increased function)$/, /^ultrarapid metabolizer$/];
  const level = scales.findIndex((scale) => scale.test(words));
  return level === -1 ? null : level;
}

/** @param {string[]} statuses of a gene read by presence @returns {boolean|null} whether a risk allele is there */
export function presenceOf(statuses) {
  const known = statuses.filter((status) => /\b(positive|negative)$/i.test(status));
  if (known.length === 0) return null;
  return known.some((status) => /positive$/i.test(status));
}

/**
 * The effect of running drugs on a gene, where it differs from the genetic reading.
 * @param {DrugsAnswer|null} answer
 * @param {string} gene
 * @returns {Evidence|null}
 */
export function effectiveOf(answer, gene) {
  const of = answer?.genes?.find((one) => one.gene === gene);
  return of?.readings.find((one) => one.causedBy.length > 0 && one.effectivePhenotype !== "" &&
    (one.effectivePhenotype !== one.phenotype || (one.effectiveActivityScore ?? "") !== one.activityScore)) ?? null;
}

/** @param {PatientRecord} record @param {DrugsAnswer|null} answer @returns {number} how much waits for a person */
export function workCount(record, answer) {
  return record.genes.filter((gene) => gene.conflict).length + record.unmapped.length +
    record.genes.filter(isPending).length + lateResults(answer).length +
    record.genes.filter((gene) => gene.status === "not-interpretable").length;
}

/** @param {GeneRecord} gene */
export function isPending(gene) {
  return gene.results.some((one) => one.role === "preliminary" || one.recordStatus === "preliminary" && one.role === "current");
}

/** @param {GeneRecord} gene */
export function isCorrected(gene) {
  return resultsInForce(gene).some((one) => one.recordStatus === "corrected" || one.recordStatus === "amended");
}

/** @param {GeneRecord} gene */
export function hasWithdrawn(gene) {
  return gene.results.some((one) => one.role === "withdrawn");
}

/** @param {Result} result @returns {string} what the laboratory found, in the field's notation */
export function findingOf(result) {
  const parts = result.diplotypes.length > 0 ? [result.diplotypes.map(shortDiplotype).join(" | ")] : [];
  if (result.haplotypes.length > 0) parts.push(result.haplotypes.join(", "));
  return parts.join("; ") || result.reportedPhenotype || result.reportedText;
}

/**
 * "rs9923231 reference (C)/rs9923231 variant (T)" as "rs9923231 C/T"; anything else as it is.
 * @param {string} diplotype
 */
export function shortDiplotype(diplotype) {
  return diplotype.replace(/^(rs\d+) (?:reference|variant) \(([ACGT]+)\)\/\1 (?:reference|variant) \(([ACGT]+)\)$/, "$1 $2/$3");
}

/** @param {GeneRecord} gene @returns {string} */
export function diplotypesOf(gene) {
  const of = [...new Set(gene.interpretations.map((one) => shortDiplotype(one.diplotype)).filter(Boolean))];
  if (of.length > 0) return of.join(" | ");
  const current = gene.results.find((one) => one.source === gene.current) ?? gene.results[0];
  return current ? findingOf(current) : "";
}

/** @param {string} words for search: lower case, without accents */
export function fold(words) {
  return words.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().trim();
}

/**
 * @param {DrugAdvice} drug
 * @param {string} query what a person typed
 * @returns {boolean}
 */
export function drugMatches(drug, query) {
  const wanted = fold(query);
  if (wanted === "") return true;
  const names = [drug.drug, drug.names.en, drug.names.sv, ...(drug.synonyms ?? []), ...(drug.brands ?? [])];
  return names.some((name) => fold(name).includes(wanted)) || drug.atc.some((code) => fold(code).startsWith(wanted));
}
