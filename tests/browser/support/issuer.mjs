// An issuer of tokens that Genflik believes, and the access file that says so.

import { generateKeyPairSync, sign } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const kBase = "https://gene.example.org";
const kIssuer = "https://login.example.org";

/**
 * @param {string} folder where the files of the configuration go
 * @returns {Promise<{access: string, token: (claims: object) => string}>} the file's name, and tokens of people in their roles
 */
export async function makeIssuer(folder) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = join(folder, "keys.json");
  const access = join(folder, "access.json");
  await writeFile(keys, JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "ES256", use: "sig" }] }));
  await writeFile(access, JSON.stringify({ publicBase: kBase, issuers: [{ issuer: kIssuer, keys, rolesClaim: "roles",
    roleNames: { lakare: "prescriber", admin: "administrator" } }] }));
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (claims) => {
    const text = `${part({ alg: "ES256", kid: "1", typ: "JWT" })}.${part({ iss: kIssuer, aud: `${kBase}/fhir`, client_id: "tab", exp: Math.floor(Date.now() / 1000) + 3000, ...claims })}`;
    return `${text}.${sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };
  return { access, token };
}
