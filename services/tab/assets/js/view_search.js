// Finding a patient by identifier.

import { foreign, h } from "./dom.js";
import { formatDate, patientKey } from "./format.js";
import { text } from "./texts.js";
import { whyText } from "./panels.js";

/** @typedef {import("./app.js").Context} Context */

/** @param {Context} context what stands under the form: nothing, waiting, or what went wrong */
function answer(context) {
  const { lang, typed } = context;
  const load = context.loads.record;
  if (typed.missing) return h("p", { class: "failure failure-line", role: "alert", id: "search-fault" }, text(lang, typed.missing));
  if (load.phase === "loading") return h("p", { role: "status" }, text(lang, "loading"));
  if (load.phase === "slow") return h("p", { role: "status" }, text(lang, "slow"));
  if (load.phase !== "failed") return null;
  const known = load.error?.kind === "not-found" ? "patientNotFound" : load.error?.status === 422 ? "searchImpossible" : "";
  const words = known ? text(lang, known) : whyText(context, "record");
  return h("p", { class: "failure failure-line", role: "alert", id: "search-fault" }, words);
}

/** @param {Context} context */
function testPatients(context) {
  const { lang } = context;
  const patients = context.loads.testPatients.value ?? [];
  if (patients.length === 0) return null;
  return h("section", { class: "test-patients" }, h("h2", {}, text(lang, "testPatients")),
    h("ul", {}, patients.map((one) => h("li", {}, context.link({ patient: one.id, view: "glance" }, foreign(one.name || one.id)),
      one.birthDate ? h("span", { class: "quiet" }, ` ${formatDate(one.birthDate, lang)}`) : null))));
}

/** @param {Context} context */
export function searchView(context) {
  const { lang, typed } = context;
  const number = h("input", { id: "search-number", type: "text", value: typed.number, autocomplete: "off", spellcheck: "false",
    autocapitalize: "none", "aria-describedby": "search-hint", "aria-invalid": typed.missing === "searchEmpty" ? "true" : null,
    input: () => { typed.number = number.value; } });
  const system = h("select", { id: "search-system", change: () => { typed.system = system.value; context.render(); } },
    [["swedish", text(lang, "systemSwedish")], ["id", text(lang, "systemId")], ["other", text(lang, "systemOther")]]
      .map(([code, words]) => h("option", { value: code, selected: code === typed.system }, words)));
  const uri = h("input", { id: "search-uri", type: "text", value: typed.uri, autocomplete: "off", spellcheck: "false", input: () => { typed.uri = uri.value; } });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const ready = typed.number.trim() === "" ? "searchEmpty" : typed.system === "other" && typed.uri.trim() === "" ? "searchUriEmpty" : "";
    context.search(ready === "" ? patientKey(typed.number, typed.system === "other" ? typed.uri : typed.system) : "", ready);
  };
  return [
    h("p", { class: "lead" }, text(lang, "searchLead")),
    h("form", { class: "search-form", submit, novalidate: true },
      h("div", { class: "field" }, h("label", { for: "search-system" }, text(lang, "searchSystem")), system),
      typed.system === "other" ? h("div", { class: "field" }, h("label", { for: "search-uri" }, text(lang, "searchUri")), uri) : null,
      h("div", { class: "field" }, h("label", { for: "search-number" }, text(lang, "searchNumber")), number,
        typed.system === "swedish" ? h("p", { class: "hint", id: "search-hint" }, text(lang, "searchHint")) : h("p", { class: "hint", id: "search-hint" })),
      h("button", { type: "submit", class: "button", id: "search-submit" }, text(lang, "searchButton")),
      answer(context)),
    testPatients(context),
    h("p", {}, context.link({ patient: "", view: "overall" }, text(lang, "overallLink"))),
  ];
}
