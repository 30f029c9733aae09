// Calls to Genflik. Every call ends: with data, or with a Failure that says what went wrong.

/** @typedef {import("./types.js").PatientRecord} PatientRecord */
/** @typedef {import("./types.js").DrugsAnswer} DrugsAnswer */
/** @typedef {import("./types.js").GivenAlert} GivenAlert */

import { glassHeaders } from "./glass.js";
import { sessionHeaders } from "./session.js";

const kPatienceMilliseconds = 20000;

/** Why a call gave nothing. */
export class Failure extends Error {
  /**
   * @param {"unreachable"|"timeout"|"refused"|"not-found"|"conflict"|"forbidden"|"server"|"unreadable"} kind
   * @param {number} status 0 when there was no answer
   * @param {string} detail the server's own words; may be empty
   */
  constructor(kind, status, detail) {
    super(kind);
    this.kind = kind;
    this.status = status;
    this.detail = detail;
  }
}

/** @param {number} status @returns {Failure["kind"]} */
function kindOf(status) {
  if (status === 401 || status === 403) return "forbidden";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409) return "conflict";
  return status >= 500 ? "server" : "refused";
}

/** @param {string} body the words of an OperationOutcome */
function detailOf(body) {
  try {
    const issues = JSON.parse(body).issue;
    return issues.map((/** @type {any} */ issue) => issue.details?.text ?? issue.diagnostics ?? "")
      .filter(Boolean).join("; ");
  } catch {
    return "";
  }
}

/**
 * @param {string} path
 * @param {string} accept
 * @returns {Promise<string>}
 */
function get(path, accept) {
  return call(path, { headers: { Accept: accept } });
}

/**
 * @param {string} path
 * @param {RequestInit} what
 * @returns {Promise<string>}
 */
async function call(path, what) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), kPatienceMilliseconds);
  try {
    const answer = await fetch(path, { ...what, headers: { ...what.headers, ...sessionHeaders(), ...glassHeaders(path) }, signal: control.signal, cache: "no-store" });
    const body = await answer.text();
    if (!answer.ok) throw new Failure(kindOf(answer.status), answer.status, detailOf(body));
    return body;
  } catch (fault) {
    if (fault instanceof Failure) throw fault;
    throw new Failure(control.signal.aborted ? "timeout" : "unreachable", 0, "");
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} path @param {(value: any) => boolean} isRight @param {string} [accept] @returns {Promise<any>} */
async function getJson(path, isRight, accept = "application/json") {
  const body = await get(path, accept);
  let value;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Failure("unreadable", 200, "");
  }
  if (!value || !isRight(value)) throw new Failure("unreadable", 200, "");
  return value;
}

/** @param {string} patient logical id, or "system|value" @returns {Promise<PatientRecord>} */
export function fetchRecord(patient) {
  return getJson(`/record/${encodeURIComponent(patient)}`,
    (value) => Array.isArray(value.genes) && typeof value.patient?.reference === "string");
}

/**
 * @param {string} patient
 * @param {boolean} onlyRunning leaves out drugs that the patient does not take
 * @returns {Promise<DrugsAnswer>}
 */
export function fetchDrugs(patient, onlyRunning) {
  return getJson(`/record/${encodeURIComponent(patient)}/drugs${onlyRunning ? "?active=true" : ""}`, (value) => Array.isArray(value.drugs));
}

/** @param {string} patient @param {string} lang @returns {Promise<string>} the wallet card as SVG text */
export function fetchCard(patient, lang) {
  return get(`/record/${encodeURIComponent(patient)}/card.svg?lang=${lang}`, "image/svg+xml");
}

/**
 * Closes an entry of the queue of what could not be used.
 * @param {string} id
 * @param {{by: string, reason: string}} answer who closes it, and why
 */
export function resolveUnmapped(id, answer) {
  return call(`/unmapped/${encodeURIComponent(id)}/resolve`,
    { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(answer) });
}

/**
 * Says which of the results that disagree counts; the others stay readable.
 * @param {string} patient
 * @param {string} gene
 * @param {{keep: string, by: string, reason: string}} decision
 */
export function resolveConflict(patient, gene, decision) {
  return call(`/record/${encodeURIComponent(patient)}/conflicts/${encodeURIComponent(gene)}/resolve`,
    { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(decision) });
}

/** @param {string} id takes the original message again, for when what it lacked is there now */
export function replayUnmapped(id) {
  return call(`/unmapped/${encodeURIComponent(id)}/replay`, { method: "POST" });
}

