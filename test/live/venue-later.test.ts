import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { afterAll, expect, it, vi } from "vitest";
import type { FromDesk } from "../../src/desk/protocol.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { LiveSession } from "../../src/shell/live/live-session.ts";
import { startVenue } from "../../src/venue/venue.ts";
import { commandsIn } from "../bin/in-process.ts";
import { freshHome } from "../bin/program.ts";
import { runInPty } from "../harness/pty.ts";
import { until } from "../harness/until.ts";
import { liveBoot, tempDir, venueBroker } from "./boot.ts";
import { Trader } from "./trader.ts";

vi.setConfig({ testTimeout: 120_000 });
const ended: (() => unknown)[] = [];
afterAll(async () => {
  await Promise.all(ended.map((end) => end()));
});

/** A port of this machine where nobody listens. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    }),
  );
}

it("at an address where nothing listens the desk opens, says so, and is live on the venue's own day once that starts", async () => {
  const port = await freePort();
  const home = freshHome();
  const url = `http://127.0.0.1:${port}`;
  const args = ["live", "--venue", url, "--symbols", "SPY"];
  const run = runInPty(args, { cols: 200, rows: 40, env: { HOME: home, XDG_STATE_HOME: `${home}/state` } });
  ended.push(() => run.kill());
  await run.waitFor(/unknown .*sip: nothing listens there; try \d+ in \d+ s/);
  run.send("F");
  await run.waitFor(/capture +○ closed/);
  const venue = await startVenue({ port, seed: 4, day: "2026-11-18", at: "11:00" });
  ended.push(() => venue.close());
  const screen = await run.waitFor(/Wed 18Nov26 11:0\d:\d\d ET .*● live[^]*F Feeds[^]*capture +● live/);
  expect(screen).not.toContain("nothing listens there");
});

it("an address that is none is a mistake of the command line; one where somebody else answers says so", async () => {
  const voldesk = commandsIn(() => tempDir());
  for (const text of ["nonsense", "localhost:4400", "ftp://127.0.0.1"])
    expect([text, (await voldesk("capture", "--venue", text)).error]).toEqual([text, "CLI-004"]);
  const other = createHttpServer((_, response) => response.writeHead(404).end("not here"));
  await new Promise<void>((go) => void other.listen(0, "127.0.0.1", go));
  ended.push(() => other.close());
  const { port } = other.address() as { port: number };
  expect((await voldesk("capture", "--venue", `http://127.0.0.1:${port}`)).error).toBe("FEED-004");
});

it("a kill while nobody answers stands in the session that begins when the venue does", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const stateDir = tempDir();
  const broker = venueBroker(url, `${stateDir}/accounts.sqlite`);
  const sent: FromDesk[] = [];
  const boot = liveBoot(url, 0, { symbols: ["SPY"], stateDir, broker, awaits: url });
  const first = new LiveSession(boot, (m) => void sent.push(m), systemClock);
  first.begin();
  expect(first.captureDir).toBeNull();
  first.receive({ t: "command", id: 1, command: { name: "kill", reason: "key" } });
  first.receive({ t: "quit" });
  const bye = await until("the end", () => sent.find((m) => m.t === "bye"));
  expect(bye).toEqual({ t: "bye", killed: "key" });
  const venue = await startVenue({ port: Number(new URL(url).port), seed: 4 });
  ended.push(() => venue.close());
  const offsetUs = venue.nowUs() - systemClock.wallUs();
  const next = new Trader({ ...boot, awaits: null, offsetUs, killed: "key" });
  ended.push(() => next.session.close());
  const { tradingReason } = await next.seen("orders", {}, (v) => v.trading === "halted");
  expect(tradingReason).toContain("key");
});
