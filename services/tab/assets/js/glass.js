// Opening in an emergency what a patient has blocked ("break the glass"): who opens it says why, and the patient can read that. It
// holds for one patient, in this page alone, until it is closed, another patient is opened or the page is left.

/** `holds` once the server has let this person do so. @type {{patient: string, reason: string, holds: boolean}|null} */
let opened = null;

/** What the server takes as a reason: some letters, one line, not too long (services/security/purpose.cpp). */
const kFewestLetters = 5;
const kMostBytes = 500;

/** @param {string} reason */
export function isReason(reason) {
  return reason.replaceAll(" ", "").length >= kFewestLetters && new TextEncoder().encode(reason).length <= kMostBytes;
}

/**
 * @param {string} patient logical id
 * @param {string} reason
 * @param {() => Promise<unknown>} attempt a call about the patient, which tells whether the server lets this person do so
 */
export async function breakGlass(patient, reason, attempt) {
  const mine = { patient, reason, holds: false };
  opened = mine;
  try {
    await attempt();
    mine.holds = true;
  } catch (fault) {
    if (opened === mine) opened = null;
    throw fault;
  }
}

export function closeGlass() {
  opened = null;
}

/** @param {string} patient @returns {string} why it was opened; empty when it is closed */
export function glassReason(patient) {
  return opened?.holds && opened.patient === patient ? opened.reason : "";
}

/** @param {string} path of a call @returns {Record<string, string>} what a call about the patient says of the emergency */
export function glassHeaders(path) {
  if (!opened) return {};
  const name = encodeURIComponent(opened.patient);
  const about = path === `/record/${name}` || path.startsWith(`/record/${name}/`) || path.startsWith(`/record/${name}?`) ||
    path.startsWith(`/fhir/DetectedIssue?patient=${name}&`);
  return about ? { "X-Purpose-Of-Use": "BTG", "X-Break-Glass-Reason": encodeURIComponent(opened.reason) } : {};
}
