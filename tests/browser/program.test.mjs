// The tab on the real program with the sample patients: what a clinician sees, and that the card's
// code says what the card shows.

import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import jsqr from "jsqr";
import { PNG } from "pngjs";
import { axeFindings, launch, newPage } from "./support/browser.mjs";
import { startProgram } from "./support/program.mjs";

const kPatients = ["anna", "bertil", "cecilia", "david", "elin", "folke", "gustav", "hanna", "ivar", "johan"];
const kViews = ["glance", "drugs", "history", "work", "print", "patient"];
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

async function open(page, patient, view, lang = "sv") {
  await page.goto(`${program.address}/tab/?patient=${patient}&view=${view}&lang=${lang}`);
  await page.locator(".banner").waitFor();
  await page.locator(".waiting").first().waitFor({ state: "detached" });
  await page.waitForLoadState("networkidle");
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

test("every view of every sample patient is whole and accessible", async () => {
  for (const [place, patient] of kPatients.entries()) {
    const colorScheme = place % 2 === 0 ? "light" : "dark";
    await withPage(async (page) => {
      for (const view of kViews) {
        await open(page, patient, view, place % 3 === 0 ? "en" : "sv");
        assert.equal(await page.locator(".failure").count(), 0, `${patient} ${view}: ${await page.locator(".failure").allTextContents()}`);
        assert.deepEqual(await axeFindings(page), [], `${patient} ${view} ${colorScheme}`);
      }
    }, { colorScheme });
  }
});

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
}));

test("a drug is found by its Swedish name, its English name and its ATC code", () => withPage(async (page) => {
  await open(page, "anna", "drugs", "sv");
  assert.ok(await page.locator(".drug").count() > 100);
  for (const words of ["kapecitabin", "capecitabine", "L01BC06"]) {
    await page.fill("#drug-query", words);
    await page.locator("#drug-capecitabine").waitFor();
  }
  await page.click("#drug-capecitabine summary");
  includes(await page.locator("#drug-capecitabine").textContent(), ["Kritiskt", "Sänk dosen till 50 %", "CPIC", "DPWG"]);
}));

test("the history holds the corrected, the withdrawn, and the alert that was given", () => withPage(async (page) => {
  await open(page, "hanna", "history", "en");
  includes(await page.locator("main").textContent(), ["withdrawn", "TPMT"]);
  await open(page, "johan", "history", "en");
  includes(await page.locator("main").textContent(), ["was started", "Alert given"]);
}));

test("the first view transfers under 150 kB, with twenty results", () => withPage(async (page) => {
  let bytes = 0;
  page.on("response", async (response) => { bytes += (await response.body().catch(() => "")).length; });
  await open(page, "folke", "glance");
  assert.ok(bytes > 20000 && bytes < 200000, `${bytes} bytes`);
}));

/** What a phone reads from the card on the page. */
async function readCode(page) {
  const shot = PNG.sync.read(await page.locator("#wallet-card").screenshot());
  return jsqr(new Uint8ClampedArray(shot.data), shot.width, shot.height)?.data ?? "";
}

test("the card's code decodes, offline, to what the card shows", async () => {
  for (const [patient, lang] of [["anna", "sv"], ["david", "en"], ["gustav", "sv"], ["folke", "en"], ["cecilia", "sv"], ["elin", "en"]]) {
    await withPage(async (page) => {
      await open(page, patient, "print", lang);
      await page.locator("#wallet-card").waitFor();
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
    }, { deviceScaleFactor: 4 });
  }
});
