// The words of both languages, and what the tab works out, without a browser.

import assert from "node:assert/strict";
import test from "node:test";
import { kTexts, languageOf, local, populationText, presenceText, text } from "../../services/tab/assets/js/texts.js";
import { ageOf, formatDate, formatIdentifier, formatScore, patientKey } from "../../services/tab/assets/js/format.js";
import * as model from "../../services/tab/assets/js/model.js";
import { drug, everything, gene, order, reading, record, result } from "./support/records.mjs";

test("both languages have the same texts with the same places in them", () => {
  const places = (words) => [...words.matchAll(/\{\w+\}/g)].map(([place]) => place).sort().join();
  assert.deepEqual(Object.keys(kTexts.sv), Object.keys(kTexts.en));
  assert.ok(Object.keys(kTexts.en).length > 150);
  for (const key of Object.keys(kTexts.en)) {
    assert.notEqual(kTexts.sv[key], "", key);
    assert.equal(places(kTexts.sv[key]), places(kTexts.en[key]), key);
  }
});

test("a text of the other language stands in rather than nothing", () => {
  assert.equal(local({ en: "Avoid", sv: "" }, "sv"), "Avoid");
  assert.equal(local(undefined, "sv"), "");
  assert.equal(text("sv", "since", { date: "1 mars" }), "sedan 1 mars");
  assert.equal(populationText("NVI", "sv"), "stroke eller TIA");
  assert.equal(populationText("unheard of", "sv"), "unheard of");
  assert.equal(presenceText("HLA-B", "*57:01 positive", "sv"), "HLA-B*57:01 finns");
});

test("the language of an alert is told by its words, and not guessed without any", () => {
  for (const words of ["Kapecitabin: DPYD intermediär metaboliserare – börja med 50 % av normal dos", "Tramadol: CYP2D6 långsam metaboliserare – undvik", "DPYD är redan genotypad", "Testa HLA-A före start"]) {
    assert.equal(languageOf(words), "sv", words);
  }
  for (const words of ["Capecitabine: DPYD intermediate metabolizer – start with 50% of the normal dose", "Tramadol: CYP2D6 poor metabolizer – avoid", "DPYD is already genotyped", "Test HLA-A before the start"]) {
    assert.equal(languageOf(words), "en", words);
  }
  for (const words of ["", "CYP2D6 *4/*4"]) assert.equal(languageOf(words), "", words);
});

test("a score keeps its digits and gets the reader's decimal sign", () => {
  assert.deepEqual(["1.50", "≥3.0", "n/a", "0.25/0.5"].map((score) => formatScore(score, "sv")), ["1,50", "≥3,0", "n/a", "0,25/0,5"]);
  assert.equal(formatScore("1.50", "en"), "1.50");
});

test("dates keep the precision they were given in", () => {
  assert.equal(formatDate("2025-03-01", "sv"), "1 mars 2025");
  assert.equal(formatDate("2025-03-01T23:30:00+01:00", "en"), "1 Mar 2025");
  assert.equal(formatDate("2025-03", "sv"), "mars 2025");
  assert.equal(formatDate("2025", "en"), "2025");
  assert.equal(formatDate("", "en"), "");
  assert.equal(formatDate("<script>", "en"), "");
});

test("an age is told only when the day of birth is known", () => {
  const now = new Date(2026, 0, 17);
  assert.equal(ageOf("1961-01-18", now), 64);
  assert.equal(ageOf("1961-01-17", now), 65);
  assert.equal(ageOf("1961", now), null);
  assert.equal(ageOf("2027-01-01", now), null);
});

test("identifiers are written and asked for in their forms", () => {
  const system = "http://electronichealth.se/identifier/personnummer";
  assert.equal(formatIdentifier({ system, value: "196101182803" }), "19610118-2803");
  assert.equal(formatIdentifier({ system: "x", value: "196101182803" }), "196101182803");
  assert.equal(patientKey(" 19610118-2803 ", "swedish"), `${system}|19610118-2803`);
  assert.equal(patientKey("anna", "id"), "anna");
  assert.equal(patientKey("17", "urn:oid:1.2.3"), "urn:oid:1.2.3|17");
});

test("only a phenotype with a place on the scale gets one", () => {
  const levels = ["Poor Metabolizer", "Likely Intermediate Metabolizer", "Normal Function", "Rapid Metabolizer", "Ultrarapid Metabolizer"];
  assert.deepEqual(levels.map(model.levelOf), [0, 1, 2, 3, 4]);
  for (const other of ["Indeterminate", "", "n/a", "-1639 AA", "Malignant Hyperthermia Susceptibility", "increased risk of aminoglycoside-induced hearing loss"]) {
    assert.equal(model.levelOf(other), null, other);
  }
  assert.equal(model.presenceOf(["*57:01 positive", "*58:01 negative"]), true);
  assert.equal(model.presenceOf(["*58:01 negative"]), false);
  assert.equal(model.presenceOf([]), null);
});

test("running drugs come in order of urgency, the unknown before the usual", () => {
  assert.deepEqual(model.activeAdvice(everything.drugs).map((one) => one.light), ["red", "amber", "grey", "green"]);
});

test("a running drug without knowledge is named, not passed over", () => {
  assert.deepEqual(model.uncheckedOrders(everything.record, everything.drugs).map((one) => one.name), ["naturmedel X"]);
  const other = record("x", { activeDrugs: [order("kodein", "R05DA04")] });
  assert.equal(model.uncheckedOrders(other, { patient: "", knowledge: "", drugs: [] }).length, 1);
});

test("drugs are found by either language's name, brand and start of the ATC code, without accents", () => {
  const one = drug("clopidogrel", "klopidogrel", "B01AC04", "red", { en: "", sv: "" }, { brands: ["Plavix"], synonyms: ["Kloxé"] });
  for (const words of ["Klopi", "clopi", "plavix", "b01ac", "kloxe", " "]) assert.ok(model.drugMatches(one, words), words);
  for (const words of ["01AC", "warfarin"]) assert.ok(!model.drugMatches(one, words), words);
});

test("what waits for a person is counted", () => {
  assert.equal(model.workCount(everything.record, everything.drugs), 5);
  const calm = record("x", { genes: [gene("TPMT", [reading("*1/*1", "Normal Metabolizer", "")], [result()])] });
  assert.equal(model.workCount(calm, null), 0);
});
