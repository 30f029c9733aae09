// Opening in an emergency what a patient has blocked ("break the glass"): who opens it says why, and the patient can read that. It
// holds for one patient, in this page alone, until it is closed, another patient is opened or the page is left.

/** @type {{patient: string, reason: string}|null} */
let opened = null;

/** What the server takes as a reason: some letters, one line, not too long (services/security/purpose.cpp). */
const kFewestLetters = 5;
const kMostBytes = 500;

/** @param {string} reason */
export function isReason(reason) {
  return reason.replaceAll(" ", "").length >= kFewestLetters && new TextEncoder().encode(reason).length <= kMostBytes;
}

/** @param {string} patient logical id @param {string} reason */
export function breakGlass(patient, reason) {
  opened = { patient, reason };
}

export function closeGlass() {
  opened = null;
}

/** @param {string} patient @returns {string} why it was opened; empty when it is closed */
export function glassReason(patient) {
  return opened?.patient === patient ? opened.reason : "";
}

/** @param {string} path of a call @returns {Record<string, string>} what a call about the patient says of the emergency */
export function glassHeaders(path) {
  if (!opened) return {};
  const name = encodeURIComponent(opened.patient);
  const about = path === `/record/${name}` || path.startsWith(`/record/${name}/`) || path.startsWith(`/record/${name}?`) ||
    path.startsWith(`/fhir/DetectedIssue?patient=${name}&`);
  return about ? { "X-Purpose-Of-Use": "BTG", "X-Break-Glass-Reason": encodeURIComponent(opened.reason) } : {};
}
