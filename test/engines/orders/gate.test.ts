import { describe, expect, it } from "vitest";
import type { InstrumentId } from "../../../engines/market/index.ts";
import {
  type Confirmed,
  confirm,
  type GuardResult,
  hashOf,
  markSent,
  type Previewed,
  type Terms,
} from "../../../engines/orders/index.ts";
import { type Random, seeded } from "../../../engines/stats/index.ts";
import { figure, LONG_MS, sized } from "../../harness/sizes.ts";

/** The text itself: a digest without collisions, so that equal hashes are equal previews. */
const sha256 = (text: string) => text;
const RUNS = sized({ test: 20_000, soak: 200_000, nightly: 1_000_000 });
const LIFE = 15e6;
const RULES = { shownMs: 300, mustType: null };

/** A row like a preview's, from a seeded source: quicker by far than a generator that shrinks. */
function rowOf(r: Random): Previewed {
  const pick = <T>(from: readonly T[]): T => from[r.below(from.length)] as T;
  const ids = [
    "EQ/A/USD",
    "OPT/A/2016-01-15/C/100/USD/1",
    "OPT/A/2016-01-15/P/90/USD/1",
  ] as readonly string[];
  const legs = Array.from({ length: 1 + r.below(4) }, () => ({
    instrument: pick(ids) as InstrumentId,
    ratio: pick([1, -1, 2]),
    intent: pick(["open", "close"] as const),
  }));
  const terms: Terms = {
    account: pick(["a", "b"]),
    mode: pick(["paper", "live"] as const),
    side: pick(["buy", "sell"] as const),
    legs,
    qty: String(1 + r.below(50)),
    limit: String((1 + r.below(2000)) / 100),
    tif: pick(["day", "gtc", "ioc"] as const),
    strategy: pick(["desk", "hedge"]),
  };
  const guards = (["SIZE", "COLLAR", "LIQUIDITY"] as const).slice(r.below(4)).map(
    (code): GuardResult => ({
      code,
      verdict: pick(["pass", "warn"] as const),
      text: "x",
      fixes: [],
      used: null,
    }),
  );
  const net = { bid: 1, mid: 1.1, ask: 1.2, bidUnits: 10, askUnits: 10, spread: 0.2 };
  return { staged: { ticket: "T1", runId: "run" }, terms, guards, net, tick: 0.01 };
}

/** Counts the rows, of as many as asked, at which `holds` does not. */
function failing(what: string, seed: number, holds: (row: Previewed, r: Random) => boolean): number {
  const r = seeded(seed);
  let failed = 0;
  for (let n = 0; n < RUNS; n++) if (!holds(rowOf(r), r)) failed++;
  figure(`gate, ${what}`, `${failed} of ${RUNS} passed (seed ${seed})`);
  return failed;
}

const shownOf = (rows: readonly Previewed[], accepted: readonly string[] = []) => ({
  rows,
  hash: hashOf(sha256, rows),
  atUs: 0,
  lifeUs: LIFE,
  accepted: new Set(accepted),
});
const press = (shown: ReturnType<typeof shownOf>, now: readonly Previewed[], nowUs = 1e6, shownMs = 400) =>
  confirm(sha256, shown, now, nowUs, { hash: shown.hash, shownMs, typedQty: null }, RULES);

const mutations: readonly ((t: Terms) => Terms)[] = [
  (t) => ({ ...t, qty: String(Number(t.qty) + 1) }),
  (t) => ({ ...t, limit: (Number(t.limit) + 0.01).toFixed(2) }),
  (t) => ({ ...t, side: t.side === "buy" ? "sell" : "buy" }),
  (t) => ({ ...t, account: `${t.account}x` }),
  (t) => ({ ...t, mode: t.mode === "live" ? "paper" : "live" }),
  (t) => ({ ...t, tif: t.tif === "day" ? "gtc" : "day" }),
  (t) => ({ ...t, legs: t.legs.map((l, i) => (i === 0 ? { ...l, ratio: l.ratio + 1 } : l)) }),
  (t) => ({
    ...t,
    legs: t.legs.map((l, i) => (i === 0 ? { ...l, intent: l.intent === "open" ? "close" : "open" } : l)),
  }),
  (t) => ({
    ...t,
    legs: t.legs.map((l, i) => (i === 0 ? { ...l, instrument: `${l.instrument}X` as InstrumentId } : l)),
  }),
];

