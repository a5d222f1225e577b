import { expect, it } from "vitest";
import type { Instrument } from "../../engines/market/index.ts";
import type { AlpacaSetup } from "../../src/feeds/alpaca/setup.ts";
import { Snapshots } from "../../src/feeds/alpaca/snapshots.ts";
import type { Want } from "../../src/feeds/feed.ts";

const names = Array.from({ length: 250 }, (_, k) => `N${k}`);
const wants = names.map(
  (symbol): Want => ({
    instrument: { kind: "equity", id: `EQ/${symbol}/USD`, symbol, ccy: "USD" } as Instrument,
    why: "chain",
  }),
);

/** Snapshots whose timers and answers a test lets go; `quoted` is when the book heard a quote of a name. */
function setUp() {
  let us = 1_000_000;
  const timers: (() => void)[] = [];
  const asked: string[][] = [];
  const quoted = new Map<string, number>();
  const answers = {
    data: (_: string, { symbols }: { symbols: string }) => {
      asked.push(symbols.split(","));
      return Promise.resolve(Buffer.from("{}"));
    },
  };
  const clock = {
    monotonicMs: () => us / 1000,
    wallUs: () => us,
    after: (_: number, run: () => void) => {
      timers.push(run);
      return () => {};
    },
  };
  const out = {
    frame: () => ({ rows: 1, refused: 0, eventUs: us }),
    event: () => {},
    nowUs: () => us,
    quotedUs: (i: Instrument) => quoted.get(i.id) ?? Number.NaN,
  };
  const snapshots = new Snapshots(answers as never, {} as AlpacaSetup, clock, out);
  return {
    snapshots,
    asked,
    quotes(list: readonly string[]): void {
      for (const name of list) quoted.set(`EQ/${name}/USD`, us);
    },
    /** The next turn, and its answers. */
    async turn(): Promise<void> {
      us += 1_000;
      for (const run of timers.splice(0)) run();
      for (let k = 0; k < 20; k++) await Promise.resolve();
    },
  };
}

it("a stream that began anew has asked for what it has not told by itself, and all is asked for at first", async () => {
  const { snapshots, asked, quotes, turn } = setUp();
  snapshots.follow(wants, []);
  snapshots.begun("stocks", names);
  snapshots.start();
  quotes(names);
  // Quotes are no reason to leave the first answer out: it tells more than a quote.
  await turn();
  expect(asked.splice(0).flat()).toEqual(names);

  await turn();
  asked.length = 0;
  snapshots.begun("stocks", names);
  quotes(names.slice(0, 200));
  await turn();
  expect(asked.splice(0).flat()).toEqual(names.slice(200));

  // A proof of before the break is none.
  snapshots.begun("stocks", names.slice(0, 3));
  await turn();
  expect(asked.flat()).toEqual(names.slice(0, 3));

  asked.length = 0;
  snapshots.afresh();
  quotes(names);
  await turn();
  expect(asked.flat()).toEqual(names);
});
