import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bsmGreeks, bsmPrice, emptyGreeks } from "../../engines/pricing/index.ts";
import { removeFolder } from "../harness/folders.ts";
import { commandsIn } from "./in-process.ts";

/** One option of a made-up chain at 20 % vol: SPY at 650 on 2026-08-18, noon in New York. */
interface Row {
  expiry: string;
  type: "call" | "put";
  strike: number;
  bid: number;
  ask: number;
  iv: number | null;
  delta: number | null;
  gamma: number | null;
  oi: number | null;
  spot: number;
  time: string;
}
const NOON = "2026-08-18T16:00:00Z";
const YEARS: Readonly<Record<string, number>> = { "2026-08-21": 3.17 / 365, "2026-09-18": 31.17 / 365 };

function chain(): Row[] {
  const g = emptyGreeks();
  return Object.entries(YEARS).flatMap(([expiry, T]) =>
    [620, 630, 640, 645, 650, 655, 660, 670, 680].flatMap((strike) =>
      (["call", "put"] as const).map((type): Row => {
        const w = type === "call" ? 1 : -1;
        const price = bsmPrice(w, 650, strike, T, 0.037, 0, 0.2);
        bsmGreeks(w, 650, strike, T, 0.037, 0, 0.2, g);
        const half = 0.02 + 0.005 * price;
        const { delta, gamma } = g;
        const [bid, ask] = [Math.max(0.01, price - half), price + half];
        return { expiry, type, strike, bid, ask, iv: 0.2, delta, gamma, oi: 100, spot: 650, time: NOON };
      }),
    ),
  );
}

let dir: string;
let n = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-bad-"));
});
afterAll(() => removeFolder(dir));
const voldesk = commandsIn(() => dir);

const FIELDS = [
  "expiry",
  "type",
  "strike",
  "bid",
  "ask",
  "iv",
  "delta",
  "gamma",
  "oi",
  "spot",
  "time",
] as const;
const MAPPING = `name: made
symbol: SPY
columns: { expiry: expiry, type: type, strike: strike, bid: bid, ask: ask, iv: iv, delta: delta, gamma: gamma, open_interest: oi, spot: spot, quote_time: time }
`;
/** Writes a chain and asks a study for its artifact; it never fails. */
async function study(name: string, rows: readonly Row[], ...more: string[]) {
  const path = join(dir, `${n++}.csv`);
  writeFileSync(
    path,
    [FIELDS.join(","), ...rows.map((r) => FIELDS.map((f) => r[f] ?? "").join(","))].join("\n"),
  );
  const mapping = join(dir, "made.yaml");
  writeFileSync(mapping, MAPPING);
  const args = [
    name,
    "--from-chain",
    path,
    "--mapping",
    mapping,
    "--format",
    "json",
    "--tenors",
    "7,30",
    ...more,
  ];
  const { out, error } = await voldesk(
    ...args.filter((a, i) => name !== "exposure" || (a !== "--tenors" && args[i - 1] !== "--tenors")),
  );
  if (error !== null) return { error, warnings: [] as string[], artifact: {} as Record<string, unknown> };
  const artifact = JSON.parse(out) as Record<string, unknown> & { warnings: string[] };
  return { error, warnings: artifact.warnings.map((w) => w.split(":")[0]), artifact };
}
const atm = (a: Record<string, unknown>): (number | null)[] =>
  (a["tenor"] as { atm_iv: number | null }[]).map((t) => t.atm_iv);
const changed = (edit: (r: Row, i: number) => Partial<Row>): Row[] =>
  chain().map((r, i) => ({ ...r, ...edit(r, i) }));

