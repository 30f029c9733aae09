// Every form of the tab against a server that fails, is gone or is slow: it says so, loses nothing that was typed, and goes through when
// the server is back.

import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { launch, newPage } from "./support/browser.mjs";
import { startFixtureServer } from "./support/server.mjs";
import { kTexts } from "../../services/tab/assets/js/texts.js";

const kForms = [
  { name: "an entry of the queue of all patients", query: "view=overall", typed: { "#by-q1": "Eva Ek", "#reason-q1": "Okänd kod" }, button: "#resolve-q1", path: "/unmapped/q1/resolve" },
  { name: "a late result", query: "view=overall", typed: { "#by-late-l1": "Eva Ek", "#reason-late-l1": "Dosen är sänkt" }, button: "#resolve-late-l1", path: "/late-results/l1/acknowledge" },
  { name: "an entry of a patient's queue", query: "patient=everything&view=work", typed: { "#by-u1": "Eva Ek", "#reason-u1": "Skickas om" }, button: "#resolve-u1", path: "/unmapped/u1/resolve" },
  { name: "a conflict", query: "patient=everything&view=work", choice: "[name=keep-conflict-CYP2C19]", typed: { "#by-conflict-CYP2C19": "Eva Ek", "#reason-conflict-CYP2C19": "Förväxlat prov" },
    button: "#resolve-conflict-CYP2C19", path: "/CYP2C19/resolve" },
  { name: "a block", query: "patient=blocked&view=glance", opener: "#glass-ask", typed: { "#glass-reason": "Medvetslös patient" }, button: "#glass-open", path: "/record/blocked" },
];
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

for (const form of kForms) {
  test(`${form.name}: a failing, an absent and a slow server`, async () => {
    const { page, faults, close } = await newPage(browser);
    server.faults.clear();
    const kept = async () => {
      for (const [id, words] of Object.entries(form.typed)) assert.equal(await page.inputValue(id), words, id);
      if (form.choice) assert.equal(await page.locator(form.choice).first().isChecked(), true);
    };
    try {
      await page.goto(`${server.address}/tab/?${form.query}&lang=sv`);
      if (form.opener) await page.click(form.opener);
      if (form.choice) await page.locator(form.choice).first().check();
      for (const [id, words] of Object.entries(form.typed)) await page.fill(id, words);
      server.faults.set(form.path, (send) => send(503));
      await page.click(form.button);
      await page.locator("[role=alert]", { hasText: "503" }).waitFor();
      await kept();
      server.faults.set(form.path, (send, response) => response.destroy());
      await page.click(form.button);
      await page.locator("[role=alert]", { hasText: kTexts.sv.whyUnreachable }).waitFor();
      await kept();
      await page.click("#lang-en");
      await page.locator("[role=alert]", { hasText: kTexts.en.whyUnreachable }).waitFor();
      await kept();
      const waiting = [];
      server.faults.set(form.path, (send) => waiting.push(send));
      await page.click(form.button);
      await page.locator(`${form.button}:disabled`).waitFor();
      await page.click("#lang-sv");
      await kept();
      assert.equal(await page.locator(form.button).isDisabled(), true, "it is asked once");
      await page.locator("[role=alert]").waitFor({ state: "detached" });
      server.faults.clear();
      for (const send of waiting) send(500);
      await page.locator("[role=alert]", { hasText: "500" }).waitFor();
      await kept();
      const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith(form.path) && answer.ok());
      await page.click(form.button);
      await answered;
      await page.locator("[role=alert]").waitFor({ state: "detached" });
      assert.equal(waiting.length, 1);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });
}

for (const form of kForms.filter((one) => !one.opener)) {
  test(`${form.name}: by the keyboard alone`, async () => {
    const { page, faults, close } = await newPage(browser);
    server.faults.clear();
    server.posts.length = 0;
    const tabTo = async (selector) => {
      for (let presses = 0; presses < 60; ++presses) {
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`the keyboard does not reach ${selector}`);
    };
    try {
      await page.goto(`${server.address}/tab/?${form.query}&lang=sv`);
      await page.locator(form.button).waitFor();
      if (form.choice) {
        await tabTo(form.choice);
        await page.keyboard.press("Space");
      }
      for (const [id, words] of Object.entries(form.typed)) {
        await tabTo(id);
        assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none", `${id} shows where one is`);
        await page.keyboard.type(words);
      }
      await tabTo(form.button);
      const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith(form.path));
      await page.keyboard.press("Enter");
      await answered;
      for (const words of Object.values(form.typed)) assert.ok(server.posts.at(-1).includes(words), server.posts.at(-1));
      // What is left is read again, from its heading on.
      await page.waitForFunction(() => document.activeElement?.id === "title");
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });
}
