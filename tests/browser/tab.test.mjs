// Every view of the tab in a real browser, with invented answers: both languages, light and dark,
// keyboard alone, hostile texts, slow and failing servers.

import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { axeFindings, launch, newPage } from "./support/browser.mjs";
import { startFixtureServer } from "./support/server.mjs";
import { kTexts } from "../../services/tab/assets/js/texts.js";

const kViews = { glance: "viewGlance", drugs: "drugsTitle", history: "historyTitle", work: "workTitle", print: "printTitle", patient: "plainTitle" };
let server;
let browser;

before(async () => {
  server = await startFixtureServer();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** Runs `body` with a page of its own, which must end without a fault and have asked nobody else. */
async function withPage(body, options = {}) {
  const { page, faults, hosts, close } = await newPage(browser, options);
  server.faults.clear();
  server.posts.length = 0;
  try {
    await body(page);
    assert.deepEqual(faults, []);
    assert.deepEqual([...hosts].filter((host) => `http://${host}` !== server.address), []);
  } finally {
    await close();
  }
}

/** Opens everything that can be opened; bodies are built when the browser tells of it. */
async function openAll(page) {
  for (const more of await page.locator("summary").all()) await more.click();
  await page.locator("details[open]:not(:has(> :nth-child(2)))").first().waitFor({ state: "detached" });
}

async function open(page, patient, view, lang = "sv", more = "") {
  await page.goto(`${server.address}/tab/?patient=${patient}&view=${view}&lang=${lang}${more}`);
  await page.waitForSelector("main h1");
  await page.locator(".waiting").waitFor({ state: "detached" });
}

for (const lang of ["sv", "en"]) {
  for (const [view, key] of Object.entries(kViews)) {
    test(`${view} in ${lang}: heading, language, title, nothing inaccessible in light and dark`, async () => {
      for (const colorScheme of ["light", "dark"]) {
        await withPage(async (page) => {
          await open(page, "everything", view, lang, view === "drugs" ? "&drug=clopidogrel" : "");
          assert.equal(await page.locator("h1").textContent(), kTexts[lang][key]);
          assert.equal(await page.getAttribute("html", "lang"), lang);
          assert.match(await page.title(), /Genflik$/);
          assert.equal(await page.locator(".prototype").isVisible(), true);
          await openAll(page);
          assert.deepEqual(await axeFindings(page), []);
        }, { colorScheme });
      }
    });
  }
  test(`the search in ${lang}: nothing inaccessible in light and dark`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      await withPage(async (page) => {
        await page.goto(`${server.address}/tab/?lang=${lang}`);
        await page.click("#search-submit");
        assert.equal(await page.locator("#search-fault").textContent(), kTexts[lang].searchEmpty);
        assert.deepEqual(await axeFindings(page), []);
      }, { colorScheme });
    }
  });
}

test("across patients: the queue, how alerts were answered, what was ordered again; hostile words stay words", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await withPage(async (page) => {
      await page.goto(`${server.address}/tab/?lang=en`);
      await page.getByRole("link", { name: "Work for all patients" }).click();
      await page.locator("#by-q1").waitFor();
      assert.match(page.url(), /view=overall/);
      await openAll(page);
      const row = (name) => page.locator("tr", { hasText: name }).first().locator("td").allTextContents();
      // Shown six times: quiet ones were said before and nobody saw them again.
      assert.deepEqual(await row("clopidogrel"), ["6", "3", "1", "2"]);
      assert.deepEqual(await row("codeine"), ["2", "0", "2", "0"]);
      assert.equal(await page.locator("tr", { hasText: "warfarin" }).count(), 0, "an alert that nobody saw is not counted");
      assert.deepEqual(await page.locator("#repeats ~ .scroll tr", { hasText: "CYP2C19" }).locator("td").allTextContents(), ["3", "2", "1"]);
      assert.deepEqual(await row("close monitoring is planned"), ["2"]);
      assert.equal(await page.locator("#replay-q2").count(), 0, "only HL7 messages can be tried again");
      assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
      assert.equal(await page.locator("main script, main img").count(), 0);
      assert.deepEqual(await axeFindings(page), []);
      await page.fill("#by-q1", "Eva Ek");
      await page.fill("#reason-q1", "Okänd kod");
      await page.click("#resolve-q1");
      await page.locator("#by-q1").waitFor();
      assert.equal(server.posts.at(-1), '/unmapped/q1/resolve {"by":"Eva Ek","reason":"Okänd kod"}');
    }, { colorScheme });
  }
});