describe("what is wrong with a chain is named in the artifact, is null and not zero, and stops nothing", () => {
  it("nothing wrong: 20 % at both maturities, no warning of the chain", async () => {
    const { artifact, warnings } = await study("surface", chain());
    for (const v of atm(artifact)) expect(v).toBeCloseTo(0.2, 2);
    expect(warnings.filter((w) => w?.startsWith("input_"))).toEqual([]);
  });

  it("an empty chain is said in one sentence", async () => {
    for (const name of ["surface", "term", "exposure"]) expect((await study(name, [])).error).toBe("IMP-004");
  });

  it("one strike", async () => {
    const rows = chain().filter((r) => r.strike === 650);
    const { artifact, warnings } = await study("surface", rows);
    expect(warnings).toContain("single_strike");
    expect((artifact["tenor"] as { skew_25d_pp: number | null }[]).map((t) => t.skew_25d_pp)).toEqual([
      null,
      null,
    ]);
    expect((await study("exposure", rows)).warnings).toContain("single_strike");
  });

  it("crossed, zero and negative quotes", async () => {
    const rows = changed((r, i) =>
      i === 0 ? { bid: r.ask + 1 } : i === 1 ? { bid: 0, ask: 0 } : i === 2 ? { bid: -1 } : {},
    );
    const { artifact, warnings } = await study("surface", rows);
    expect(warnings).toEqual(
      expect.arrayContaining(["input_crossed", "input_no_quote", "input_negative_bid"]),
    );
    for (const v of atm(artifact)) expect(v).toBeCloseTo(0.2, 2);
  });

  it("vols in percent where fractions are due", async () => {
    const { artifact, warnings } = await study(
      "surface",
      changed(() => ({ iv: 20, bid: 0, ask: 0 })),
    );
    expect(warnings).toContain("input_iv_percent");
    expect(atm(artifact)[1]).toBeCloseTo(0.2, 6);
    const compat = await study(
      "surface",
      changed(() => ({ iv: 20 })),
      "--mode",
      "compat",
    );
    expect(atm(compat.artifact)[1]).toBeCloseTo(0.2, 6);
  });

  it("missing open interest, gamma and delta", async () => {
    const bare = changed(() => ({ oi: null, gamma: null, delta: null }));
    const { artifact, warnings } = await study("exposure", bare);
    expect(warnings).toContain("missing_open_interest");
    const { summary } = (
      artifact as unknown as { slices: { all: { summary: Record<string, number | null> } } }
    ).slices.all;
    expect(summary["net_gamma"]).toBeNull();
    const noGamma = await study(
      "exposure",
      changed(() => ({ gamma: null })),
    );
    const all = (
      noGamma.artifact as unknown as { slices: { all: { summary: Record<string, number | null> } } }
    ).slices.all;
    expect(all.summary["gamma_known"]).toBe(1);
    expect((await study("exposure", bare, "--mode", "compat")).warnings).toEqual(
      expect.arrayContaining(["missing_gamma_filled_zero", "missing_open_interest_filled_zero"]),
    );
    expect((await study("surface", bare, "--mode", "compat")).warnings).toContain("missing_bs_delta");
  });

  it("duplicate strikes: the later quote stands, and is counted once", async () => {
    const rows = [...chain(), ...chain().slice(0, 2)];
    const { warnings, artifact } = await study("exposure", rows);
    expect(warnings).toContain("input_duplicate");
    const once = await study("exposure", chain());
    expect(artifact["slices"]).toEqual(once.artifact["slices"]);
  });

  it("expired contracts", async () => {
    const old = chain()
      .slice(0, 18)
      .map((r) => ({ ...r, expiry: "2026-08-14" }));
    const { warnings, artifact } = await study("surface", [...chain(), ...old]);
    expect(warnings).toContain("input_expired");
    expect((artifact["expiries"] as unknown[]).length).toBe(2);
    const evening = changed(() => ({ time: "2026-08-21T21:30:00Z" }));
    expect((await study("surface", evening)).warnings).toEqual(
      expect.arrayContaining(["expired_expiry_excluded", "input_expires_that_day"]),
    );
  });

  it("a chain and a spot of different times", async () => {
    expect((await study("surface", chain(), "--spot", "700")).warnings).toContain("spot_differs_from_chain");
    expect((await study("exposure", chain(), "--spot", "700")).warnings).toContain("spot_differs_from_chain");
    const sunday = await study(
      "surface",
      changed(() => ({ time: "2026-08-23T15:00:00Z" })),
    );
    expect(sunday.artifact["assumptions"]).toContain("quotes_of_last_close");
    expect(sunday.artifact).toMatchObject({
      as_of: "2026-08-21",
      generated_at: expect.stringContaining("2026-08-21T20:00"),
    });
  });

  it("rows in any order give the same bytes but for the file's hash", async () => {
    const [a, b] = [await study("surface", chain()), await study("surface", chain().toReversed())];
    const bare = ({ input_hashes: _, ...rest }: Record<string, unknown>) => rest;
    expect(bare(a.artifact)).toEqual(bare(b.artifact));
  });
});

describe("ticks", () => {
  const file = (name: string, lines: readonly string[]): string => {
    const path = join(dir, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  const trade = (s: number, id: number): string => `2026-08-18T16:00:0${s}Z,SPY260918C00650000,1${s},5,${id}`;
  const quote = (s: number): string => `2026-08-18T16:00:0${s}Z,SPY260918C00650000,1${s},1${s}.5`;
  const flow = async (trades: readonly string[], quotes: readonly string[]) => {
    const t = file("t.csv", ["time,contract,price,size,id", ...trades]);
    const q = file("q.csv", ["time,contract,bid,ask", ...quotes]);
    const { out } = await voldesk("flow", "--trades", t, "--quotes", q, "--format", "json");
    return JSON.parse(out) as { totals: Record<string, number>; contract_flow: unknown; warnings: string[] };
  };
  it("unsorted ones give the same flow, the same one sent twice counts once", async () => {
    const [trades, quotes] = [
      [trade(2, 1), trade(4, 2), trade(6, 3)],
      [quote(1), quote(3), quote(5)],
    ];
    const [a, b] = [await flow(trades, quotes), await flow(trades.toReversed(), quotes.toReversed())];
    expect(a.contract_flow).toEqual(b.contract_flow);
    const twice = await flow([...trades, trade(4, 2)], quotes);
    expect(twice.totals["trades"]).toBe(3);
    expect(twice.warnings).toContain("dropped_duplicate_id");
  });
});
