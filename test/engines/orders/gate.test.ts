import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentId } from "../../../engines/market/index.ts";
import {
  type Confirmed,
  confirm,
  type GuardResult,
  hashOf,
  markSent,
  type NetQuote,
  type Previewed,
  type Terms,
} from "../../../engines/orders/index.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const RUNS = Number(process.env["VOLDESK_GATE_RUNS"] ?? 20_000);
const LIFE = 15e6;
const RULES = { shownMs: 300, mustType: null };

const leg = fc.record({
  instrument: fc
    .constantFrom("EQ/A/USD", "OPT/A/2016-01-15/C/100/USD/1", "OPT/A/2016-01-15/P/90/USD/1")
    .map((x) => x as InstrumentId),
  ratio: fc.constantFrom(1, -1, 2),
  intent: fc.constantFrom("open" as const, "close" as const),
});
const terms: fc.Arbitrary<Terms> = fc.record({
  account: fc.constantFrom("a", "b"),
  mode: fc.constantFrom("paper" as const, "live" as const),
  side: fc.constantFrom("buy" as const, "sell" as const),
  legs: fc.array(leg, { minLength: 1, maxLength: 2 }),
  qty: fc.integer({ min: 1, max: 50 }).map(String),
  limit: fc.integer({ min: 1, max: 2000 }).map((c) => String(c / 100)),
  tif: fc.constantFrom("day" as const, "gtc" as const, "ioc" as const),
  strategy: fc.constantFrom("desk", "hedge"),
});
const guard: fc.Arbitrary<GuardResult> = fc.record({
  code: fc.constantFrom("SIZE" as const, "COLLAR" as const, "LIQUIDITY" as const),
  verdict: fc.constantFrom("pass" as const, "warn" as const),
  text: fc.constant("x"),
  fixes: fc.constant([]),
  used: fc.constant(null),
});
const net: fc.Arbitrary<NetQuote> = fc.record({
  bid: fc.constant(1),
  mid: fc.constant(1.1),
  ask: fc.constant(1.2),
  bidUnits: fc.constant(10),
  askUnits: fc.constant(10),
  spread: fc.constant(0.2),
});
const row: fc.Arbitrary<Previewed> = fc.record({
  staged: fc.constant({ ticket: "T1", runId: "run" }),
  terms,
  guards: fc.uniqueArray(guard, { selector: (g) => g.code, maxLength: 3 }),
  net,
  tick: fc.constant(0.01),
});

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
  it("lets an unchanged preview through and nothing that was changed under its confirmation", () => {
    fc.assert(
      fc.property(row, fc.nat(mutations.length - 1), (shown, k) => {
        const preview = shownOf([shown]);
        if (!press(preview, [shown]).ok) return false;
        const mutate = mutations[k] as (typeof mutations)[number];
        const other = { ...shown, terms: mutate(shown.terms) };
        // Changed on the way to the gate, or under the hash that was shown.
        return !press(preview, [other]).ok && !press({ ...preview, rows: [other] }, [other]).ok;
      }),
      { numRuns: RUNS, seed: 1 },
    );
  });

  it("lets nothing through on quotes that moved too far, went away or are too old", () => {
    const moved = fc.double({ min: 0.0501, max: 5, noNaN: true });
    fc.assert(
      fc.property(row, moved, fc.boolean(), fc.integer({ min: 1, max: 1e9 }), (shown, by, up, late) => {
        const preview = shownOf([shown]);
        const mid = (shown.net.mid as number) + (up ? by : -by);
        const far = { ...shown, net: { ...shown.net, mid } };
        const gone = { ...shown, net: { ...shown.net, mid: null } };
        const worse = { ...shown, guards: [{ ...STALE }, ...shown.guards] };
        const answers = [
          press(preview, [far]),
          press(preview, [gone]),
          press(preview, [worse]),
          press(preview, [shown], LIFE + late),
        ];
        return answers.every((a) => !a.ok);
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });

  it("gives one order for any number of presses", () => {
    fc.assert(
      fc.property(row, fc.integer({ min: 2, max: 5 }), (shown, times) => {
        const answer = press(shownOf([shown]), [shown]);
        if (!answer.ok) return false;
        const one = answer.confirmed[0] as Confirmed;
        let sent = 0;
        for (let k = 0; k < times; k++) {
          try {
            markSent(one, { durable: true, clientId: "c" });
            sent++;
          } catch {
            // A confirmed order is sent once.
          }
        }
        return sent === 1;
      }),
      { numRuns: RUNS, seed: 3 },
    );
  });

  it("needs each asking guard accepted, the time to read it, and a typed quantity where one is due", () => {
    const [shown] = fc.sample(row, { numRuns: 1, seed: 4 }) as [Previewed];
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
