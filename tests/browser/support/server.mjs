// Serves the tab's real files, under the real Content-Security-Policy, with invented answers, for
// what the real program cannot be made to do: fail, be slow, hold hostile text.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { kOverall, kRecords, kTimelines } from "./records.mjs";

const kAssets = fileURLToPath(new URL("../../../services/tab/assets/", import.meta.url));
const kTypes = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml" };
const kPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const kCard = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 85.6 54"><rect width="85.6" height="54" fill="#fff"/></svg>';

async function asset(path) {
  const name = normalize(path.replace(/^\/tab\/?/, "") || "index.html");
  if (name.startsWith("..")) return null;
  try {
    return { body: await readFile(join(kAssets, name)), type: kTypes[extname(name)] };
  } catch {
    return null;
  }
}

function outcome(text) {
  return JSON.stringify({ resourceType: "OperationOutcome", issue: [{ severity: "error", code: "processing", details: { text } }] });
}

function dataFor(path, onlyRunning) {
  const [, id, part] = /^\/record\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
  const of = id && kRecords[decodeURIComponent(id).replace(/^.*\|196101182803$/, "everything")];
  if (!of) return null;
  if (part === "timeline") return { body: JSON.stringify(kTimelines[id] ?? { alerts: [], changes: [] }), type: "application/json" };
  if (part === "card.svg") return { body: kCard, type: "image/svg+xml" };
  const drugs = { ...of.drugs, drugs: of.drugs.drugs.filter((one) => one.active || !onlyRunning) };
  return { body: JSON.stringify(part === "drugs" ? drugs : of.record), type: "application/json" };
}

/**
 * @returns {Promise<{address: string, faults: Map<string, (send: Function) => void>, requests: string[], posts: string[], close: () => Promise<void>}>}
 * `faults`: a path's end to what shall happen instead of the answer: it is given the sender.
 */
export async function startFixtureServer() {
  const faults = new Map();
  const requests = [];
  const posts = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    requests.push(request.url);
    const send = (status, body, type = "application/fhir+json") => {
      response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": kPolicy, "X-Content-Type-Options": "nosniff" });
      response.end(body);
    };
    const fault = [...faults].find(([end]) => pathname.endsWith(end));
    if (fault) return fault[1]((status, body) => send(status, body ?? outcome("for the test")), response);
    if (pathname.startsWith("/tab")) {
      const file = await asset(pathname.replace(/launch\.html$/, "index.html"));
      return file ? send(200, file.body, file.type) : send(404, outcome("no such file"));
    }
    if (request.method === "POST" && (/^\/(unmapped|late-results)\//.test(pathname) || /^\/record\/[^/]+\/conflicts\//.test(pathname))) {
      request.on("data", (bytes) => posts.push(`${pathname} ${bytes}`));
      return request.on("end", () => (pathname.endsWith("/replay") ? send(409, outcome("the gene is still not known")) : send(200, "{}")));
    }
    const overall = kOverall[pathname];
    if (overall) return send(200, JSON.stringify(overall), "application/json");
    if (pathname.startsWith("/fhir/")) return send(200, JSON.stringify({ resourceType: "Bundle", type: "searchset", entry: [] }));
    const data = dataFor(pathname, searchParams.get("active") === "true");
    return data ? send(200, data.body, data.type) : send(404, outcome("there is no such patient"));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, faults, requests, posts,
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections?.(); }) };
}
