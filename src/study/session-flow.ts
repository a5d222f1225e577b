import { type EventColumns, Flag, type Instrument, Kind } from "../../engines/market/index.ts";
import type { FlowQuoteRow, FlowTradeRow } from "../../store/imports/flow.ts";
import type { Desk } from "../desk/desk.ts";
import type { Rows } from "../desk/flow-follower.ts";
import type { FlowNames, FlowTables } from "./flow.ts";

/** What stands of one contract: its last quote, and its last trade where that is still waiting for quotes of its own time. */
interface Standing {
  us: number;
  bid: number;
  ask: number;
  waitingUs: number;
}

const known = (x: number): number | null => (x === x ? x : null);

/**
 * Every trade of an underlying's options up to the desk, and of its quotes those that a join "at or before, equal times count" can meet: for
 * each time of a trade the quote that stood when that time was over. A row that carries one side keeps the other.
 */
export function sessionFlowTables(
  desk: Desk,
  rows: Rows,
  underlying: number,
  names: FlowNames,
): Pick<FlowTables, "trades" | "quotes"> {
  const trades: FlowTradeRow[] = [];
  const quotes: FlowQuoteRow[] = [];
  const standing = new Map<number, Standing>();
  const met = (slot: number, s: Standing): void => {
    if (s.waitingUs === s.waitingUs && s.us === s.us)
      quotes.push({
        ...names.name(slot),
        us: s.us,
        bid: known(s.bid),
        ask: known(s.ask),
        bidSize: null,
        askSize: null,
        delta: null,
        vega: null,
      });
    s.waitingUs = Number.NaN;
  };
  const take = ({ kind, slot, a, b, c, d, e, recvUs, flags }: EventColumns, i: number): void => {
    const at = slot[i] as number;
    if (desk.underlyingSlot[at] !== underlying || !isOption(desk.instruments[at])) return;
    const us = recvUs[i] as number;
    const k = kind[i] as number;
    const bar = k === Kind.bar;
    if (k !== Kind.quote && k !== Kind.trade && !bar) return;
    let s = standing.get(at);
    if (!s) {
      s = { us: Number.NaN, bid: Number.NaN, ask: Number.NaN, waitingUs: Number.NaN };
      standing.set(at, s);
    }
    if (s.waitingUs < us) met(at, s);
    if (k === Kind.quote) {
      s.us = us;
      if (((flags[i] as number) & Flag.bidSide) !== 0) s.bid = a[i] as number;
      if (((flags[i] as number) & Flag.askSide) !== 0) s.ask = c[i] as number;
      return;
    }
    // The open of a minute's bar, told at its start: its volume comes with its close.
    if (k === Kind.trade && b[i] === 0) return;
    const [price, size] = [bar ? d[i] : a[i], bar ? e[i] : b[i]] as [number, number];
    const more = { delta: null, id: trades.length, condition: null };
    trades.push({ ...names.name(at), us, price: known(price), size: known(size), ...more });
    s.waitingUs = us;
  };
  for (let seq = 0; seq < desk.seq; ) {
    const block = rows.block(rows.findBlock(seq));
    const until = Math.min(block.n, desk.seq - block.seq0);
    for (let i = seq - block.seq0; i < until; i++) take(block, i);
    seq = block.seq0 + until;
  }
  for (const [slot, s] of standing) met(slot, s);
  return { trades, quotes };
}

const isOption = (i: Instrument | undefined): boolean => i?.kind === "option";
