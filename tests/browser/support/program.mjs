// The real program, with the sample patients, in a folder of its own.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * @param {object} [config] what the configuration file says
 * @returns {Promise<{address: string, stop: () => Promise<void>}>}
 */
export async function startProgram(config = {}) {
  const program = process.env.GENFLIK_PROGRAM;
  if (!program) throw new Error("GENFLIK_PROGRAM names the program to test, such as build/release/genflik");
  const data = await mkdtemp(join(tmpdir(), "genflik-browser-"));
  const file = join(data, "genflik.json");
  await writeFile(file, JSON.stringify(config));
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--data", data, "--sample-data", "--config", file], { stdio: ["ignore", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (bytes) => { complaints += bytes; });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const ready = /^genflik ready (http:\S+)/.exec(line);
      if (ready) resolve(ready[1]);
    });
    ended.then((code) => reject(new Error(`the program ended with ${code}: ${complaints}`)));
  });
  return { address, stop: async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(data, { recursive: true, force: true });
  } };
}
