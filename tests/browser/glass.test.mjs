// What a patient has blocked: the tab says that it is not all, and lets who treats the patient open it in an emergency, with a reason
// that stands in the audit log. On the real program, with an access file.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { axeFindings, launch, newPage } from "./support/browser.mjs";
import { makeIssuer } from "./support/issuer.mjs";
import { startProgram } from "./support/program.mjs";
import { kTexts } from "../../services/tab/assets/js/texts.js";

const kReason = "Medvetslös, före cellgift (kapecitabin)";
let folder;
let issuer;
let program;
let browser;

const call = (path, claims, options = {}) => fetch(program.address + path, { ...options, headers: { Authorization: `Bearer ${issuer.token(claims)}`, "Content-Type": "application/fhir+json" } });
const kAdministrator = { sub: "admin", scope: "system/*.cruds", roles: ["lakare", "admin"] };

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "genflik-glass-"));
  issuer = await makeIssuer(folder);
  program = await startProgram({ access: issuer.access });
  const coded = (system, code) => ({ coding: [{ system, code }] });
  const block = await call("/fhir/Consent", kAdministrator, { method: "POST", body: JSON.stringify({ resourceType: "Consent", status: "active",
    scope: coded("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"), category: [coded("http://loinc.org", "59284-0")],
    patient: { reference: "Patient/anna" }, policy: [{ uri: "https://gene.example.org/policy" }], provision: { type: "deny" } }) });
  assert.equal(block.status, 201, await block.text());
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await program?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A page of somebody with these roles, on the patient Anna. */
async function withPage(body, { roles = ["lakare"], lang = "sv", query = "&view=glance", ...options } = {}) {
  const { page, faults, close } = await newPage(browser, options);
  try {
    const session = { token: issuer.token({ sub: "eva", scope: "user/*.cruds", roles }), expires: Date.now() + 3000000, patient: "anna", csrf: "" };
    await page.addInitScript((kept) => sessionStorage.setItem("genflik.session", kept), JSON.stringify(session));
    await page.goto(`${program.address}/tab/?patient=anna&lang=${lang}${query}`);
    await page.locator(".banner").waitFor();
    await page.locator(".waiting").first().waitFor({ state: "detached" });
    await body(page);
    assert.deepEqual(faults, []);
  } finally {
    await close();
  }
}

const rows = (page) => page.locator(".gene-row").count();

for (const [lang, colorScheme, width] of [["sv", "light", 1280], ["en", "dark", 360]]) {
  test(`the block is told, asked about and opened by the keyboard alone, in ${lang}, ${colorScheme}, ${width} wide`, () => withPage(async (page) => {
    const words = kTexts[lang];
    assert.ok((await page.locator("#glass").textContent()).includes(words.blockedMeaning));
    assert.equal(await rows(page), 0);
    // That nothing has come in would be a lie.
    assert.ok(!(await page.locator("main").textContent()).includes(words.noResults));
    assert.ok((await page.locator("main").textContent()).includes(words.blockedNone));
    assert.deepEqual(await axeFindings(page), []);
    const focused = () => page.evaluate(() => document.activeElement?.id);
    for (let presses = 0; presses < 12 && await focused() !== "glass-ask"; ++presses) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "glass-reason");
    // Without a reason nothing is asked of the server.
    let asked = 0;
    page.on("request", () => { ++asked; });
    await page.keyboard.type("ja  !");
    await page.keyboard.press("Enter");
    await page.locator("#glass-fault", { hasText: words.glassReasonMissing }).waitFor();
    assert.equal(asked, 0);
    assert.equal(await focused(), "glass-reason");
    assert.deepEqual(await axeFindings(page), []);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(kReason);
    await page.keyboard.press("Enter");
    await page.locator("#glass", { hasText: words.glassOpened }).waitFor();
    await page.locator(".gene-row", { hasText: "DPYD" }).waitFor();
    assert.ok((await page.locator("#glass").textContent()).includes(kReason));
    assert.deepEqual(await axeFindings(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    // Every view of this patient is open then, until it is closed.
    for (const view of ["drugs", "history", "print"]) {
      await page.click(`#view-${view}`);
      await page.locator(".waiting").first().waitFor({ state: "detached" });
      assert.equal(await page.locator(".failure").count(), 0, view);
      assert.equal(await page.locator("#glass .button").getAttribute("id"), "glass-close", view);
    }
    assert.ok((await page.locator("#wallet-card").getAttribute("src")).includes("DPYD"));
    await page.click("#glass-close");
    await page.locator("#glass-ask").waitFor();
    assert.ok((await page.locator(".sheet").textContent()).includes(words.blockedPaper));
    assert.ok(!(await page.locator("main").textContent()).includes("DPYD"));
    const log = await (await call("/fhir/AuditEvent?_security=BTG&patient=anna&_count=50", kAdministrator)).text();
    assert.ok(log.includes(kReason), log);
  }, { lang, colorScheme, viewport: { width, height: 900 } }));
}

test("who may not break the glass is told so, and keeps what was typed", () => withPage(async (page) => {
  await page.click("#glass-ask");
  await page.fill("#glass-reason", kReason);
  await page.click("#glass-open");
  await page.locator("#glass-fault", { hasText: kTexts.sv.whyForbidden }).waitFor();
  assert.equal(await page.inputValue("#glass-reason"), kReason);
  await page.click("#lang-en");
  assert.equal(await page.inputValue("#glass-reason"), kReason);
  assert.equal(await rows(page), 0);
}, { roles: ["admin"] }));

test("a card that speaks of a block leads to the question; another patient and a reload close it again", () => withPage(async (page) => {
  await page.fill("#glass-reason", kReason);
  await page.click("#glass-open");
  await page.locator("#glass-close").waitFor();
  await page.evaluate(() => {
    history.pushState(null, "", "/tab/?patient=bertil&view=glance&lang=sv");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await page.locator(".banner", { hasText: "Bertil" }).waitFor();
  assert.equal(await page.locator("#glass").count(), 0);
  await page.goBack();
  await page.locator("#glass-ask").waitFor();
  assert.equal(await rows(page), 0);
}, { query: "&view=glance&glass=ask" }));

test("the patient's own page and the paper say that something is left out", () => withPage(async (page) => {
  assert.ok((await page.locator(".banner").textContent()).includes(kTexts.sv.blockedPaper));
  assert.equal(await page.locator("#glass").count(), 0);
}, { query: "&view=patient" }));
