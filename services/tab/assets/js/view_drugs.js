// Drugs: find a drug and see what the results mean for it.

import { disclosure, foreign, h } from "./dom.js";
import { formatNumber } from "./format.js";
import { kAtcGroups, local, text } from "./texts.js";
import { lightBadge } from "./signs.js";
import * as model from "./model.js";
import { capital, drugBody } from "./parts.js";
import { failurePanel, waitingPanel } from "./panels.js";

/** @typedef {import("./app.js").Context} Context */
/** @typedef {import("./types.js").DrugAdvice} DrugAdvice */

/** @param {DrugAdvice} drug @param {string} show */
function isShown(drug, show) {
  if (show === "active") return drug.active;
  if (show === "attention") return drug.light === "red" || drug.light === "amber";
  return show === "unknown" ? drug.light === "grey" : true;
}

/** @param {Context} context @returns {DrugAdvice[]} */
function chosen(context) {
  const { typed, allDrugs, lang } = context;
  return (allDrugs?.drugs ?? []).filter((drug) => isShown(drug, typed.show) &&
    (typed.group === "" || drug.atc.some((code) => code.startsWith(typed.group))) && model.drugMatches(drug, typed.query))
    .sort((a, b) => local(a.names, lang).localeCompare(local(b.names, lang), lang));
}

/** @param {DrugAdvice} drug @param {Context} context the body is built when it is first opened */
function drugItem(drug, context) {
  const { lang } = context;
  return disclosure({ class: `drug drug-${drug.light}`, id: `drug-${drug.drug}`, open: context.state.drug === drug.drug }, [
    lightBadge(drug.light, lang),
    h("span", { class: "drug-name" }, capital(local(drug.names, lang)),
      drug.active ? h("span", { class: "chip chip-running" }, text(lang, "running")) : null),
    h("span", { class: "drug-headline" }, local(drug.headline, lang)),
    h("span", { class: "drug-atc quiet" }, foreign(drug.atc.join(", "))),
  ], () => drugBody(drug, context));
}

/** @param {string} title @param {DrugAdvice[]} drugs @param {Context} context */
function group(title, drugs, context) {
  if (drugs.length === 0) return null;
  return h("section", { class: "drug-group" }, h("h2", {}, title), drugs.map((drug) => drugItem(drug, context)));
}

/** @param {Context} context */
function list(context) {
  const { lang } = context;
  const found = chosen(context);
  const order = model.activeAdvice(context.allDrugs);
  const active = found.filter((drug) => drug.active).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return [
    h("p", { class: "count", role: "status" }, found.length === 1 ? text(lang, "drugCountOne")
      : text(lang, "drugCount", { count: formatNumber(found.length, lang) })),
    found.length === 0 ? h("p", { class: "notice" }, text(lang, "noDrugFound")) : null,
    group(text(lang, "activeGroup"), active, context),
    group(text(lang, "otherGroup"), found.filter((drug) => !drug.active), context),
  ];
}

/** @param {string} id @param {string} label @param {string} value @param {[string, string][]} options @param {(value: string) => void} change */
function choice(id, label, value, options, change) {
  const select = h("select", { id, change: () => change(select.value) },
    options.map(([code, words]) => h("option", { value: code, selected: code === value }, words)));
  return h("div", { class: "field" }, h("label", { for: id }, label), select);
}

/** @param {Context} context */
function filters(context, /** @type {() => void} */ changed) {
  const { lang, typed } = context;
  const query = h("input", { type: "search", id: "drug-query", value: typed.query, autocomplete: "off", spellcheck: "false",
    "aria-describedby": "drug-hint", input: () => { typed.query = query.value; changed(); } });
  const groups = Object.keys(kAtcGroups).filter((code) => context.allDrugs?.drugs.some((drug) => drug.atc.some((one) => one.startsWith(code))));
  return h("form", { class: "filters", role: "search", submit: (event) => event.preventDefault() },
    h("div", { class: "field field-wide" }, h("label", { for: "drug-query" }, text(lang, "drugSearch")), query,
      h("p", { class: "hint", id: "drug-hint" }, text(lang, "drugSearchHint"))),
    choice("drug-show", text(lang, "drugShow"), typed.show, [["all", text(lang, "showAll")], ["active", text(lang, "showActive")],
      ["attention", text(lang, "showAttention")], ["unknown", text(lang, "showUnknown")]],
    (value) => { typed.show = value; changed(); }),
    choice("drug-group", text(lang, "drugClass"), typed.group,
      [["", text(lang, "allClasses")], .../** @type {[string, string][]} */ (groups.map((code) => [code, kAtcGroups[code][lang]]))],
      (value) => { typed.group = value; changed(); }));
}

/** @param {Context} context */
export function drugsView(context) {
  const { lang } = context;
  if (context.loads.allDrugs.phase === "failed") {
    return [failurePanel(context, "allDrugs", text(lang, "failedDrugs"), text(lang, "failedDrugsMeaning"))];
  }
  if (!context.allDrugs) return [waitingPanel(context, "allDrugs", text(lang, "loadingDrugs"))];
  const results = h("div", { class: "drugs" });
  const fill = () => results.replaceChildren(...list(context).filter((node) => node !== null));
  fill();
  return [filters(context, fill), results];
}
