// What a person ends, by name and with a reason: a conflict, or an entry of the queue of what could not
// be used. A refusal says why and keeps what was typed.

import { foreign, h } from "./dom.js";
import { text } from "./texts.js";
import { replayUnmapped, resolveConflict, resolveUnmapped } from "./api.js";
import { failureText } from "./panels.js";
import { formatDate } from "./format.js";
import * as model from "./model.js";

/** @typedef {import("./app.js").Context} Context */

/** @param {string} id @param {Context} context @returns {{by: string, reason: string, keep?: string}} what was typed */
function typedFor(id, context) {
  return context.typed.answers[id] ??= { by: "", reason: "" };
}

/** @param {"by"|"reason"} name @param {string} id @param {string} label @param {Context} context */
function field(name, id, label, context) {
  const answer = typedFor(id, context);
  const input = h("input", { id: `${name}-${id}`, type: "text", value: answer[name], required: true, autocomplete: name === "by" ? "name" : "off",
    input: () => { answer[name] = input.value; } });
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}

/** @param {string} id @param {import("./texts.js").TextKey} refused @param {Context} context why it did not go */
function refusal(id, refused, context) {
  const { error } = context.errand(id);
  if (!error) return null;
  return h("p", { class: "failure failure-line", role: "alert" }, error.kind === "conflict" ? text(context.lang, refused) : failureText(context, error), " ", foreign(error.detail));
}

/**
 * @param {{id: string, canReplay?: boolean, close?: (answer: {by: string, reason: string}) => Promise<unknown>, reason?: import("./texts.js").TextKey, button?: import("./texts.js").TextKey}} entry
 * `close` ends it with what was typed; an entry of the queue is resolved
 * @param {import("./dom.js").Child[]} about what came in, and why it could not be used
 * @param {Context} context
 */
export function resolveItem(entry, about, context) {
  const { lang } = context;
  const answer = typedFor(entry.id, context);
  const { busy } = context.errand(entry.id);
  const close = entry.close ?? ((typed) => resolveUnmapped(entry.id, typed));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (answer.by.trim() && answer.reason.trim()) context.run(entry.id, () => close(answer));
  };
  return h("li", { class: "work-item" }, about,
    h("form", { class: "resolve", submit }, field("by", entry.id, text(lang, "resolveBy"), context), field("reason", entry.id, text(lang, entry.reason ?? "resolveReason"), context),
      h("button", { type: "submit", class: "button", id: `resolve-${entry.id}`, disabled: busy }, text(lang, entry.button ?? "resolveButton")),
      entry.canReplay ? h("button", { type: "button", class: "button button-quiet", id: `replay-${entry.id}`, disabled: busy,
        click: () => context.run(entry.id, () => replayUnmapped(entry.id)) }, text(lang, "replayButton")) : null),
    refusal(entry.id, "replayRefused", context));
}

/** @param {import("./types.js").Result} side @param {string} id @param {Context} context one of the results that disagree, to choose */
function side(side, id, context) {
  const { lang } = context;
  const answer = typedFor(id, context);
  const input = h("input", { type: "radio", name: `keep-${id}`, id: `keep-${id}-${side.source}`, value: side.source, required: true, checked: answer.keep === side.source,
    change: () => { answer.keep = side.source; } });
  return h("p", { class: "side" }, input, h("label", { for: input.id }, foreign(model.findingOf(side), "diplotype"),
    h("span", { class: "quiet" }, ", ", foreign(side.laboratory || text(lang, "noLab")), ", ", foreign(side.method || text(lang, "noMethod")),
      side.effective ? `, ${formatDate(side.effective, lang)}` : "", ", ", foreign(side.source))));
}

/** @param {import("./types.js").GeneRecord} gene @param {import("./dom.js").Child[]} about @param {Context} context */
export function conflictForm(gene, about, context) {
  const { lang, state } = context;
  const id = `conflict-${gene.gene}`;
  const answer = typedFor(id, context);
  const sources = new Set(gene.conflict?.sources ?? []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const { by, reason, keep = "" } = answer;
    if (by.trim() && reason.trim() && keep) context.run(id, () => resolveConflict(state.patient, gene.gene, { keep, by, reason }));
  };
  return h("li", { class: "work-item" }, about,
    h("form", { submit },
      h("fieldset", { class: "sides" }, h("legend", {}, text(lang, "conflictWhich"), h("span", { class: "unseen" }, ` ${gene.gene}`)),
        gene.results.filter((one) => sources.has(one.source)).map((one) => side(one, id, context))),
      h("div", { class: "resolve" }, field("by", id, text(lang, "resolveBy"), context), field("reason", id, text(lang, "conflictReason"), context),
        h("button", { type: "submit", class: "button", id: `resolve-${id}`, disabled: context.errand(id).busy }, text(lang, "conflictButton")))),
    refusal(id, "conflictRefused", context));
}
