// A small record system: a FHIR server with an authorization server of SMART App Launch 2, which refuses
// whatever the specification says it must. Its pages approve at once.

import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const kClient = "genflik-tab";
const kLibrary = createRequire(import.meta.url).resolve("fhirclient/build/fhir-client.min.js");

/** What the page with the fhirclient library does: it starts, comes back and reads the patient. */
const kLibraryPage = `<!doctype html><meta charset="utf-8"><title>fhirclient</title><main id="out"></main><script src="/library.js"></script><script src="/app.js"></script>`;
const kLibraryScript = `
const query = new URLSearchParams(location.search);
const show = (words) => { document.getElementById("out").textContent = words; };
if (query.has("code") || query.has("error")) {
  FHIR.oauth2.ready().then((client) => client.patient.read()).then((patient) => show("read " + patient.id), (fault) => show("failed " + fault.message));
} else {
  FHIR.oauth2.authorize({ clientId: "${kClient}", scope: "launch patient/Patient.rs", redirectUri: location.origin + "/app", pkceMode: "required", completeInTarget: true })
    .catch((fault) => show("failed " + fault.message));
}`;

function challengeOf(verifier) {
  return createHash("sha256").update(verifier).digest("base64url");
}

/** What is wrong with a request for authorization; empty when nothing is. */
function faultOf(query, ehr) {
  const wanted = { response_type: "code", client_id: kClient, aud: ehr.issuer, code_challenge_method: "S256" };
  for (const [name, value] of Object.entries(wanted)) if (query.get(name) !== value) return `${name} must be ${value}`;
  if (!ehr.redirects.includes(query.get("redirect_uri"))) return "redirect_uri is not registered";
  // RFC 7636: 43 characters are the SHA-256 of the verifier.
  if (!/^[\w-]{43}$/.test(query.get("code_challenge") ?? "")) return "code_challenge";
  if ((query.get("state") ?? "").length < 16) return "state is guessable";
  const scopes = (query.get("scope") ?? "").split(" ");
  if (!scopes.includes("patient/Patient.rs") && !scopes.includes("patient/Patient.read")) return "scope";
  if (query.has("launch") ? !scopes.includes("launch") || !ehr.launches.has(query.get("launch")) : !scopes.includes("launch/patient")) return "launch";
  return "";
}

function authorize(query, ehr) {
  ehr.authorizations.push(Object.fromEntries(query));
  const fault = faultOf(query, ehr);
  if (fault) return { status: 400, body: fault };
  const back = new URL(query.get("redirect_uri"));
  back.searchParams.set("state", query.get("state"));
  if (ehr.denies) {
    back.searchParams.set("error", "access_denied");
    back.searchParams.set("error_description", ehr.denies);
  } else {
    const code = randomUUID();
    ehr.codes.set(code, { challenge: query.get("code_challenge"), redirect: query.get("redirect_uri"), patient: ehr.launches.get(query.get("launch")) ?? ehr.chosen });
    back.searchParams.set("code", code);
  }
  return { status: 302, headers: { Location: back.href } };
}

function trade(form, ehr) {
  const refuse = (error, error_description) => ({ status: 400, json: { error, error_description } });
  const code = ehr.codes.get(form.get("code"));
  ehr.codes.delete(form.get("code"));
  if (form.get("grant_type") !== "authorization_code") return refuse("unsupported_grant_type", "grant_type");
  if (!code) return refuse("invalid_grant", "the code is not known or was used");
  if (form.get("client_id") !== kClient) return refuse("invalid_client", "client_id");
  if (form.get("redirect_uri") !== code.redirect) return refuse("invalid_grant", "redirect_uri");
  if (challengeOf(form.get("code_verifier") ?? "") !== code.challenge) return refuse("invalid_grant", "code_verifier");
  const token = randomUUID();
  ehr.tokens.set(token, code.patient);
  return { status: 200, json: { access_token: token, token_type: "Bearer", expires_in: 3600, scope: "launch patient/Patient.rs", ...(code.patient ? { patient: code.patient } : {}),
    ...(ehr.appContext ? { appContext: ehr.appContext } : {}) } };
}

function readPatient(id, request, ehr) {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!ehr.tokens.has(token)) return { status: 401, json: { resourceType: "OperationOutcome", issue: [{ severity: "error", code: "login" }] } };
  if (ehr.tokens.get(token) !== id || !ehr.patients[id]) return { status: 403, json: { resourceType: "OperationOutcome", issue: [{ severity: "error", code: "forbidden" }] } };
  return { status: 200, json: { resourceType: "Patient", id, identifier: ehr.patients[id] } };
}

async function answer(request, body, ehr) {
  const { pathname, searchParams } = new URL(request.url, ehr.address);
  if (pathname === "/fhir/.well-known/smart-configuration") {
    return { status: 200, json: { issuer: ehr.issuer, authorization_endpoint: `${ehr.address}/authorize`, token_endpoint: `${ehr.address}/token`, grant_types_supported: ["authorization_code"],
      capabilities: ["launch-ehr", "launch-standalone", "client-public", "context-ehr-patient", "context-standalone-patient", "permission-patient", "permission-v2"], code_challenge_methods_supported: ehr.challenges } };
  }
  if (pathname === "/fhir/metadata") return { status: 200, json: { resourceType: "CapabilityStatement", status: "active", fhirVersion: "4.0.1", rest: [{ mode: "server" }] } };
  if (pathname === "/authorize") return authorize(searchParams, ehr);
  if (pathname === "/token" && request.method === "POST") return trade(new URLSearchParams(body), ehr);
  if (pathname.startsWith("/fhir/Patient/")) return readPatient(pathname.slice("/fhir/Patient/".length), request, ehr);
  if (pathname === "/library.js") return { status: 200, body: await readFile(kLibrary), headers: { "Content-Type": "text/javascript" } };
  if (pathname === "/app.js") return { status: 200, body: kLibraryScript, headers: { "Content-Type": "text/javascript" } };
  if (pathname === "/app") return { status: 200, body: kLibraryPage, headers: { "Content-Type": "text/html" } };
  if (pathname === "/frame") return { status: 200, body: `<!doctype html><title>EHR</title><iframe src="${searchParams.get("of")}"></iframe>`, headers: { "Content-Type": "text/html" } };
  return { status: 404, json: {} };
}

/**
 * `patients`: identifiers by the record system's own ids; `launches`: handle to patient; `chosen`: the
 * patient of a standalone start; `appContext`: of the card that the launch comes from; `redirects`: what is registered; `denies`: refuses with these words.
 */
export async function startEhr(patients) {
  const ehr = { patients, launches: new Map(), chosen: "", redirects: [], denies: "", appContext: "", challenges: ["S256"], codes: new Map(), tokens: new Map(), authorizations: [] };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (bytes) => { body += bytes; });
    request.on("end", async () => {
      const cross = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization, content-type, accept" };
      if (request.method === "OPTIONS") return response.writeHead(204, cross).end();
      const { status, json, body: text, headers = {} } = await answer(request, body, ehr);
      response.writeHead(status, { ...(json ? { "Content-Type": "application/json" } : {}), ...cross, ...headers });
      response.end(json ? JSON.stringify(json) : text);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  ehr.address = `http://127.0.0.1:${server.address().port}`;
  ehr.issuer = `${ehr.address}/fhir`;
  ehr.close = () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections?.(); });
  return ehr;
}
