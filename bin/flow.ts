import { basename } from "node:path";
import { Command, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import type { IsoDay } from "../engines/market/index.ts";
import type { FlowTables } from "../src/study/flow.ts";
import { reportLines } from "../store/imports/report.ts";
import type { Cli } from "./context.ts";
import { type Delivery, deliver, type Facts } from "./study/deliver.ts";
import { compatFlowDelivery, type FlowHead, flowDelivery } from "./study/flow.ts";
import { fileHash, findingCodes, pathOf, type StudyInput, studyInputs } from "./study/inputs.ts";
import { choice, examples, positive, type StudyOptions } from "./study/options.ts";
import { nothing, oneFile, type SessionOptions, sessionDesk, withSession } from "./study/session-desk.ts";

interface SessionFlow extends StudyOptions {
  readonly minutes?: "5" | "15";
}
interface FlowOptions extends SessionOptions, SessionFlow {
  readonly trades?: string;
  readonly quotes?: string;
  readonly rule: "desk" | "strict";
  readonly quoteAge?: number;
}
/** Flow of a recorded session. @throws VoldeskError EXP-004 where it has none. */
export async function sessionFlow(cli: Cli, options: SessionFlow): Promise<Delivery> {
  const { source, of, status, facts } = await sessionDesk(cli, options);
  const view = await source.view("flow", { underlying: of?.id ?? null, limit: 1, minutes: 15 });
  const flow = view === null ? null : source.flow(view.underlying);
  if (view === null || flow === null || view.contracts === 0)
    throw nothing("flow", options, "It holds no options of that underlying.");
  const head: FlowHead = {
    label: `${view.label} (since the open)`,
    ccy: view.ccy,
    bars: view.quality === "bar",
    source: "replay",
    minutes: options.minutes === "5" ? 5 : 15,
    trades: options.out !== undefined,
  };
  const own = facts(flow.symbol);
  if (options.mode === "desk") return flowDelivery(own, flow.engine, flow.names, head);
  const tables: FlowTables = {
    ...flow.tables(),
    bars: head.bars,
    multiplier: options.multiplier ?? 100,
    spot: null,
    maxQuoteAgeUs: null,
    rule: "desk",
  };
  return compatFlowDelivery({ ...own, asOf: status.day }, tables, head);
}

/** Greeks of a chain by contract, for trades that carry none. */
async function chainGreeks(input: StudyInput) {
  const { exposureColumns } = await import("../src/study/exposure.ts");
  const { bsmGreeks, emptyGreeks, yearFraction } = await import("../engines/pricing/index.ts");
  const { market } = input;
  const { columns } = exposureColumns(market);
  const out = new Map<string, { delta: number; vega: number }>();
  const g = emptyGreeks();
  market.rows.forEach((r, i) => {
    const e = market.expiries[market.at[i] as number];
    const [sigma, T] = [columns.iv[i] as number, e ? yearFraction(market.chainUs, e.expiryUs) : 0];
    if (!e || !(sigma > 0) || !(T > 0) || !(e.forward > 0)) return;
    const rate = -Math.log(e.df) / T;
    bsmGreeks(r.type === "C" ? 1 : -1, e.forward * e.df, r.strike, T, rate, 0, sigma, g);
    out.set(`${r.expiry} ${r.type} ${r.strike}`, { delta: g.delta, vega: g.vega });
  });
  return out;
}

async function fileFlow(cli: Cli, options: FlowOptions): Promise<Delivery> {
  const { trades, quotes } = options;
  if (trades === undefined || quotes === undefined)
    throw new VoldeskError("CLI-001", "flow needs trades and quotes", "Give both --trades and --quotes.");
  const { readFlowQuotes, readFlowTrades } = await import("../store/imports/flow.ts");
  const { flowOf } = await import("../src/study/flow.ts");
  const day = options.asOf as IsoDay | undefined;
  const how = { symbol: options.symbol, day, zone: options.zone };
  const [tradeFile, quoteFile] = [pathOf(cli, trades), pathOf(cli, quotes)];
  const [t, q] = [readFlowTrades(tradeFile, how), readFlowQuotes(quoteFile, how)];
  const chain = options.fromChain === undefined ? null : (await studyInputs(cli, options))[0];
  const greeks = chain ? await chainGreeks(chain) : null;
  const lastUs = t.rows.reduce(
    (m, r) => Math.max(m, r.us),
    q.rows.reduce((m, r) => Math.max(m, r.us), 0),
  );
  const { isoDayAt } = await import("../engines/market/index.ts");
  const symbol =
    options.symbol ??
    t.rows[0]?.underlying ??
    q.rows[0]?.underlying ??
    basename(tradeFile).split(/[._]/)[0] ??
    "";
  const facts: Facts = {
    symbol: symbol.toUpperCase(),
    asOf: day ?? isoDayAt(options.zone ?? "America/New_York", lastUs as never),
    atUs: lastUs,
    provider: options.provider ?? "file",
    hashes: { trades: fileHash(tradeFile), quotes: fileHash(quoteFile), ...(chain?.hashes ?? {}) },
    findings: [...new Set([...findingCodes(t.report), ...findingCodes(q.report)])],
    assumptions: options.multiplier === undefined ? ["multiplier_assumed_100"] : [],
    ages: { trades: 0, quotes: 0 },
  };
  const tables: FlowTables = {
    trades: t.rows,
    quotes: q.rows,
    bars: t.bars,
    multiplier: options.multiplier ?? 100,
    spot: options.spot ?? chain?.market.spot ?? null,
    greeks: greeks === null ? undefined : (c) => greeks.get(`${c.expiry} ${c.type} ${c.strike}`) ?? null,
    maxQuoteAgeUs: (options.quoteAge ?? 60) * 1e6,
    rule: options.rule,
  };
  const head: FlowHead = {
    label: `${facts.symbol} ${facts.asOf}`,
    ccy: "USD",
    bars: t.bars,
    source: "file",
    minutes: options.minutes === "5" ? 5 : 15,
    trades: options.out !== undefined,
  };
  const notes = [...reportLines(t.report), ...reportLines(q.report)];
  const made =
    options.mode === "compat"
      ? compatFlowDelivery(facts, tables, head)
      : (({ engine, names }) => flowDelivery(facts, engine, names, head))(flowOf(tables));
  return { ...made, study: { ...made.study, foot: [...made.study.foot, ...notes] } };
}

/** `flow`: of a recorded session, or of a file of trades against a file of quotes. */
export function flowCommand(cli: Cli): Command {
  return withSession(new Command("flow"))
    .option("--trades <file>", "trades, or bars of trades, of options")
    .option("--quotes <file>", "quotes, or bars of quotes, of the same options")
    .addOption(
      new Option("--from-chain <file>", "a chain whose vols give the Greeks that trades lack").argParser(
        oneFile,
      ),
    )
    .addOption(new Option("--multiplier <n>", "units per contract").argParser(positive))
    .addOption(
      new Option("--quote-age <seconds>", "oldest quote a side is read from, 60 unless given").argParser(
        positive,
      ),
    )
    .addOption(choice("--minutes <n>", "width of time bins", ["5", "15"], "15"))
    .addOption(
      choice("--rule <rule>", "strict leaves what is inside the spread unknown", ["desk", "strict"], "desk"),
    )
    .addHelpText(
      "after",
      `\nTrades need a time, a contract (or expiry, strike and type), price and size; quotes bid and ask. A chain alone has no flow.
A session's compat mode counts every trade of the recording and joins quotes of the trade's own time too, as the original does.${examples(
        "voldesk flow --session goog-2015-12-24 --at 10:34",
        "voldesk flow --trades trades.csv --quotes quotes.csv --symbol SPY --format json",
      )}`,
    )
    .action(async (options: FlowOptions) => {
      const files = options.trades !== undefined || options.quotes !== undefined;
      await deliver(cli, [files ? await fileFlow(cli, options) : await sessionFlow(cli, options)], options);
    });
}
