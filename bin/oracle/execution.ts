import { createHash } from "node:crypto";
import {
  costGate,
  jobId,
  LEGGING,
  legging,
  marketableLimit,
  type NettingFacts,
  navCheck,
  nearest,
  netSleeves,
  percentileEstimate,
  repricedLimit,
  type Side,
  type SleeveIntent,
  slippageBps,
  validateCompat,
} from "../../engines/orders/index.ts";
import type { Adapter, OracleFile } from "./adapter.ts";
import { seedAdapter } from "./seeds.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const sideOf = (text: unknown): Side => (text === "BUY" ? "buy" : "sell");
const DAY_MS = 86_400_000;
const days = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / DAY_MS;

/** All that a reference case may hold; each function reads its own part. */
interface Case {
  readonly bid: number;
  readonly ask: number;
  readonly side: string;
  readonly asset_class: string;
  readonly tick: number;
  readonly price_ceiling: number | null;
  readonly price_floor: number | null;
  readonly replace_count: number;
  readonly max_replace: number;
  readonly prices: Readonly<Record<string, number>>;
  readonly specs: Readonly<
    Record<string, Pick<NettingFacts, "multiplier" | "tier"> & { asset_class: "ETF" }>
  >;
  readonly intents: readonly unknown[];
  readonly min_notional: number;
  readonly current: number;
  readonly target: number;
  readonly nav: number;
  readonly fill: number;
  readonly arrival: number;
  readonly slippages_bps: readonly number[];
  readonly fill_a: number;
  readonly fill_b: number;
  readonly elapsed_s: number;
  readonly max_legging_s: number;
  readonly trigger: number;
  readonly reprice_enabled: boolean;
  readonly internal_nav: number;
  readonly broker_nlv: number;
  readonly halt: number;
  readonly emergency: number;
  readonly date: string;
  readonly venue: string;
  readonly style: string;
}
const BPS: Record<string, number> = { ETF: 10, STK: 12, FUT: 3, FX_FUT: 2 };

const FUNCTIONS = {
  marketable_limit: (i: Case) => {
    const side = sideOf(i.side);
    const bps = BPS[i.asset_class] ?? 10;
    const found = marketableLimit(i.bid, i.ask, side, bps, nearest(i.tick));
    if (found === null) return null;
    const edge = { ceiling: side === "buy" ? found.edge : null, floor: side === "sell" ? found.edge : null };
    return { limit: found.limit, ...edge };
  },
  replace_limit: (i: Case) => {
    const side = sideOf(i.side);
    const touch = side === "buy" ? i.ask : i.bid;
    const edge = i.price_ceiling ?? i.price_floor ?? Number.NaN;
    return repricedLimit(touch, edge, side, i.replace_count, i.max_replace, nearest(0.01));
  },
  basket_plan: (i: Case) => {
    const facts = (id: string): NettingFacts | undefined => {
      const spec = i.specs[id];
      if (spec === undefined) return undefined;
      return {
        price: i.prices[id] ?? null,
        multiplier: spec.multiplier,
        fx: 1,
        class: spec.asset_class,
        tier: spec.tier,
        held: 0,
      };
    };
    const intents: SleeveIntent[] = (i.intents as readonly SleeveIntent[]).map((x) => ({
      ...x,
      side: sideOf(x.side),
      urgency: "normal",
    }));
    const plan = netSleeves(intents, facts, i.min_notional);
    const orders = plan.orders.map(({ urgency: _, left: __, side, ...o }) => ({
      ...o,
      side: side.toUpperCase(),
    }));
    return { orders, filtered: plan.filtered.length };
  },
  gate: (i: Case) => {
    const rest = {
      slippageBps: 3,
      commissionBps: 1,
      borrowBps: 0,
      horizonDays: 20,
      exDividendDays: null,
      override: null,
    };
    const a = costGate({
      current: i.current,
      target: i.target,
      nav: i.nav,
      regime: "normal",
      benefit: 0,
      ...rest,
    });
    return { should_trade: a.trade, drift: a.drift, cost: a.cost, benefit: a.benefit };
  },
  slippage_bps: (i: Case) => slippageBps(i.fill, i.arrival, sideOf(i.side)),
  slippage_estimate: (i: Case) => {
    const found = percentileEstimate(i.slippages_bps);
    // The mean of the trades that cost something is a figure of the original's report only.
    const worse = i.slippages_bps.filter((x) => x > 0);
    const adverse = worse.length === 0 ? null : worse.reduce((sum, x) => sum + x, 0) / worse.length;
    return { estimate_bps: found?.bps, p70: found?.p70, median: found?.median, adverse };
  },
  check_legging: (i: Case) => {
    const rules = {
      ...LEGGING,
      maxMs: i.max_legging_s * 1000,
      leadFilled: i.trigger,
      reprice: i.reprice_enabled,
    };
    const legs = [i.fill_a, i.fill_b].map((filled) => ({ filled, notional: 0 }));
    const s = legging(legs, i.elapsed_s * 1000, rules);
    return { is_legged: s.legged, action: s.action, imbalance: s.imbalance };
  },
  reconcile: (i: Case) => {
    const r = navCheck(i.internal_nav, i.broker_nlv, i.halt, i.emergency);
    return { can_trade: r.canTrade, status: r.status, diff_pct: r.diff };
  },
  job_id: (i: Case) => {
    const intents = (i.intents as readonly [string, "BUY", number, string][]).map(
      ([id, side, qty, sleeve]) => ({
        id,
        side,
        qty,
        sleeve,
      }),
    );
    return jobId(sha256, i.date, i.venue, i.style, intents);
  },
  validate: (i: Case) => validateCompat(i as never, days),
};

const functions = FUNCTIONS as unknown as Parameters<typeof seedAdapter>[1];

export const executionSeeds = seedAdapter("execution", functions, ["adverse"]);
export const optionValidatorSeeds = seedAdapter("option_validator", functions);

const ledger = seedAdapter("run_ledger", functions);
/** Its cases called `property` are sentences; the tests of ids and of the ledger hold them. */
export const runLedgerSeeds: Adapter = {
  ...ledger,
  run: (file: OracleFile) =>
    ledger.run({
      ...file,
      cases: (file["cases"] as readonly { readonly function: string }[]).filter(
        (c) => c.function !== "property",
      ),
    }),
};
