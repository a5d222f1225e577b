import type { InstrumentId, OptionInstrument, Slot } from "../../../engines/market/index.ts";
import type { Explanation } from "../protocol.ts";
import { ChainIndex, chainView } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { label } from "../views/names.ts";
import { lastExplained, modelExplained, priorExplained, quoteExplained, volExplained } from "./marks.ts";
import { exact, gain, leaf } from "./words.ts";

/** A cell of a watch list or of a chain, of the contract in `slot`. */
export function instrumentExplained(context: ViewContext, slot: Slot, column: string): Explanation | null {
  const instrument = context.desk.instruments[slot];
  if (!instrument) return null;
  const name = label(instrument, context.session.day);
  switch (column) {
    case "change":
      return changeExplained(context, slot, name);
    case "last":
    case "volume":
      return lastExplained(context, slot, column);
    case "oi":
      return interestExplained(context, slot, name);
    case "iv":
    case "delta":
    case "theo":
      break;
    default:
      return quoteExplained(context, slot, column);
  }
  if (instrument.kind !== "option")
    return leaf(`${column} of ${name}`, "–", null, [
      "not an option: it has no vol, delta or model of its own",
    ]);
  if (column === "theo") return modelExplained(context, slot, instrument, true);
  const value = context.source().quoted(instrument);
  if (column === "iv") return volExplained(context, slot, value, true);
  return leaf(
    `delta of ${name}`,
    exact(value?.greeks?.delta ?? null),
    "per share",
    [
      `spot delta e^(−qT) N(d1), at spot ${exact(value?.spot ?? null)}`,
      instrument.style === "american" ? "and the delta of its early-exercise premium" : "European",
    ],
    { inputs: [volExplained(context, slot, value, true)] },
  );
}

function changeExplained(context: ViewContext, slot: Slot, name: string): Explanation {
  const { book } = context.desk;
  const [bid, ask, last] = [book.bid[slot] as number, book.ask[slot] as number, book.last[slot] as number];
  const two = bid > 0 && ask > 0;
  const now = two ? (bid + ask) / 2 : last;
  const prior = context.facts.valuer.prior(slot)?.price ?? null;
  const change = prior === null || prior === 0 || now !== now ? null : (now / prior - 1) * 100;
  return leaf(
    `change of ${name} since the prior settlement`,
    gain(change),
    "%",
    [`${two ? "mid" : "last print, for want of a two-sided quote,"} ${exact(now)} ÷ ${exact(prior)} − 1`],
    { inputs: [quoteExplained(context, slot), priorExplained(context, slot)] },
  );
}

function interestExplained(context: ViewContext, slot: Slot, name: string): Explanation {
  return leaf(`open interest of ${name}`, exact(context.desk.book.openInterest[slot]), "contracts", [
    "contracts open at the prior close, published before the session; it does not move during the day",
    `source capture ${context.session.name}`,
  ]);
}

/** A strike of a chain, or a cell where nothing is listed. `row` is `underlying|expiry key|strike|calls or puts`. */
export function strikeExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [underlying = "", expiry = "", strike = "", side = "calls"] = row.split("|");
  const view = chainView(context, new ChainIndex(), { underlying: underlying as InstrumentId, expiry });
  const at = view?.strikes.indexOf(Number(strike)) ?? -1;
  if (!view || at < 0) return null;
  const slotOf = (name: "calls" | "puts") => (view[name].slot[at] ?? -1) as Slot;
  const contracts = (["calls", "puts"] as const).flatMap((name) => (slotOf(name) < 0 ? [] : [slotOf(name)]));
  if (column === "you") {
    const held = [view.calls.held[at] ?? 0, view.puts.held[at] ?? 0];
    return leaf(
      `held at ${strike} ${view.expiryLabel}`,
      `${gain(held[0])} C, ${gain(held[1])} P`,
      "contracts",
      ["net of all accounts and strategies in the ledger, structures included"],
    );
  }
  if (column !== "strike")
    return leaf(`${side === "calls" ? "call" : "put"} ${strike} ${view.expiryLabel}`, "–", null, [
      `no such contract is listed in ${context.session.name}`,
    ]);
  const option = context.desk.instruments[contracts[0] ?? -1] as OptionInstrument | undefined;
  const lines = [
    `${view.label} ${exact(view.spot)}, ${exact(view.dteDays)} days to expiry, forward ${exact(view.forward)} by parity at the strike nearest to spot`,
    `at-the-money vol ${exact(view.atmIv === null ? null : view.atmIv * 100)}: mean of call and put there; straddle ${exact(view.straddle)} from their mids`,
    `one standard deviation ±${exact(view.oneSigma)} = spot x vol x √years`,
  ];
  if (option) lines.push(`${option.style}, ${option.settlement} settled, multiplier ${option.multiplier}`);
  return leaf(`strike ${strike} of ${view.label} ${view.expiryLabel}`, strike, view.label, lines, {
    inputs: contracts.map((slot) => quoteExplained(context, slot)),
  });
}