test("across patients: each part that cannot be read says so, and is tried again", () => withPage(async (page) => {
  for (const part of ["/unmapped", "/alerts/statistics", "/alerts/repeats"]) server.faults.set(part, (send) => send(500));
  await page.goto(`${server.address}/tab/?view=overall&lang=sv`);
  await page.locator("#retry-repeats").waitFor();
  assert.equal(await page.locator("[role=alert]").count(), 3);
  assert.equal(await page.getByText("Inget väntar i kön").count(), 0, "what was not read is not called empty");
  server.faults.clear();
  for (const part of ["queue", "statistics", "repeats"]) await page.click(`#retry-${part}`);
  await page.locator("#by-q1").waitFor();
  await page.locator("table").nth(3).waitFor();
}));

test("a conflict is decided by name and with a reason, and a refusal keeps what was chosen", () => withPage(async (page) => {
  await open(page, "everything", "work", "sv");
  const group = page.getByRole("group", { name: "Vilket svar gäller? CYP2C19" });
  await group.getByLabel("*1/*2").check();
  await page.fill("#by-conflict-CYP2C19", "Eva Ek");
  const before = server.posts.length;
  await page.click("#resolve-conflict-CYP2C19");
  assert.equal(server.posts.length, before, "a reason is needed");
  await page.fill("#reason-conflict-CYP2C19", "Provet från 2025 var förväxlat");
  server.faults.set("/CYP2C19/resolve", (send) => send(409));
  await page.click("#resolve-conflict-CYP2C19");
  await page.locator("[role=alert]", { hasText: "kunde inte avgöras" }).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.click("#lang-en");
  assert.equal(await page.getByRole("group", { name: "Which result counts? CYP2C19" }).getByLabel("*1/*2").isChecked(), true);
  assert.equal(await page.inputValue("#reason-conflict-CYP2C19"), "Provet från 2025 var förväxlat");
  server.faults.clear();
  await page.click("#resolve-conflict-CYP2C19");
  await page.locator("[role=alert]").waitFor({ state: "detached" });
  assert.equal(server.posts.at(-1), '/record/everything/conflicts/CYP2C19/resolve {"keep":"Observation/1","by":"Eva Ek","reason":"Provet från 2025 var förväxlat"}');
}));

test("history: what was done about an alert, and what newer knowledge reads otherwise", () => withPage(async (page) => {
  await open(page, "everything", "history", "sv");
  const words = await page.locator("main").textContent();
  for (const one of ["Varning gavs: Klopidogrel: undvik", "rådet följdes inte, tät uppföljning är planerad, Kardiologen vidtalad", "Inget svar på varningen",
    "CYP2D6 *4/*41 tolkas nu som: Intermediär metaboliserare (0.25)", "Tidigare: Normal metaboliserare (1.0)", "från 2018.1 till 2026.11.1", "åsidosatt efter beslut", "Åsidosatt: förväxlat prov"]) {
    assert.ok(words.includes(one), one);
  }
}));

test("the FHIR document is fetched when asked for; a failure says so", () => withPage(async (page) => {
  await open(page, "everything", "print", "sv");
  server.faults.set("/fhir-document", (send) => send(500));
  await page.click("#save-document");
  await page.locator("[role=alert]", { hasText: "Dokumentet kunde inte göras" }).waitFor();
  server.faults.set("/fhir-document", (send) => send(200, '{"resourceType":"Bundle"}'));
  const saved = page.waitForEvent("download");
  await page.click("#save-document");
  assert.equal((await saved).suggestedFilename(), "genflik-document.json");
}));

