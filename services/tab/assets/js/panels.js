// What stands where data is waited for or did not come.

import { h } from "./dom.js";
import { Failure } from "./api.js";
import { text } from "./texts.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./app.js").Part} Part */

/** @param {import("./api.js").Failure|null} failure @returns {import("./texts.js").TextKey} */
function whyKey(failure) {
  const keys = /** @type {Record<string, import("./texts.js").TextKey>} */ ({
    "unreachable": "whyUnreachable", "timeout": "whyTimeout", "refused": "whyRefused", "not-found": "whyNotFound",
    "conflict": "whyConflict", "forbidden": "whyForbidden", "server": "whyServer", "unreadable": "whyUnreadable",
  });
  return keys[failure?.kind ?? "unreadable"];
}

/** @param {Context} context @param {Part} part @returns {string} */
export function whyText(context, part) {
  const { error } = context.loads[part];
  // Only some parts are of one patient; of the others, an address that is not there is Genflik's fault.
  const ofPatient = ["record", "drugs", "allDrugs", "timeline", "card"].includes(part);
  return failureText(context, error?.kind === "not-found" && !ofPatient ? new Failure("server", error.status, error.detail) : error);
}

/** @param {Context} context @param {import("./api.js").Failure|null} failure @returns {string} */
export function failureText(context, failure) {
  const words = text(context.lang, whyKey(failure));
  return failure && failure.status > 0 && failure.kind !== "not-found" && failure.kind !== "unreadable"
    ? `${words} (${text(context.lang, "statusCode", { status: failure.status })})` : words;
}

/** @param {Context} context @param {Part} part @param {string} title @param {string} [meaning] */
export function failurePanel(context, part, title, meaning = "") {
  return h("div", { class: "failure", role: "alert" },
    h("p", { class: "failure-title" }, title),
    h("p", {}, whyText(context, part)),
    meaning ? h("p", {}, meaning) : null,
    h("p", {}, h("button", { type: "button", class: "button", id: `retry-${part}`, click: () => context.retry(part) },
      text(context.lang, "retry"))));
}

/** @param {Context} context @param {Part} part @param {string} words */
export function waitingPanel(context, part, words) {
  const slow = context.loads[part].phase === "slow";
  return h("div", { class: "waiting", role: "status" }, h("span", { class: "pulse", "aria-hidden": "true" }),
    h("span", {}, slow ? text(context.lang, "slow") : words));
}
