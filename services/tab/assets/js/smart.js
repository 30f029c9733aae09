// SMART App Launch 2 (https://hl7.org/fhir/smart-app-launch/STU2/app-launch.html): how a record system
// opens the tab on its patient. A public client with PKCE; only configured issuers are spoken to.

import { patientKey } from "./format.js";
import { keepSession } from "./session.js";

const kPending = "genflik.launch.";
const kPatienceMilliseconds = 20000;

/** @typedef {{issuer: string, clientId: string, scope: string}} Issuer */
/** @typedef {{issuer: string, clientId: string, token: string, verifier: string, redirect: string, lang: string}} Pending */

/** Why the tab was not opened; `kind` names a text. */
export class LaunchFault extends Error {
  /** @param {import("./texts.js").TextKey} kind @param {string} [detail] words of the record system */
  constructor(kind, detail = "") {
    super(kind);
    this.kind = kind;
    this.detail = detail;
  }
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function randomText() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {string} verifier @returns {Promise<string>} RFC 7636, S256 */
export async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** @param {string} issuer */
function plain(issuer) {
  return issuer.replace(/\/+$/, "");
}

/** @param {Issuer[]} issuers @param {string} iss @returns {Issuer|undefined} */
export function findIssuer(issuers, iss) {
  return issuers.find((one) => plain(one.issuer) === plain(iss));
}

/** @param {string} address @param {RequestInit} [what] @returns {Promise<Response>} */
async function call(address, what = {}) {
  try {
    return await fetch(address, { credentials: "omit", ...what, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(kPatienceMilliseconds) });
  } catch {
    throw new LaunchFault("launchUnreachable");
  }
}

/** @param {Response} answer @returns {Promise<any>} */
async function jsonOf(answer) {
  try {
    return await answer.json();
  } catch {
    throw new LaunchFault("launchUnreadable");
  }
}

/** @returns {Promise<{issuers?: Issuer[], sessions?: boolean}>} */
async function fetchSettings() {
  const answer = await call("/tab/launch-settings");
  if (!answer.ok) throw new LaunchFault("launchUnreachable");
  return jsonOf(answer);
}

/** @returns {Promise<Issuer[]>} the record systems that may open the tab */
export async function fetchIssuers() {
  return (await fetchSettings()).issuers ?? [];
}

/** @param {string} token which is no longer needed after this @returns {Promise<string>} the session's word; empty where Genflik keeps no sessions */
async function startSession(token) {
  if (!(await fetchSettings()).sessions) return "";
  const answer = await call("/tab/session", { method: "POST", credentials: "same-origin", headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new LaunchFault("whyForbidden");
  return String((await jsonOf(answer)).csrf ?? "");
}

/** @param {unknown} address @returns {string} only https, or this machine */
function endpoint(address) {
  try {
    const url = new URL(String(address));
    const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
    if (url.protocol === "https:" || (url.protocol === "http:" && here)) return url.href;
  } catch {
    // No address at all: the same fault.
  }
  throw new LaunchFault("launchUnreadable");
}

/** @param {Issuer} issuer @returns {Promise<{authorize: string, token: string}>} */
async function endpointsOf(issuer) {
  const answer = await call(`${plain(issuer.issuer)}/.well-known/smart-configuration`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new LaunchFault("launchUnreachable");
  const found = await jsonOf(answer);
  if (!found.code_challenge_methods_supported?.includes("S256")) throw new LaunchFault("launchNoPkce");
  return { authorize: endpoint(found.authorization_endpoint), token: endpoint(found.token_endpoint) };
}

/**
 * The address to send the browser to; what has to be known when it comes back is kept.
 * @param {Issuer} issuer
 * @param {string} launch the record system's handle; empty when the tab is started on its own
 * @param {string} lang
 * @returns {Promise<string>}
 */
export async function authorizationAddress(issuer, launch, lang) {
  const { authorize, token } = await endpointsOf(issuer);
  const state = randomText();
  const verifier = randomText();
  const redirect = window.location.origin + window.location.pathname;
  const address = new URL(authorize);
  const query = { response_type: "code", client_id: issuer.clientId, redirect_uri: redirect, state, aud: issuer.issuer,
    scope: `${launch ? "launch" : "launch/patient"} ${issuer.scope}`, code_challenge: await challengeOf(verifier), code_challenge_method: "S256" };
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  if (launch) address.searchParams.set("launch", launch);
  /** @type {Pending} */
  const pending = { issuer: issuer.issuer, clientId: issuer.clientId, token, verifier, redirect, lang };
  window.sessionStorage.setItem(kPending + state, JSON.stringify(pending));
  return address.href;
}

/** @param {string} state @returns {Pending} which is used up by this */
export function takePending(state) {
  const kept = window.sessionStorage.getItem(kPending + state);
  window.sessionStorage.removeItem(kPending + state);
  if (!kept) throw new LaunchFault("launchState");
  return JSON.parse(kept);
}

/** What a card that led here speaks of. @typedef {{drug: string, breakTheGlass: boolean}} CardLink */

/** @param {unknown} context `appContext` of a card's link (CDS Hooks), which record systems hand on with the token @returns {CardLink} */
function readCardLink(context) {
  /** @type {any} */
  let told = {};
  try {
    told = typeof context === "string" ? JSON.parse(context) ?? {} : {};
  } catch {
    // Of another's making: the launch does not depend on it.
  }
  return { drug: typeof told.drug === "string" ? told.drug : "", breakTheGlass: told.breakTheGlass === true };
}

/** @param {Pending} pending @param {string} code @returns {Promise<{token: string, patient: string, expires: number, link: CardLink}>} */
async function exchange(pending, code) {
  const answer = await call(pending.token, { method: "POST", headers: { Accept: "application/json" },
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: pending.redirect, client_id: pending.clientId, code_verifier: pending.verifier }) });
  const found = await jsonOf(answer);
  if (!answer.ok) throw new LaunchFault("launchRefused", String(found.error_description ?? found.error ?? ""));
  if (!found.access_token || String(found.token_type).toLowerCase() !== "bearer") throw new LaunchFault("launchUnreadable");
  if (typeof found.patient !== "string" || found.patient === "") throw new LaunchFault("launchNoPatient");
  return { token: found.access_token, patient: found.patient, expires: Date.now() + 1000 * (Number(found.expires_in) || 300), link: readCardLink(found.appContext) };
}

/** @param {Pending} pending @param {string} token @param {string} id @returns {Promise<{system: string, value: string}[]>} */
async function identifiersOf(pending, token, id) {
  const answer = await call(`${plain(pending.issuer)}/Patient/${encodeURIComponent(id)}`,
    { headers: { Accept: "application/fhir+json", Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new LaunchFault("launchPatientUnreadable");
  const patient = await jsonOf(answer);
  if (patient.resourceType !== "Patient" || patient.id !== id) throw new LaunchFault("launchPatientUnreadable");
  return (patient.identifier ?? []).filter((/** @type {any} */ one) => one.system && one.value);
}

/** @param {{system: string, value: string}} identifier @param {string} token @returns {Promise<string>} Genflik's id; empty when it knows none */
async function lookUp(identifier, token) {
  const answer = await call(`/record/${encodeURIComponent(patientKey(identifier.value, identifier.system))}`, { headers: { Authorization: `Bearer ${token}` } });
  if (answer.ok) return String((await jsonOf(answer)).patient?.reference ?? "").replace(/^Patient\//, "");
  if (answer.status === 409) throw new LaunchFault("launchTwoPatients");
  if (answer.status === 401 || answer.status === 403) throw new LaunchFault("whyForbidden");
  // Not known here, or an identifier of a kind that Genflik does not take.
  if (answer.status === 404 || answer.status === 422 || answer.status === 400) return "";
  throw new LaunchFault("launchUnreachable");
}

/**
 * Ends a launch: trades the code, and finds the record system's patient here by its identifiers, never by name.
 * @param {Pending} pending
 * @param {string} code
 * @returns {Promise<{id: string, link: CardLink}>} the patient's id in Genflik, and what the card that led here speaks of
 */
export async function finish(pending, code) {
  const { token, patient, expires, link } = await exchange(pending, code);
  const found = new Set();
  for (const identifier of await identifiersOf(pending, token, patient)) found.add(await lookUp(identifier, token));
  found.delete("");
  if (found.size === 0) throw new LaunchFault("patientNotFound");
  if (found.size > 1) throw new LaunchFault("launchTwoPatients");
  const [id] = found;
  const csrf = await startSession(token);
  keepSession({ token: csrf ? "" : token, expires, patient: id, csrf });
  return { id, link };
}
