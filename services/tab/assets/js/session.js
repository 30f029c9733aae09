// Who opened the tab: a record system (SMART) or a signed link. Kept for this browser tab alone, and
// gone with it. Where Genflik keeps a session, its cookie is out of the reach of scripts and only the
// word that calls which change something must carry is known here.

const kKey = "genflik.session";

/** @typedef {{token: string, expires: number, patient: string, csrf?: string}} Session `token` is empty where there is a cookie */

/** @param {Session} session `expires` in milliseconds since 1970 */
export function keepSession(session) {
  window.sessionStorage.setItem(kKey, JSON.stringify(session));
}

/** @returns {Session|null} */
export function currentSession() {
  // Where storage is forbidden, as in some frames, there is no session.
  let kept = null;
  try {
    kept = window.sessionStorage.getItem(kKey);
  } catch {
    return null;
  }
  return kept ? JSON.parse(kept) : null;
}

/** @param {number} [now] @returns {Record<string, string>} what a call to Genflik shows of the session */
export function sessionHeaders(now = Date.now()) {
  const session = currentSession();
  if (session?.csrf) return { "X-CSRF-Token": session.csrf };
  return session && session.expires > now ? { Authorization: `Bearer ${session.token}` } : {};
}
