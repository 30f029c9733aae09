// The tab on the real program with the sample patients: what a clinician sees in every view, with the
// keyboard alone, how much it costs, and that the card's code says what the card shows.

import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import jsqr from "jsqr";
import { PNG } from "pngjs";
import { axeFindings, launch, newPage } from "./support/browser.mjs";
import { startProgram } from "./support/program.mjs";
import { sumTrace, traceOf } from "./support/work.mjs";
import { kTexts } from "../../services/tab/assets/js/texts.js";

const kPatients = ["anna", "bertil", "cecilia", "david", "elin", "folke", "gustav", "hanna", "ivar", "johan"];
const kHeadings = { glance: "viewGlance", drugs: "drugsTitle", history: "historyTitle", work: "workTitle", print: "printTitle", patient: "plainTitle" };
const kViews = Object.keys(kHeadings);
let program;
let browser;

before(async () => {
  program = await startProgram();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

async function withPage(body, options = {}) {
  const { page, faults, hosts, close } = await newPage(browser, options);
  try {
    await body(page);
    assert.deepEqual(faults, []);
    assert.deepEqual([...hosts].filter((host) => `http://${host}` !== program.address), []);
  } finally {
    await close();
  }
}

/** Until everything that the view asks for is there. */
async function settled(page, view, lang) {
  await page.locator("h1", { hasText: kTexts[lang][kHeadings[view]] }).waitFor({ state: "attached" });
  await page.locator(".waiting").first().waitFor({ state: "detached" });
  if (view === "print") await page.locator("#wallet-card").waitFor();
  if (view === "drugs") await page.locator(".drug").first().waitFor();
}

async function open(page, patient, view, lang = "sv") {
  await page.goto(`${program.address}/tab/?patient=${patient}&view=${view}&lang=${lang}`);
  await page.locator(".banner").waitFor();
  await settled(page, view, lang);
}

async function glanceText(page, patient, lang) {
  await open(page, patient, "glance", lang);
  return page.locator("main").textContent();
}

function includes(words, parts) {
  for (const part of parts) assert.ok(words.includes(part), `“${part}” is not in: ${words}`);
}

test("from the start page by personal number to the record", () => withPage(async (page) => {
  await page.goto(`${program.address}/`);
  await page.locator(".test-patients a").first().waitFor();
  assert.equal(await page.locator(".test-patients a").count(), kPatients.length);
  await page.fill("#search-number", "19610118-2803");
  await page.keyboard.press("Enter");
  await page.locator(".banner").waitFor();
  includes(await page.locator(".banner").textContent(), ["Anna Provström", "19610118-2803"]);
  await page.locator(".gene-row", { hasText: "DPYD" }).waitFor();
}));

test("a number with a wrong check digit is told apart from an unknown patient", () => withPage(async (page) => {
  await page.goto(`${program.address}/tab/?lang=en`);
  await page.fill("#search-number", "19610118-2804");
  await page.keyboard.press("Enter");
  await page.locator("#search-fault", { hasText: "check digit is wrong" }).waitFor();
  assert.equal(await page.inputValue("#search-number"), "19610118-2804");
}));

for (const [lang, colorScheme] of [["sv", "light"], ["en", "dark"]]) {
  test(`every view by the keyboard alone in ${lang}, ${colorScheme}: whole, in words, accessible`, () => withPage(async (page) => {
    await open(page, "folke", "glance", lang === "sv" ? "en" : "sv");
    // A view's reading starts at its heading, which comes right after the links to the views.
    const tabTo = async (id, key = "Shift+Tab") => {
      for (let presses = 0; presses < 12; ++presses) {
        if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
        await page.keyboard.press(key);
      }
      assert.fail(`the keyboard does not reach ${id}`);
    };
    await tabTo(`lang-${lang}`, "Tab");
    await page.keyboard.press("Enter");
    for (const view of kViews) {
      if (view !== "glance") {
        await tabTo(`view-${view}`, view === kViews[1] ? "Tab" : "Shift+Tab");
        await page.keyboard.press("Enter");
      }
      await settled(page, view, lang);
      assert.equal(await page.getAttribute("html", "lang"), lang);
      assert.equal(await page.locator(".failure").count(), 0, `${view}: ${await page.locator(".failure").allTextContents()}`);
      assert.deepEqual(await axeFindings(page), [], `${view} ${colorScheme}`);
    }
    await page.goto(`${program.address}/tab/?view=overall&lang=${lang}`);
    await page.locator(".waiting").first().waitFor({ state: "detached" });
    assert.equal(await page.locator(".failure").count(), 0);
    assert.deepEqual(await axeFindings(page), [], `overall ${colorScheme}`);
  }, { colorScheme }));
}

test("no view of any sample patient fails", () => withPage(async (page) => {
  for (const [place, patient] of kPatients.entries()) {
    const lang = place % 2 === 0 ? "sv" : "en";
    await open(page, patient, "glance", lang);
    for (const view of ["history", "work", "patient"]) {
      await page.click(`#view-${view}`);
      await settled(page, view, lang);
      assert.equal(await page.locator(".failure").count(), 0, `${patient} ${view}: ${await page.locator(".failure").allTextContents()}`);
    }
  }
}));

test("what matters for a running drug is said first", () => withPage(async (page) => {
  includes(await glanceText(page, "david", "sv"), ["Kritiskt", "Klopidogrel", "Undvik", "CYP2C19", "*2/*2", "Långsam metaboliserare"]);
  includes(await glanceText(page, "johan", "sv"), ["Kapecitabin", "Sänk dosen till 50 %", "DPYD", "Kom sent"]);
  includes(await glanceText(page, "bertil", "en"), ["As usual", "Capecitabine", "DPYD"]);
  includes(await glanceText(page, "folke", "en"), ["Now: Poor", "because of paroxetine", "Simvastatin", "SLCO1B1"]);
  assert.equal(await page.locator(".gene-row").count(), 20);
  includes(await glanceText(page, "gustav", "en"), ["Conflict", "Two results disagree", "safer"]);
  includes(await glanceText(page, "hanna", "en"), ["Corrected", "Withdrawn"]);
  includes(await glanceText(page, "cecilia", "en"), ["No genetic result", "not a normal gene"]);
  includes(await glanceText(page, "ivar", "sv"), ["HLA-B*57:01 finns"]);
  assert.match(await page.locator(".gene-row", { hasText: "HLA-B" }).locator(".phenotype").textContent(), /^HLA-B\*57:01 finns, /, "what was found first");
}));

test("a drug is found by its Swedish name, its English name and its ATC code", () => withPage(async (page) => {
  await open(page, "anna", "drugs", "sv");
  assert.ok(await page.locator(".drug").count() > 100);
  for (const words of ["kapecitabin", "capecitabine", "L01BC06"]) {
    await page.fill("#drug-query", words);
    await page.locator("#drug-capecitabine").waitFor();
  }
  await page.click("#drug-capecitabine summary");
  // The body is built when the browser tells that it was opened.
  await page.locator("#drug-capecitabine .drug-body").waitFor();
  includes(await page.locator("#drug-capecitabine").textContent(), ["Kritiskt", "Sänk dosen till 50 %", "CPIC", "DPWG"]);
}));

test("the history holds the corrected, the withdrawn, and the alert with what was done about it", () => withPage(async (page) => {
  await open(page, "hanna", "history", "en");
  includes(await page.locator("main").textContent(), ["withdrawn", "TPMT"]);
  await open(page, "johan", "history", "en");
  includes(await page.locator("main").textContent(), ["was started", "Alert given"]);
}));

test("an answer to a card stands in the history, the statistics and the report on repeats", () => withPage(async (page) => {
  const post = (path, body) => fetch(program.address + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const order = { resourceType: "ServiceRequest", id: "again", status: "draft", intent: "order", subject: { reference: "Patient/anna" },
    code: { coding: [{ system: "http://loinc.org", code: "45284-7" }], text: "DPYD-genotypning" } };
  const asked = await post("/cds-services/genflik-order-sign", { hook: "order-sign", hookInstance: "5e0ab5f6-8f0e-4e6e-9f0a-2f6c0a5d1c11",
    context: { userId: "Practitioner/1", patientId: "anna", draftOrders: { resourceType: "Bundle", type: "collection", entry: [{ resource: order }] } } });
  const { cards } = await asked.json();
  const card = cards.find((one) => /DPYD/.test(one.summary));
  assert.ok(card, JSON.stringify(cards));
  const answered = await post("/cds-services/genflik-order-sign/feedback", { feedback: [{ card: card.uuid, outcome: "overridden", outcomeTimestamp: "2026-03-01T12:00:00Z",
    overrideReason: { reason: { code: "result-doubted", system: "https://genflik.se/fhir/CodeSystem/override-reason" }, userComment: "Provet var förväxlat" } }] });
  assert.equal(answered.status, 200);
  await open(page, "anna", "history", "sv");
  includes(await page.locator("main").textContent(), [card.summary, "rådet följdes inte", "genotypsvaret ifrågasätts", "Provet var förväxlat"]);
  await page.goto(`${program.address}/tab/?view=overall&lang=sv`);
  await page.locator("#repeats").waitFor();
  await page.locator("table", { hasText: "Beställd ändå" }).waitFor();
  assert.equal(await page.locator("table", { hasText: "Beställd ändå" }).locator("tbody tr").textContent(), "DPYD101");
  includes(await page.locator("main").textContent(), ["genotypsvaret ifrågasätts"]);
}));

test("an alert is told in the reader's language, beside the words that were read then", () => withPage(async (page) => {
  const asked = await fetch(`${program.address}/cds-services/genflik-order-sign`, { method: "POST", headers: { "Content-Type": "application/json", "Accept-Language": "sv" },
    body: JSON.stringify({ hook: "order-sign", hookInstance: "5e0ab5f6-8f0e-4e6e-9f0a-2f6c0a5d1c12", context: { userId: "Practitioner/1", patientId: "anna", draftOrders: { resourceType: "Bundle", type: "collection",
      entry: [{ resource: { resourceType: "MedicationRequest", id: "cape", status: "draft", intent: "order", subject: { reference: "Patient/anna" },
        medicationCodeableConcept: { coding: [{ system: "http://www.whocc.no/atc", code: "L01BC06" }], text: "kapecitabin" } } }] } } }) });
  const { cards } = await asked.json();
  const card = cards.find((one) => /apecitabin/.test(one.summary));
  assert.ok(card, JSON.stringify(cards));
  await open(page, "anna", "history", "en");
  const told = page.locator(".event-alert", { hasText: "Capecitabine: Lower the dose to 50%" });
  assert.equal(await told.locator("q[lang=sv]").textContent(), card.summary);
  await open(page, "anna", "history", "sv");
  assert.equal(await page.locator(".event-alert", { hasText: card.summary }).locator("q, [lang]").count(), 0);
  // An alert at a running order, which is no card.
  await open(page, "johan", "history", "en");
  includes(await page.locator("main").textContent(), ["Capecitabine was started"]);
  includes(await page.locator(".event-alert .event-title").first().textContent(), ["Capecitabine: Lower the dose to 50%"]);
  assert.equal(await page.locator(".event-alert q").first().getAttribute("lang"), "sv");
}));

/** Bytes on the wire as the browser counts them, headers and all. */
async function transferred(page, visit) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await visit();
  await page.waitForLoadState("networkidle");
  return bytes;
}

const kDrugs = [["N06AB10", "escitalopram"], ["N06AB06", "sertralin"], ["N06AA09", "amitriptylin"], ["R05DA04", "kodein"], ["N02AX02", "tramadol"], ["B01AC04", "klopidogrel"], ["B01AA03", "warfarin"],
  ["A02BC01", "omeprazol"], ["C07AB02", "metoprolol"], ["L04AX01", "azatioprin"], ["C10AA05", "atorvastatin"], ["N05AX08", "risperidon"], ["J02AC03", "vorikonazol"]];

test("the first view of 20 results and 15 drugs: under 150 kB transferred, and summed up", () => withPage(async (page) => {
  for (const [atc, name] of kDrugs) {
    const stored = await fetch(`${program.address}/fhir/MedicationRequest`, { method: "POST", headers: { "Content-Type": "application/fhir+json" }, body: JSON.stringify({ resourceType: "MedicationRequest",
      status: "active", intent: "order", subject: { reference: "Patient/folke" }, authoredOn: "2026-01-01", medicationCodeableConcept: { coding: [{ system: "http://www.whocc.no/atc", code: atc }], text: name } }) });
    assert.equal(stored.status, 201, await stored.text());
  }
  const bytes = await transferred(page, () => open(page, "folke", "glance"));
  console.log(`transferred: ${bytes} bytes`);
  assert.ok(bytes > 20000 && bytes < 150000, `${bytes} bytes`);
  assert.equal(await page.locator(".gene-row").count(), 20);
  assert.equal(await page.locator(".card, .rows .row").count(), 15);
  assert.equal((await page.locator(".now-summary").textContent()).match(/\d+/g).reduce((all, one) => all + Number(one), 0), 15);
  // The first picture leaves out what is screens away; those who listen have it all right after.
  await page.locator("#app:not(.drawing)").waitFor();
  const heard = await (await page.context().newCDPSession(page)).send("Accessibility.getFullAXTree");
  assert.ok(heard.nodes.some((node) => node.role?.value === "rowheader" && node.name?.value === "UGT1A1"));
  assert.equal(heard.nodes.filter((node) => node.role?.value === "columnheader").length, 7);
}));

test("the work of the first view in the browser is told", async () => {
  // Printed and not asserted: a test's machine is no user's, and other tests share it.
  for (let visit = 0; visit < 3; ++visit) {
    await withPage(async (page) => {
      const events = await traceOf(browser, page, async () => {
        const answered = page.waitForResponse(/active=true/);
        await page.goto(`${program.address}/tab/?patient=folke&view=glance&lang=sv`, { waitUntil: "commit" });
        await answered;
        await page.locator("#app:not(.drawing) .card").first().waitFor();
      });
      for (const [until, work] of [["until the first picture", sumTrace(events, "first-picture")], ["until all is drawn", sumTrace(events)]]) {
        assert.ok(work.task > 0 && work.layout > 0, JSON.stringify(work));
        const shown = work.script + work.style + work.layout + work.paint;
        console.log(`browser work ${until}, processor time of the page's thread: ${shown.toFixed(0)} ms, of it ${Object.entries(work).map(([name, time]) => `${name} ${time.toFixed(0)} ms`).join(", ")}`);
      }
    });
  }
});

/** What a phone reads from the card on the page. */
async function readCode(page) {
  const shot = PNG.sync.read(await page.locator("#wallet-card").screenshot());
  return jsqr(new Uint8ClampedArray(shot.data), shot.width, shot.height, { inversionAttempts: "dontInvert" })?.data ?? "";
}

test("the card's code decodes, offline, to what the card shows", () => withPage(async (page) => {
  for (const [patient, lang] of [["anna", "sv"], ["gustav", "sv"], ["folke", "en"], ["cecilia", "sv"]]) {
    await open(page, patient, "print", lang);
    const code = await readCode(page);
    const card = decodeURIComponent((await page.locator("#wallet-card").getAttribute("src")).replace(/^[^,]*,/, ""));
    const shown = [...card.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words]) => words.replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
    assert.ok(shown.length >= 4);
    // The first line is the title, the last two are about the card itself.
    for (const words of shown.slice(1, -2)) {
      const plain = words.replace(/, \d{4}(-\d\d){0,2}$/, "");
      if (!/^\+ \d+ |…$/.test(words)) assert.ok(code.includes(plain), `${patient}: “${words}” is not in “${code}”`);
    }
    assert.ok(code.endsWith(`${program.address}/tab/?patient=${patient}`), code);
    assert.ok(code.includes(lang === "sv" ? "inte normal" : "not normal"));
    const record = await (await fetch(`${program.address}/record/${patient}`)).json();
    for (const gene of record.genes) assert.ok(code.includes(`${gene.gene} `), `${patient}: ${gene.gene}`);
    for (const gene of record.genes.filter((one) => one.actionable)) {
      for (const one of gene.interpretations) assert.ok(code.includes(one.phenotypeText[lang] || one.phenotype), `${patient}: ${gene.gene} ${one.phenotype}`);
    }
    const more = shown.find((words) => words.startsWith("+ "));
    if (more) assert.equal(more, `+ ${record.genes.length - 6} ${lang === "sv" ? "till i koden" : "more in the code"}`);
  }
}, { deviceScaleFactor: 4 }));

test("the record with 20 genes prints on one page", () => withPage(async (page) => {
  await open(page, "folke", "print", "sv");
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal((pdf.match(/\/Type\s*\/Page\b/g) ?? []).length, 1);
}));

test("the patient's page speaks of no metaboliser, no allele and no percentage", () => withPage(async (page) => {
  for (const [patient, lang] of [["folke", "sv"], ["folke", "en"], ["ivar", "en"], ["johan", "sv"], ["gustav", "sv"]]) {
    await open(page, patient, "patient", lang);
    const words = await page.locator("main").textContent();
    assert.doesNotMatch(words, /metaboli|allel|diplotyp|fenotyp|phenotyp|haplotyp|genotyp|acetyl|aktivitet|activity|rs\d|\*\d|%/i, `${patient} ${lang}`);
  }
  await open(page, "folke", "patient", "en");
  const of = (gene) => page.locator(".plain-genes > li", { hasText: gene }).textContent();
  includes(await of("CYP3A5"), ["as in many people"]);
  includes(await of("CYP4F2"), ["changes how some medicines work"]);
}));

test("a conflict: in the list of all patients, decided by name and reason, and gone from both", () => withPage(async (page) => {
  await page.goto(`${program.address}/tab/?view=overall&lang=sv`);
  const listed = page.locator(".work-item", { has: page.getByRole("link", { name: "Patient/gustav" }) });
  includes(await listed.textContent(), ["CYP2C19", "*2/*2", "*1/*1", "Klinisk genetik Nord"]);
  await page.getByRole("link", { name: "Patient/gustav" }).click();
  await settled(page, "work", "sv");
  await page.locator("[name=keep-conflict-CYP2C19]").nth(1).check();
  await page.fill("#by-conflict-CYP2C19", "Eva Ek");
  await page.click("#resolve-conflict-CYP2C19");
  assert.equal(await page.locator("#by-conflict-CYP2C19").inputValue(), "Eva Ek", "without a reason nothing is sent");
  await page.fill("#reason-conflict-CYP2C19", "Provet från Syd var förväxlat");
  const asked = page.waitForResponse(/conflicts\/CYP2C19\/resolve/);
  await page.click("#resolve-conflict-CYP2C19");
  assert.equal((await asked).status(), 200);
  await page.locator("#conflicts").waitFor({ state: "detached" });
  assert.equal(await page.locator(".failure").count(), 0);
  await page.click("#view-history");
  await page.locator(".event", { hasText: "Provet från Syd var förväxlat (Eva Ek" }).waitFor();
  includes(await page.locator("main").textContent(), [kTexts.sv.roleSetAside]);
  await page.click("#view-glance");
  await settled(page, "glance", "sv");
  assert.equal(await page.locator(".gene-conflict").count(), 0);
  await page.goto(`${program.address}/tab/?view=overall&lang=sv`);
  await page.locator("main", { hasText: kTexts.sv.conflictsNone }).waitFor();
}));

test("a late result waits in the list of all patients until somebody has seen it", () => withPage(async (page) => {
  await page.goto(`${program.address}/tab/?view=overall&lang=sv`);
  const item = page.locator(".work-item", { has: page.getByRole("link", { name: "Patient/johan" }) });
  includes(await item.textContent(), ["Kapecitabin", "DPYD", kTexts.sv.lateByResult]);
  await item.getByLabel(kTexts.sv.resolveBy).fill("Eva Ek");
  await item.getByLabel(kTexts.sv.lateReason).fill("Dosen är halverad");
  await item.getByRole("button", { name: kTexts.sv.lateButton }).click();
  await page.locator("main", { hasText: kTexts.sv.lateNone }).waitFor();
  await open(page, "johan", "history", "sv");
  includes(await page.locator("main").textContent(), ["Dosen är halverad"]);
}));

test("what could not be used waits in the queue until somebody closes it, by name and with a reason", () => withPage(async (page) => {
  const hgnc = (code, display) => ({ coding: [{ system: "http://www.genenames.org", code, display }] });
  const stored = await fetch(`${program.address}/fhir/Observation`, { method: "POST", headers: { "Content-Type": "application/fhir+json" }, body: JSON.stringify({ resourceType: "Observation", status: "final",
    meta: { profile: ["http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/genotype"] }, category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }],
    code: { coding: [{ system: "http://loinc.org", code: "84413-4" }] }, subject: { reference: "Patient/cecilia" }, effectiveDateTime: "2025-03-01", valueCodeableConcept: { text: "VKORC1 *2/*2" },
    component: [{ code: { coding: [{ system: "http://loinc.org", code: "48018-6" }] }, valueCodeableConcept: hgnc("HGNC:2621", "CYP2C19") }] }) });
  assert.equal(stored.status, 201, await stored.text());
  await open(page, "cecilia", "glance", "sv");
  await page.locator("#view-work .badge", { hasText: "1" }).waitFor();
  await page.click("#view-work");
  await settled(page, "work", "sv");
  const told = page.locator(".work-item", { hasText: "the gene studied is CYP2C19 but the value speaks of VKORC1" });
  assert.equal(await told.locator("[lang=en]").count(), 1);
  await page.goto(`${program.address}/tab/?view=overall&lang=en`);
  await told.getByLabel(kTexts.en.resolveBy).fill("Eva Ek");
  await told.getByLabel(kTexts.en.resolveReason).fill("The laboratory sends it again");
  await told.getByRole("button", { name: kTexts.en.resolveButton }).click();
  await told.waitFor({ state: "detached" });
  assert.equal(await page.locator(".failure").count(), 0);
  await open(page, "cecilia", "work", "en");
  assert.equal(await told.count(), 0);
  assert.equal(await page.locator("#view-work .badge").count(), 0);
}));
