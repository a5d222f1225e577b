import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/shell/clock.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { removeFolder } from "../harness/folders.ts";

let venue: Venue;
const dir = mkdtempSync(join(tmpdir(), "voldesk-guard-"));
beforeAll(async () => {
  venue = await startVenue({ port: 0, seed: 7 });
});
afterAll(async () => {
  await venue.close();
  removeFolder(dir);
});

async function working(): Promise<number> {
  const keys = { "APCA-API-KEY-ID": "voldesk", "APCA-API-SECRET-KEY": "voldesk" };
  const answer = await fetch(`http://127.0.0.1:${venue.port}/v2/orders?status=open`, { headers: keys });
  return ((await answer.json()) as unknown[]).length;
}

it("a desk that is stopped while an order works has it cancelled by its guard, and is halted when it wakes", async () => {
  const url = `http://127.0.0.1:${venue.port}`;
  const offset = String(venue.nowUs() - systemClock.wallUs());
  const desk = spawn(process.execPath, ["scripts/run.mjs", "test/guard/desk-alone.ts", url, dir, offset]);
  let said = "";
  desk.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  desk.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const hears = (text: string) => expect.poll(() => said).toContain(text);
  try {
    await hears("working O");
    expect(await working()).toBe(1);
    desk.kill("SIGSTOP");
    await expect.poll(working, { interval: 100 }).toBe(0);
    desk.kill("SIGCONT");
    await hears("halted: guard: silent for");
    await hears("cancelled");
  } finally {
    if (desk.kill("SIGKILL")) await once(desk, "exit");
  }
});