test("at a glance: the critical drug first, with what to do, the gene, and the other guideline", () => withPage(async (page) => {
  await open(page, "everything", "glance", "sv");
  const first = page.locator(".card").first();
  for (const words of ["Kritiskt", "Klopidogrel", "Undvik; använd prasugrel eller tikagrelor", "CYP2C19", "*2/*2", "Långsam metaboliserare", "DPWG 2023"]) {
    assert.ok((await first.textContent()).includes(words), words);
  }
  const page_text = await page.locator("main").textContent();
  for (const words of ["Nu: Långsam metaboliserare", "på grund av paroxetin", "Ordinerat: 2\u00a0000 mg per dygn. Rådet är högst 1,5 mg per dygn.", "naturmedel X", "Konflikt", "Rättat", "Preliminärt", "Kom sent", "Återkallat", "Testat 2 gånger",
    "HLA-B*57:01 finns", "Ett uteblivet fynd får då inte läsas som normalt", "*20 har ingen tilldelad funktion"]) {
    assert.ok(page_text.includes(words), words);
  }
  const banner = await page.locator(".banner").textContent();
  for (const words of ["Maja Exempel", "19610118-2803", "år", "kvinna", "Skyddade personuppgifter", "Stamcellstransplantation"]) assert.ok(banner.includes(words), words);
  assert.match(await page.locator(".gauge").first().getAttribute("aria-label"), /^Aktivitet: /);
}));

test("a patient without results: said in words, nowhere as normal", () => withPage(async (page) => {
  await open(page, "untested", "glance", "en");
  const words = await page.locator("main").textContent();
  assert.ok(words.includes("No genetic result"));
  assert.ok(words.includes("not a normal gene"));
  assert.ok(words.includes("No running drug is recorded here"));
  await open(page, "untested", "drugs", "en");
  assert.equal(await page.locator(".light-green").count(), 0);
}));

test("25 results with very long names at 320 and 360 pixels: nothing runs out of the page", async () => {
  for (const width of [320, 360, 1280]) {
    await withPage(async (page) => {
      for (const view of Object.keys(kViews)) {
        for (const patient of ["many", "everything"]) {
          await open(page, patient, view, "sv");
          const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.ok(beyond <= 0, `${view} of ${patient} at ${width} is ${beyond} too wide`);
        }
      }
      await open(page, "many", "glance", "sv");
      assert.equal(await page.locator(".gene-row").count(), 25);
    }, { viewport: { width, height: 800 } });
  }
});

test("hostile text stays text in every view, and turns no other text around", () => withPage(async (page) => {
  for (const lang of ["sv", "en"]) {
    for (const view of Object.keys(kViews)) {
      await open(page, "attack", view, lang, view === "drugs" ? "&drug=codeine" : "");
      await openAll(page);
      assert.equal(await page.evaluate(() => globalThis.hacked), undefined, view);
      assert.equal(await page.locator("main script, main img[onerror], main img[src='x']").count(), 0, view);
      assert.ok((await page.locator("body").textContent()).includes("<script>window.hacked=1</script>"), view);
      assert.equal(await page.locator("a[href^='javascript']").count(), 0, view);
      assert.equal(await page.evaluate(() => /[\u202A-\u202E\u2066-\u2069]/.test(document.body.textContent ?? "")), false, view);
      assert.equal(await page.evaluate(() => [...document.querySelectorAll("[title], [aria-label]")]
        .some((one) => /[\u202A-\u202E\u2066-\u2069]/.test(`${one.getAttribute("title")} ${one.getAttribute("aria-label")}`))), false, view);
    }
  }
}));

test("search: an identifier opens the record; a failure keeps what was typed", () => withPage(async (page) => {
  await page.goto(`${server.address}/tab/?lang=en`);
  await page.fill("#search-number", "19610118-0000");
  await page.click("#search-submit");
  await page.waitForSelector("#search-fault");
  assert.ok((await page.locator("#search-fault").textContent()).includes("does not mean that no genetic test was ever made"));
  assert.equal(await page.inputValue("#search-number"), "19610118-0000");
  await page.click("#lang-sv");
  assert.equal(await page.inputValue("#search-number"), "19610118-0000");
  server.faults.set("196101182803", (send) => send(503));
  await page.fill("#search-number", "196101182803");
  await page.keyboard.press("Enter");
  await page.locator("#search-fault", { hasText: "503" }).waitFor();
  assert.equal(await page.inputValue("#search-number"), "196101182803");
  server.faults.clear();
  await page.click("#search-submit");
  await page.waitForSelector(".banner");
  assert.match(page.url(), /patient=everything&view=glance&lang=sv$/);
  assert.ok(!page.url().includes("1961"), "no personal number in the address");
}));

