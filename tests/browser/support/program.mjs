// The real program, with the sample patients, in a folder of its own.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** @returns {Promise<{address: string, stop: () => Promise<void>}>} */
export async function startProgram() {
  const program = process.env.GENFLIK_PROGRAM;
  if (!program) throw new Error("GENFLIK_PROGRAM names the program to test, such as build/release/genflik");
  const data = await mkdtemp(join(tmpdir(), "genflik-browser-"));
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--data", data, "--sample-data"], { stdio: ["ignore", "pipe", "pipe"] });
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
