// What is said of blocked results, and the way to open them in an emergency.

import { foreign, h } from "./dom.js";
import { fetchRecord } from "./api.js";
import { breakGlass, closeGlass, glassReason, isReason } from "./glass.js";
import { failureText } from "./panels.js";
import { text } from "./texts.js";

/** @typedef {import("./app.js").Context} Context */

const kErrand = "glass";

/** @param {Context} context whether something of the patient is kept from the reader */
export function isBlocked(context) {
  return context.record?.blocked === true || context.drugs?.blocked === true || context.allDrugs?.blocked === true;
}

/**
 * What is said where there is nothing to show: not that there is nothing, when something is blocked.
 * @param {Context} context
 * @param {import("./texts.js").TextKey} key
 */
export function noneText(context, key) {
  return text(context.lang, isBlocked(context) ? "blockedNone" : key);
}

/** @param {Context} context one line, where nothing can be opened: on paper and for the patient */
export function blockedLine(context) {
  return isBlocked(context) ? h("p", { class: "notice" }, text(context.lang, "blockedPaper")) : null;
}

/** @param {Context} context opens what is blocked, when the server lets this person do so */
function open(context) {
  const { typed, state } = context;
  const reason = typed.glass.trim();
  typed.glassMissing = !isReason(reason);
  if (typed.glassMissing) {
    context.render();
    document.getElementById("glass-reason")?.focus();
    return;
  }
  context.run(kErrand, async () => {
    await breakGlass(state.patient, reason, () => fetchRecord(state.patient));
    typed.glass = "";
    typed.glassAsked = false;
  });
}

/** @param {Context} context */
function form(context) {
  const { lang, typed } = context;
  const { busy, error } = context.errand(kErrand);
  const fault = typed.glassMissing ? text(lang, "glassReasonMissing") : error ? failureText(context, error) : "";
  return h("form", { class: "glass-form", novalidate: true, submit: (event) => {
    event.preventDefault();
    if (!busy) open(context);
  } },
  h("p", { class: "how", id: "glass-how" }, text(lang, "glassHow")),
  h("div", { class: "field" }, h("label", { for: "glass-reason" }, text(lang, "glassReason")),
    h("input", { id: "glass-reason", type: "text", required: true, autocomplete: "off", maxlength: 250, value: typed.glass,
      "aria-invalid": typed.glassMissing ? "true" : null, "aria-describedby": fault ? "glass-fault glass-how" : "glass-how",
      input: (event) => { typed.glass = /** @type {HTMLInputElement} */ (event.target).value; } })),
  h("div", { class: "glass-buttons" },
    h("button", { type: "submit", class: "button", id: "glass-open", disabled: busy }, text(lang, busy ? "glassOpening" : "glassOpen")),
    h("button", { type: "button", class: "button button-quiet", id: "glass-cancel", click: () => {
      typed.glassAsked = false;
      typed.glassMissing = false;
      context.render();
      document.getElementById("glass-ask")?.focus();
    } }, text(lang, "glassCancel"))),
  fault ? h("p", { class: "failure failure-line", role: "alert", id: "glass-fault" }, fault) : null);
}

/** @param {Context} context what stands under the patient's name: that not all is shown, or that it was opened */
export function glassNotice(context) {
  const { lang, state, typed } = context;
  const reason = glassReason(state.patient);
  if (reason) {
    return h("section", { class: "glass glass-broken", id: "glass", "aria-label": text(lang, "glassRegion") },
      h("p", {}, h("strong", {}, text(lang, "glassOpened")), " ", text(lang, "glassReason"), ": ", foreign(reason)),
      h("button", { type: "button", class: "button button-quiet", id: "glass-close", click: () => context.run(kErrand, async () => closeGlass()) }, text(lang, "glassClose")));
  }
  if (!isBlocked(context)) return null;
  return h("section", { class: "glass", id: "glass", "aria-label": text(lang, "glassRegion") },
    h("p", {}, h("strong", {}, text(lang, "blockedTitle")), " ", text(lang, "blockedMeaning")),
    typed.glassAsked ? form(context) : h("button", { type: "button", class: "button", id: "glass-ask", click: () => {
      typed.glassAsked = true;
      context.render();
      document.getElementById("glass-reason")?.focus();
    } }, text(lang, "glassAsk")));
}