test("a record that cannot be read: said so, and tried again", () => withPage(async (page) => {
  server.faults.set("/record/everything", (send) => send(500));
  await page.goto(`${server.address}/tab/?patient=everything&lang=en`);
  await page.waitForSelector("#retry-record");
  assert.ok((await page.locator("[role=alert]").textContent()).includes("The record could not be read"));
  assert.deepEqual(await axeFindings(page), []);
  server.faults.clear();
  await page.click("#retry-record");
  await page.waitForSelector(".gene-row");
}));

test("every way to fail has its own words", () => withPage(async (page) => {
  const ways = [[(send) => send(404), "There is no such patient."], [(send) => send(403), "do not have access"], [(send) => send(409), "more than one patient"],
    [(send) => send(200, "{"), "could not be read"], [(send) => send(200, "{}"), "could not be read"], [(send, response) => response.destroy(), "does not answer"]];
  for (const [fault, words] of ways) {
    server.faults.clear();
    server.faults.set("/record/everything", fault);
    await page.goto(`${server.address}/tab/?patient=everything&lang=en`);
    await page.waitForSelector("#retry-record");
    const said = await page.locator("[role=alert]").textContent();
    assert.ok(said.includes(words), `${words}: ${said}`);
  }
}));

test("advice that cannot be worked out: results stay, and silence is not called safe", () => withPage(async (page) => {
  server.faults.set("/drugs", (send) => send(500));
  await page.goto(`${server.address}/tab/?patient=everything&lang=en`);
  await page.waitForSelector("#retry-drugs");
  assert.ok((await page.locator("[role=alert]").textContent()).includes("does not mean that nothing is wrong"));
  assert.equal(await page.locator(".gene-row").count(), 6);
  assert.equal(await page.locator(".rows .light-green, .card").count(), 0);
  server.faults.clear();
  await page.click("#retry-drugs");
  await page.waitForSelector(".card-red");
}));

test("a slow server: said so, and its answer still comes", () => withPage(async (page) => {
  const waiting = [];
  server.faults.set("/drugs", (send) => waiting.push(send));
  await page.goto(`${server.address}/tab/?patient=everything&lang=en`);
  await page.locator(".waiting", { hasText: "Still waiting" }).waitFor();
  assert.equal(await page.locator(".gene-row").count(), 6);
  server.faults.clear();
  const { everything } = await import("./support/records.mjs");
  for (const send of waiting) send(200, JSON.stringify(everything.drugs));
  await page.waitForSelector(".card-red");
}));

test("a late answer about another patient is never shown", () => withPage(async (page) => {
  const waiting = [];
  server.faults.set("/record/everything", (send) => waiting.push(send));
  await page.goto(`${server.address}/tab/?patient=everything&lang=en`);
  await page.locator(".waiting").waitFor();
  await page.evaluate(() => window.history.pushState(null, "", "/tab/?patient=single&lang=en"));
  await page.evaluate(() => window.dispatchEvent(new PopStateEvent("popstate")));
  await page.waitForSelector(".gene-row");
  const { everything } = await import("./support/records.mjs");
  for (const send of waiting) send(200, JSON.stringify(everything.record));
  await page.waitForLoadState("networkidle");
  assert.equal(await page.locator(".gene-row").count(), 1);
}));

test("drugs: search, filters and languages in place, nothing typed lost", () => withPage(async (page) => {
  await open(page, "everything", "drugs", "sv");
  assert.equal(await page.locator(".drug").count(), 9);
  assert.ok((await page.locator(".drug").first().textContent()).includes("Klopidogrel"), "running and critical first");
  await page.fill("#drug-query", "clopidogrel");
  assert.equal(await page.locator(".drug").count(), 1);
  await page.click("#lang-en");
  assert.equal(await page.inputValue("#drug-query"), "clopidogrel");
  assert.equal(await page.locator(".drug-name").first().textContent(), "Clopidogrelrunning");
  await page.fill("#drug-query", "N06");
  assert.equal(await page.locator(".drug").count(), 2);
  await page.fill("#drug-query", "no such drug");
  assert.ok((await page.locator(".drugs").textContent()).includes("It has not been checked"));
  await page.fill("#drug-query", "");
  await page.selectOption("#drug-show", "attention");
  assert.equal(await page.locator(".drug").count(), 3);
  await page.selectOption("#drug-show", "all");
  await page.selectOption("#drug-group", "N");
  assert.equal(await page.locator(".drug").count(), 2);
  await page.selectOption("#drug-group", "");
  await page.click("#drug-clopidogrel summary");
  await page.locator("#drug-clopidogrel .drug-body").waitFor();
  const body = await page.locator("#drug-clopidogrel").textContent();
  for (const words of ["CPIC 2022", "DPWG 2023", "Strength: strong", "acute coronary syndrome or PCI", "Why:"]) assert.ok(body.includes(words), words);
  assert.equal(await page.locator("#drug-clopidogrel a").first().getAttribute("rel"), "noopener noreferrer");
}));

