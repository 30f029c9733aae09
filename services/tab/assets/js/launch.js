// The page that a record system opens, and that its authorization server sends the browser back to.

import { foreign, h } from "./dom.js";
import { LaunchFault, authorizationAddress, fetchIssuers, findIssuer, finish, takePending } from "./smart.js";
import { text } from "./texts.js";

/** @typedef {import("./types.js").Lang} Lang */

const query = new URLSearchParams(window.location.search);

/** @param {Lang} lang @param {import("./dom.js").Child[]} nodes */
function show(lang, ...nodes) {
  document.documentElement.lang = lang;
  document.title = `${text(lang, "launchTitle")} – ${text(lang, "appName")}`;
  document.body.className = "view-search";
  document.getElementById("app")?.replaceChildren(h("main", { class: "page", id: "main" },
    h("h1", { id: "title", tabindex: -1 }, text(lang, "launchTitle")), h("p", { class: "quiet" }, text(lang, "prototype")), nodes));
}

/** @param {Lang} lang @param {unknown} fault */
function showFault(lang, fault) {
  const known = fault instanceof LaunchFault ? fault : new LaunchFault("launchUnreadable");
  show(lang, h("div", { class: "failure", role: "alert", id: "launch-fault" }, h("p", { class: "failure-title" }, text(lang, "launchFailed")),
    h("p", {}, text(lang, known.kind)), known.detail ? h("p", {}, text(lang, "launchSaid"), " ", foreign(known.detail)) : null,
    h("p", {}, text(lang, "launchAgain"))));
}

/** @param {Lang} lang @param {import("./smart.js").Issuer[]} issuers for a start outside the record system */
function showChoice(lang, issuers) {
  if (issuers.length === 0) return show(lang, h("p", {}, text(lang, "launchNone")));
  show(lang, h("p", {}, text(lang, "launchChoose")), h("ul", { class: "test-patients" }, issuers.map((one) =>
    h("li", {}, h("a", { href: `/tab/launch.html?${new URLSearchParams({ iss: one.issuer, lang })}` }, foreign(one.issuer))))));
}

/** @param {Lang} lang @param {string} iss */
async function begin(lang, iss) {
  const issuers = await fetchIssuers();
  if (iss === "") return showChoice(lang, issuers);
  const issuer = findIssuer(issuers, iss);
  if (!issuer) throw new LaunchFault("launchUnknownIssuer", iss);
  window.location.replace(await authorizationAddress(issuer, query.get("launch") ?? "", lang));
}

/** @param {(lang: Lang) => void} speak tells the language that the launch began in */
async function comeBack(speak) {
  const pending = takePending(query.get("state") ?? "");
  const lang = pending.lang === "en" ? "en" : "sv";
  speak(lang);
  // The code is used up; it shall not stay in the address or the history.
  window.history.replaceState(null, "", window.location.pathname);
  const code = query.get("code");
  if (!code) throw new LaunchFault("launchRefused", query.get("error_description") ?? query.get("error") ?? "");
  const { id, link } = await finish(pending, code);
  const place = new URLSearchParams({ patient: id, view: link.drug ? "drugs" : "glance", lang });
  if (link.drug) place.set("drug", link.drug);
  if (link.breakTheGlass) place.set("glass", "ask");
  window.location.replace(`/tab/?${place}`);
}

/** Opens the patient that the record system has open, or says why not. */
export async function launch() {
  const wanted = query.get("lang") ?? navigator.language.toLowerCase();
  let lang = /** @type {Lang} */ (wanted.startsWith("en") ? "en" : "sv");
  show(lang, h("div", { class: "waiting", role: "status" }, h("span", { class: "pulse", "aria-hidden": "true" }), h("span", {}, text(lang, "launching"))));
  try {
    await (query.has("state") ? comeBack((kept) => { lang = kept; }) : begin(lang, query.get("iss") ?? ""));
  } catch (fault) {
    showFault(lang, fault);
  }
}
