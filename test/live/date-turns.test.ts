import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it, vi } from "vitest";
import { freshHome } from "../bin/program.ts";
import { runInPty } from "../harness/pty.ts";

vi.setConfig({ testTimeout: 120_000 });
const MIDNIGHT_MS = Date.UTC(2026, 10, 21, 5);
const ended: (() => void)[] = [];
afterAll(() => {
  for (const end of ended) end();
});

/** A broker that tells the time, which is so many seconds before midnight of New York when it is first asked, and nothing else. */
async function lateClock(secondsBefore: number): Promise<string> {
  let from = Number.NaN;
  const server = createServer((request, response) => {
    const clock = request.url?.startsWith("/v2/clock") === true;
    // The machine may be slow to ask.
    if (from !== from) from = performance.now() - MIDNIGHT_MS + secondsBefore * 1000;
    const timestamp = new Date(performance.now() - from).toISOString();
    response.writeHead(clock ? 200 : 503, { "Content-Type": "application/json" });
    response.end(JSON.stringify(clock ? { timestamp } : { message: "nothing here" }));
  });
  await new Promise<void>((go) => void server.listen(0, "127.0.0.1", go));
  ended.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** False where the machine was so slow that the desk opened after midnight. */
async function turnsWithin(seconds: number): Promise<boolean> {
  const home = freshHome();
  const args = ["live", "--feed", "venue", "--venue", await lateClock(seconds), "--symbols", "BTC/USD"];
  const run = runInPty(args, { cols: 120, rows: 36, env: { HOME: home, XDG_STATE_HOME: `${home}/state` } });
  ended.push(() => run.kill());
  await run.waitFor(/2[01]Nov26/);
  run.send("F");
  const opened = await run.waitFor(/F Feeds/);
  if (!opened.includes("20Nov26")) return false;
  const next = await run.waitFor(/21Nov26[^]*F Feeds/);
  expect(next).not.toContain("20Nov26");
  run.kill();
  return true;
}

it("at midnight of New York the next session begins in the same screen, with the panes that stood open", async () => {
  for (const seconds of [4, 8, 16, 32]) if (await turnsWithin(seconds)) return;
  expect.fail("no desk opened within 32 s");
});