test("history keeps what was replaced or withdrawn; one gene can be chosen", () => withPage(async (page) => {
  await open(page, "everything", "history", "en");
  const words = await page.locator("main").textContent();
  for (const one of ["replaced by a correction", "withdrawn", "disagrees with the result in force", "was started", "repeat, same answer"]) assert.ok(words.includes(one), one);
  await page.selectOption("#history-gene", "TPMT");
  assert.equal(await page.locator(".event").count(), 1);
  assert.match(page.url(), /gene=TPMT/);
}));

test("work: an entry of the queue is closed with a name and a reason, and a refusal keeps both", () => withPage(async (page) => {
  await open(page, "everything", "work", "en");
  await page.fill("#by-u1", "Eva Ek");
  await page.click("#resolve-u1");
  assert.deepEqual(server.posts, [], "a reason is needed");
  await page.fill("#reason-u1", "The laboratory has sent it again");
  await page.click("#replay-u1");
  await page.locator("[role=alert]", { hasText: "the gene is still not known" }).waitFor();
  assert.equal(await page.inputValue("#reason-u1"), "The laboratory has sent it again");
  assert.deepEqual(await axeFindings(page), []);
  await page.click("#lang-sv");
  assert.equal(await page.inputValue("#by-u1"), "Eva Ek");
  await page.click("#resolve-u1");
  await page.locator("[role=alert]").waitFor({ state: "detached" });
  assert.equal(server.posts.at(-1), '/unmapped/u1/resolve {"by":"Eva Ek","reason":"The laboratory has sent it again"}');
}));

test("keyboard alone: skip link, views, a drug, the language, and back", () => withPage(async (page) => {
  await open(page, "everything", "glance", "sv");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "title");
  const tabTo = async (id) => {
    for (let presses = 0; presses < 60; ++presses) {
      if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`the keyboard does not reach ${id}`);
  };
  await page.evaluate(() => document.querySelector("a.skip")?.focus());
  await tabTo("lang-en");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "lang-en", "the focus stays on the button");
  await tabTo("view-drugs");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "title", "reading starts at the heading");
  await tabTo("drug-query");
  await page.keyboard.type("codeine");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.getElementById("drug-codeine")?.hasAttribute("open")), true);
  await page.goBack();
  await page.waitForSelector(".card");
  assert.match(page.url(), /view=glance/);
}));

test("printing: the sheet alone, on one page", () => withPage(async (page) => {
  await open(page, "everything", "print", "sv");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".views").isVisible(), false);
  assert.equal(await page.locator(".sheet").isVisible(), true);
  assert.equal(await page.locator("#wallet-card").isVisible(), true);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal((pdf.match(/\/Type\s*\/Page\b/g) ?? []).length, 1);
}));

test("the first view loads under 150 kB", () => withPage(async (page) => {
  let bytes = 0;
  page.on("response", async (response) => { bytes += (await response.body().catch(() => "")).length; });
  await open(page, "everything", "glance");
  await page.waitForLoadState("networkidle");
  assert.ok(bytes > 10000 && bytes < 150000, `${bytes} bytes`);
}));

test("more contrast and forced colours leave signs and words visible", () => withPage(async (page) => {
  await open(page, "everything", "glance");
  assert.equal(await page.locator(".card-red .card-sign .sign").isVisible(), true);
  assert.deepEqual(await axeFindings(page), []);
}, { forcedColors: "active" }));
