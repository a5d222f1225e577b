import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type EventColumns, Flag, Kind } from "../../engines/market/index.ts";
import { runHeadless } from "../../src/shell/headless.ts";
import { FRAME_DECODERS } from "../../store/capture/decode/frames.ts";
import { Definitions } from "../../store/capture/instruments.ts";
import { EventSink } from "../../store/capture/lanes.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";
import { openSession } from "../../store/capture/session.ts";
import { bootOf } from "../shell/boot.ts";
import { tempDir } from "./boot.ts";
import { market } from "./desk.ts";

vi.setConfig({ testTimeout: 90_000 });
const OPTION = "SPY261120C00700000";
const at = (s: number, ns: number): string => `2026-11-20T15:00:0${s}.${String(ns).padStart(9, "0")}Z`;
const print = (t: string, p: number, s: number, x = "C") => ({ t, p, s, x, c: "I" });

/** Frames of the stream and of the answers, through their decoders into one sink; the trades that came out, by price. */
function decoded(frames: readonly (readonly [string, unknown])[], capacity?: number): number[] {
  const sink = new EventSink(new Definitions(shippedCatalog(), "2026-11-20" as never));
  if (capacity !== undefined)
    Object.defineProperty(sink, "prints", {
      value: new (sink.prints.constructor as never as new (n: number) => typeof sink.prints)(capacity),
    });
  const made = new Map<string, ReturnType<NonNullable<(typeof FRAME_DECODERS)[string]>>>();
  for (const [channel, body] of frames) {
    const [name = "", detail = ""] = channel.split(":");
    const decoder = made.get(channel) ?? FRAME_DECODERS[name]?.(sink, detail);
    if (decoder === undefined) throw new Error(channel);
    made.set(channel, decoder);
    decoder.frame(Buffer.from(JSON.stringify(body)), 1_795_186_800e6);
  }
  const cols: EventColumns = sink.arrival().cols;
  const out: number[] = [];
  for (let i = 0; i < cols.n; i++)
    if (cols.kind[i] === Kind.trade)
      out.push((cols.a[i] as number) * (((cols.flags[i] as number) & Flag.backFill) !== 0 ? -1 : 1));
  return out;
}
const STREAM = "alpaca:opra";
const REST = "alpaca.trades:options opra";
const told = (...list: readonly ReturnType<typeof print>[]) =>
  [STREAM, list.map((m) => ({ T: "t", S: OPTION, ...m }))] as const;
const answer = (list: readonly ReturnType<typeof print>[], next: string | null = null) =>
  [REST, { trades: { [OPTION]: list }, next_page_token: next }] as const;

describe("trades that a gap swallowed", () => {
  const [a, b, c] = [print(at(1, 1_000), 1, 5), print(at(2, 2_000), 2, 5), print(at(3, 3_000), 3, 5)];

  it("come back once: what the stream told too is left out, on both sides of the gap", () => {
    expect(decoded([told(a), told(c), answer([a, b, c])])).toEqual([1, 3, -2]);
  });

  it("are multisets: of three identical prints, one of them streamed, two come back", () => {
    expect(decoded([told(a), answer([a, a, a, b])])).toEqual([1, -1, -1, -2]);
    expect(decoded([told(a, a), answer([a, a])])).toEqual([1, 1]);
  });

  it("differ by venue, size, price or time", () => {
    const other = [print(a.t, 1, 5, "N"), print(a.t, 1, 6), print(a.t, 1.5, 5), print(at(1, 2_000), 1, 5)];
    expect(decoded([told(a), answer([a, ...other])])).toEqual([1, -1, -1, -1.5, -1]);
  });

  it("over pages count on, and a second filling of the same time adds nothing", () => {
    const twice = [told(a), answer([a, a], "x"), answer([a, b])] as const;
    expect(decoded(twice)).toEqual([1, -1, -1, -2]);
    expect(decoded([...twice, answer([a, a, a, b])])).toEqual([1, -1, -1, -2]);
  });

  it("before what is remembered are left out and counted: nobody could tell whether they came", () => {
    expect(decoded([told(b, c, c), answer([a, b, c])], 2)).toEqual([2, 3, 3]);
  });
});

const PORTFOLIO = `version: 1
account: paper
base: USD
deposits:
  - { ccy: USD, amount: 100000, date: 2026-01-02 }
positions:
  - { instrument: SPY, qty: 100, avg: 700, strategy: desk, opened: 2026-01-05 }
`;
const ended: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(ended.map((end) => end()));
});

describe("a stream of options that broke", () => {
  it("has its trades back by REST without one twice, its gap in the capture, and the same state in a replay", async () => {
    const { venue, open } = await market(ended);
    const portfolio = join(tempDir(), "portfolio.yaml");
    writeFileSync(portfolio, PORTFOLIO);
    const d = open({
      symbols: ["SPY"],
      portfolio,
      record: true,
      setup: { chainDays: 10, chainWidth: 0.02, optionLimit: 60 },
    });
    await d.until("live", () => (d.feed("opra")?.subscribed ?? 0) > 30 && d.feed("opra")?.state === "live");
    venue.faults.add({ kind: "refuseUpgrade", on: "opra", status: 503, count: 2 });
    venue.faults.add({ kind: "reset", on: "opra" });
    await d.until("broken", () => d.feed("opra")?.state === "gap");
    await d.until("over", () => d.log().includes("gap on opra over after"));
    await d.until("filled", () => /opra: \d+ trades of the gap came back/.test(d.log()));
    await new Promise((r) => setTimeout(r, 1_000));
    await d.session.close();

    const dir = d.session.captureDir as string;
    const boot = bootOf("goog-2015-12-24", { session: dir, portfolio });
    const replay = runHeadless({ ...boot, settings: { ...boot.settings, hashEvents: 500 } }, () =>
      performance.now(),
    );
    expect(replay.live?.of).toBeGreaterThan(2);
    expect(replay.live?.same).toBe(replay.live?.of);

    // Every option print of the venue's history in the recorded span is there exactly once.
    const session = openSession(dir);
    const counts = new Map<string, number>();
    let gaps = 0;
    let filled = 0;
    let [first, last] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < session.blocks.length; i++) {
      const rows = session.block(i);
      for (let k = 0; k < rows.n; k++) {
        if (rows.kind[k] === Kind.object && rows.objects[rows.ref[k] as number]?.kind === "gap") gaps++;
        const instrument = session.instruments[rows.slot[k] as number];
        if (
          rows.kind[k] !== Kind.trade ||
          instrument?.kind !== "option" ||
          ((rows.flags[k] as number) & Flag.snapshot) !== 0
        )
          continue;
        const us = rows.eventUs[k] as number;
        first = Math.min(first, us);
        last = Math.max(last, us);
        if (((rows.flags[k] as number) & Flag.backFill) !== 0) filled++;
        const key = `${instrument.id} ${us} ${rows.a[k]} ${rows.b[k]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    session.close();
    expect(gaps).toBeGreaterThanOrEqual(2);
    expect(filled).toBeGreaterThan(0);
    expect(Math.max(...counts.values())).toBe(1);
    expect(last - first).toBeGreaterThan(3e6);
  });
});