describe("the gate", () => {
  it(
    "lets an unchanged preview through and nothing that was changed under its confirmation",
    () => {
      const bad = failing("mutated ticket", 1, (shown, r) => {
        const preview = shownOf([shown]);
        if (!press(preview, [shown]).ok) return false;
        const mutate = mutations[r.below(mutations.length)] as (typeof mutations)[number];
        const other = { ...shown, terms: mutate(shown.terms) };
        // Changed on the way to the gate, or under the hash that was shown.
        return !press(preview, [other]).ok && !press({ ...preview, rows: [other] }, [other]).ok;
      });
      expect(bad).toBe(0);
    },
    LONG_MS,
  );

  it(
    "lets nothing through on quotes that moved too far, went away or are too old",
    () => {
      const bad = failing("stale legs", 2, (shown, r) => {
        const preview = shownOf([shown]);
        const by = 0.0501 + 5 * r.uniform();
        const mid = (shown.net.mid as number) + (r.below(2) === 0 ? by : -by);
        const far = { ...shown, net: { ...shown.net, mid } };
        const gone = { ...shown, net: { ...shown.net, mid: null } };
        const worse = { ...shown, guards: [STALE, ...shown.guards] };
        const late = LIFE + 1 + r.below(1e9);
        const answers = [
          press(preview, [far]),
          press(preview, [gone]),
          press(preview, [worse]),
          press(preview, [shown], late),
        ];
        return answers.every((a) => !a.ok);
      });
      expect(bad).toBe(0);
    },
    LONG_MS,
  );

  it(
    "gives one order for any number of presses",
    () => {
      const bad = failing("double press", 3, (shown, r) => {
        const answer = press(shownOf([shown]), [shown]);
        if (!answer.ok) return false;
        const one = answer.confirmed[0] as Confirmed;
        let sent = 0;
        for (let k = 2 + r.below(4); k > 0; k--) {
          try {
            markSent(one, { durable: true, clientId: "c" });
            sent++;
          } catch {
            // A confirmed order is sent once.
          }
        }
        return sent === 1;
      });
      expect(bad).toBe(0);
    },
    LONG_MS,
  );

  it("needs each asking guard accepted, the time to read it, and a typed quantity where one is due", () => {
    const shown = { ...rowOf(seeded(4)), guards: [] };
    const asks = {
      ...shown,
      guards: [{ ...STALE, code: "LIQUIDITY" as const, verdict: "confirm" as const, text: "volume unknown" }],
    };
    expect(press(shownOf([asks]), [asks])).toMatchObject({ ok: false, text: "accept first: volume unknown" });
    expect(press(shownOf([asks], ["T1:LIQUIDITY"]), [asks]).ok).toBe(true);
    expect(press(shownOf([shown]), [shown], 1e6, 299).ok).toBe(false);
    const preview = shownOf([shown]);
    const typed = (typedQty: string | null) =>
      confirm(
        sha256,
        preview,
        [shown],
        1,
        { hash: preview.hash, shownMs: 400, typedQty },
        { shownMs: 300, mustType: "12" },
      ).ok;
    expect([typed(null), typed("2"), typed("12")]).toEqual([false, false, true]);
  });

  it("what the gate did not make can't be sent", () => {
    const forged = { ticket: "T1", runId: "r", terms: {}, previewHash: "" } as unknown as Confirmed;
    expect(() => markSent(forged, { durable: true, clientId: "c" })).toThrow("only the gate");
  });
});

const STALE: GuardResult = { code: "QUOTE", verdict: "deny", text: "QUOTE 94 s old", fixes: [], used: null };
