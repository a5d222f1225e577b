import { afterEach, describe, expect, it } from "vitest";
import { BookRow } from "../../engines/market/index.ts";
import type { PositionsView, StatusView, ViewName, Views } from "../../src/desk/protocol.ts";
import { DeskHost, type Fatal } from "../../src/shell/host.ts";
import { bootOf } from "./boot.ts";

let open: DeskHost[] = [];
afterEach(async () => {
  await Promise.all(open.map((host) => host.close()));
  open = [];
});

async function start(
  changes: Parameters<typeof bootOf>[1] = {},
  session: Parameters<typeof bootOf>[0] = "goog-2015-12-24",
) {
  const fatal: Fatal[] = [];
  const host = await DeskHost.open(bootOf(session, changes), { fatal: (f) => fatal.push(f) });
  open.push(host);
  return { host, fatal };
}

/** The first model of a view that fits. */
function seen<V extends ViewName>(
  host: DeskHost,
  view: V,
  params: Views[V]["params"],
  fits: (model: Views[V]["model"]) => boolean = () => true,
): Promise<Views[V]["model"]> {
  return new Promise((resolve) => {
    const stop = host.subscribe(view, params, (model) => {
      if (!fits(model)) return;
      stop();
      resolve(model);
    });
  });
}

describe("the desk in its worker", () => {
  it("opens the bundled session at its regular open with the portfolio marked", async () => {
    const { host } = await start();
    const status: StatusView = await seen(host, "status", {});
    expect(status).toMatchObject({
      mode: "replay",
      session: "goog-2015-12-24",
      day: "2015-12-24",
      paused: true,
      halfDay: true,
    });
    const positions: PositionsView = await seen(host, "positions", {});
    expect(positions.rows.at(-1)).toMatchObject({ kind: "book" });
    expect(positions.total).toBe(5);
  });

  it("plays: session time, events and quotes in shared memory move", async () => {
    const { host } = await start({ speed: 100, paused: false });
    const first = await seen(host, "status", {});
    const later = await seen(host, "status", {}, (s) => s.seq > first.seq + 1000);
    expect(later.nowUs).toBeGreaterThan(first.nowUs);
    const quote = new BookRow();
    expect(host.book?.read(0 as never, quote)).toBe(true);
    expect(quote.bid).toBeGreaterThan(700);
  });

  it("jumps forth and back to the same state", async () => {
    const { host } = await start();
    const status = await seen(host, "status", {});
    const minute = 60_000_000;
    const target = (status.nowUs + 60 * minute) as never;
    await host.command({ name: "jump", to: { us: target } });
    const there = await seen(host, "positions", {}, (p) => p.nowUs === target);
    await host.command({ name: "jump", to: { us: status.nowUs } });
    await host.command({ name: "step", by: "minute", count: 60 });
    const again = await seen(host, "positions", {}, (p) => p.nowUs === target);
    expect(again).toEqual(there);
  });

  it("refuses a speed outside its range with the range", async () => {
    const { host } = await start();
    expect(await host.command({ name: "speed", speed: 1000 })).toEqual({
      ok: false,
      message: "speed 1000 is outside 0.25x to 100x; max runs as fast as it can",
    });
  });

  it("reaches the end at full speed, and begins again when it loops", async () => {
    const { host } = await start({ speed: "max", paused: false });
    const end = await seen(host, "status", {}, (s) => s.atEnd);
    expect(end.seq).toBe(end.events);
    await host.command({ name: "loop", on: true });
    await host.command({ name: "run" });
    const again = await seen(host, "status", {}, (s) => s.seq < s.events / 2);
    expect(again.loop).toBe(true);
  });

  it("says in one sentence why it can't open a session", async () => {
    const opening = DeskHost.open(bootOf("goog-2015-12-24", { session: "/nonexistent" }), {
      fatal: () => undefined,
    });
    await expect(opening).rejects.toMatchObject({ t: "fatal", code: "CAP-001" });
  });
});
