// What clinicians answered to alerts, in words.

import { text } from "./texts.js";

/** @typedef {import("./types.js").Lang} Lang */
/** @typedef {import("./texts.js").TextKey} TextKey */

const kReasons = /** @type {Record<string, TextKey>} */ ({
  "monitoring-planned": "reasonMonitoring",
  "tolerated-before": "reasonTolerated",
  "dose-adjusted": "reasonAdjusted",
  "no-alternative": "reasonNoAlternative",
  "benefit-outweighs": "reasonBenefit",
  "result-doubted": "reasonDoubted",
  "patient-declined": "reasonDeclined",
  "test-ordered": "reasonTestOrdered",
  "tested-elsewhere": "reasonTestedElsewhere",
  "cannot-wait": "reasonCannotWait",
  "test-declined": "reasonTestDeclined",
  "covers-more": "reasonCoversMore",
  "new-sample": "reasonNewSample",
  "required-elsewhere": "reasonRequiredElsewhere",
});

/** @param {string} code of a reason; a record system's own is shown as it is @param {Lang} lang */
export function reasonText(code, lang) {
  return kReasons[code] ? text(lang, kReasons[code]) : code;
}

/** @param {import("./types.js").AlertAnswer} answer @param {Lang} lang */
export function answerText(answer, lang) {
  const outcomes = /** @type {Record<string, TextKey>} */ ({ accepted: "answerAccepted", overridden: "answerOverridden" });
  const outcome = outcomes[answer.outcome] ? text(lang, outcomes[answer.outcome]) : answer.outcome;
  return [outcome, reasonText(answer.reason, lang), answer.comment].filter(Boolean).join(", ");
}