/** @param {any} issue a DetectedIssue @returns {GivenAlert} */
function readIssue(issue) {
  const mitigation = Array.isArray(issue.mitigation) ? issue.mitigation : [];
  return {
    date: issue.identifiedDateTime ?? issue.meta?.lastUpdated ?? "",
    status: issue.status ?? "",
    text: issue.code?.text ?? issue.code?.coding?.[0]?.display ?? issue.detail ?? "",
    rule: issue.identifier?.find((/** @type {any} */ one) => one.system === "https://genflik.se/fhir/rule")?.value ?? "",
    knowledge: issue.extension?.find((/** @type {any} */ one) => String(one.url).endsWith("/knowledge-version"))?.valueString ?? "",
    answers: mitigation.map((/** @type {any} */ one) => ({ outcome: "", reason: one.action?.text ?? one.action?.coding?.[0]?.display ?? "", comment: "", date: one.date ?? "" }))
      .filter((/** @type {any} */ one) => one.reason),
  };
}

/**
 * What happened besides results: the cards that were shown at orders, the alerts that wait at running orders, and what newer knowledge
 * reads otherwise.
 * @param {string} patient
 * @returns {Promise<import("./types.js").Timeline>}
 */
export async function fetchTimeline(patient) {
  const name = encodeURIComponent(patient);
  const [timeline, bundle] = await Promise.all([
    getJson(`/record/${name}/timeline`, (value) => Array.isArray(value.alerts) && Array.isArray(value.changes)),
    getJson(`/fhir/DetectedIssue?patient=${name}&_count=100`, (value) => value.resourceType === "Bundle", "application/fhir+json")]);
  const issues = (bundle.entry ?? []).map((/** @type {any} */ entry) => entry.resource)
    .filter((/** @type {any} */ resource) => resource?.resourceType === "DetectedIssue").map(readIssue);
  const cards = timeline.alerts.map((/** @type {any} */ card) => ({ date: card.date, status: "final", text: card.summary, rule: card.advice ?? "", knowledge: card.knowledge,
    answers: card.answers }));
  return { alerts: [...cards, ...issues], changes: timeline.changes };
}

/** @returns {Promise<import("./types.js").QueueEntry[]>} what could not be used, of all patients */
export async function fetchQueue() {
  return (await getJson("/unmapped", (value) => Array.isArray(value.entries))).entries;
}

/** @returns {Promise<import("./types.js").OpenConflict[]>} results that disagree, of all patients */
export async function fetchConflicts() {
  return (await getJson("/conflicts", (value) => Array.isArray(value.entries))).entries;
}

/** @returns {Promise<import("./types.js").OpenLate[]>} what speaks against running drugs and nobody has seen yet */
export async function fetchLate() {
  return (await getJson("/late-results", (value) => Array.isArray(value.entries))).entries;
}

/** @param {string} id of a late result @param {{by: string, reason: string}} answer who has seen it, and what is done */
export function acknowledgeLate(id, answer) {
  return call(`/late-results/${encodeURIComponent(id)}/acknowledge`,
    { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(answer) });
}

/** @returns {Promise<import("./types.js").Statistics>} */
export function fetchStatistics() {
  return getJson("/alerts/statistics", (value) => typeof value === "object");
}

/** @returns {Promise<import("./types.js").Repeats>} */
export function fetchRepeats() {
  return getJson("/alerts/repeats", (value) => Array.isArray(value.genes));
}

/** @param {string} patient @param {string} lang @returns {Promise<string>} the record as a FHIR document */
export function fetchDocument(patient, lang) {
  return get(`/record/${encodeURIComponent(patient)}/fhir-document?lang=${lang}`, "application/fhir+json");
}

/** @param {string} token of a signed link @returns {Promise<{patient: string, view: string, drug: string, expires: string, csrf?: string}>} */
export async function openLink(token) {
  return JSON.parse(await call("/tab/link", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) }));
}

/**
 * Patients that are marked as test data (v3-ActReason HTEST), for trying Genflik out.
 * @returns {Promise<{id: string, name: string, birthDate: string}[]>}
 */
export async function fetchTestPatients() {
  const label = encodeURIComponent("http://terminology.hl7.org/CodeSystem/v3-ActReason|HTEST");
  const bundle = await getJson(`/fhir/Patient?_security=${label}&_count=50`,
    (value) => value.resourceType === "Bundle", "application/fhir+json");
  return (bundle.entry ?? []).map((/** @type {any} */ entry) => entry.resource)
    .filter((/** @type {any} */ one) => one?.resourceType === "Patient")
    .map((/** @type {any} */ one) => ({
      id: String(one.id),
      name: [...(one.name?.[0]?.given ?? []), one.name?.[0]?.family ?? ""].join(" ").trim(),
      birthDate: one.birthDate ?? "",
    }));
}
