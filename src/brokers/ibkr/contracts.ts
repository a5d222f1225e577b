import {
  type FutureInstrument,
  type Instrument,
  type InstrumentId,
  type OptionInstrument,
  parseInstrumentId,
} from "../../../engines/market/index.ts";
import { Contracts } from "../../feeds/ibkr/contracts.ts";
import type { Gateway } from "../../feeds/ibkr/gateway.ts";
import { type Row, rowOf, textOf } from "../wire-values.ts";

/** The contract could not be told from the desk's: nothing was sent. */
export class ContractError extends Error {}

/** Package numbers by currency. That of the euro is not known. */
const SPREADS: Readonly<Record<string, number>> = {
  USD: 28812380,
  GBP: 58666491,
  AUD: 61227077,
  CAD: 61227082,
  CHF: 61227087,
  HKD: 61227072,
  JPY: 61227069,
  SEK: 136000429,
  SGD: 426116555,
};

/** The broker's numbers of contracts, each checked against what the broker says it stands for before an order names it. */
export class OrderContracts {
  private readonly search: Contracts;
  private readonly conids = new Map<InstrumentId, number>();
  private readonly ids = new Map<number, InstrumentId>();

  constructor(private readonly gateway: Gateway) {
    const found = new Map<string, number>();
    this.search = new Contracts(gateway, {
      get: (id) => found.get(id),
      set: (id, n) => void found.set(id, n),
    });
  }

  /** @throws ContractError, GatewayError */
  async conid(instrument: Instrument): Promise<number> {
    const known = this.conids.get(instrument.id);
    if (known !== undefined) return known;
    if (instrument.kind === "index" || instrument.kind === "crypto")
      throw new ContractError(`${instrument.id} can't be traded at Interactive Brokers from here`);
    const conid = await this.search.conid(instrument);
    if (conid === null) throw new ContractError(`Interactive Brokers does not list ${instrument.id}`);
    const info = await this.info(conid);
    const other = differs(instrument, info);
    if (other !== null)
      throw new ContractError(`the broker's contract ${conid} is not ${instrument.id}: ${other}`);
    this.conids.set(instrument.id, conid);
    this.ids.set(conid, instrument.id);
    return conid;
  }

  /** The id of a contract, by what the broker says of it; a name of its own where it is none of the desk's kinds. @throws GatewayError */
  async instrument(conid: number): Promise<InstrumentId> {
    const known = this.ids.get(conid);
    if (known !== undefined) return known;
    const id = idOf(await this.info(conid), conid);
    this.ids.set(conid, id);
    return id;
  }

  /** `28812380@SMART;;;1/1,2/-1`. @throws ContractError */
  conidex(legs: readonly { readonly conid: number; readonly ratio: number }[], ccy: string): string {
    const spread = SPREADS[ccy];
    if (spread === undefined)
      throw new ContractError(
        `the broker's number for packages in ${ccy} is not known; send the legs one by one`,
      );
    return `${spread}@SMART;;;${legs.map((l) => `${l.conid}/${l.ratio}`).join(",")}`;
  }

  private async info(conid: number): Promise<Row> {
    const row = rowOf(await this.gateway.get(`/iserver/contract/${conid}/info`));
    if (row === null) throw new ContractError(`the broker tells nothing of contract ${conid}`);
    return row;
  }
}

/** Legs of a `conidex` in the order they were sent; null where it is a plain contract. */
export function legsOf(conidex: string): { readonly conid: number; readonly ratio: number }[] | null {
  const list = conidex.split(";;;")[1];
  if (list === undefined) return null;
  return list.split(",").map((part) => {
    const [conid = 0, ratio = 0] = part.split("/").map(Number);
    return { conid, ratio };
  });
}

const dayOf = (value: unknown): string | null => {
  const text = textOf(value);
  return text === null || !/^\d{8}$/.test(text)
    ? null
    : `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
};

/** How a contract of the broker's differs from the one meant, in words; null where it is the same. */
function differs(i: Instrument, info: Row): string | null {
  const ccy = textOf(info["currency"]);
  if (ccy !== i.ccy) return `it is in ${ccy ?? "no currency"}`;
  if (i.kind === "option") return optionDiffers(i, info);
  if (i.kind === "future") return multiplierDiffers(i, info);
  return i.kind !== "fx" && textOf(info["symbol"]) !== i.symbol ? `it is ${textOf(info["symbol"])}` : null;
}

function optionDiffers(i: OptionInstrument, info: Row): string | null {
  const day = dayOf(info["maturity_date"]);
  if (day !== i.expiry) return `it ends on ${day ?? "no day"}`;
  if (Number(info["strike"]) !== i.strike) return `its strike is ${String(info["strike"])}`;
  const right = textOf(info["right"]);
  if (right?.[0] !== i.type) return `it is a ${right ?? "contract without a right"}`;
  const root = textOf(info["trading_class"]);
  if (root !== null && root !== i.symbol) return `its class is ${root}`;
  return multiplierDiffers(i, info);
}

function multiplierDiffers(i: OptionInstrument | FutureInstrument, info: Row): string | null {
  return Number(info["multiplier"]) === i.multiplier
    ? null
    : `its multiplier is ${String(info["multiplier"])}`;
}

function idOf(info: Row, conid: number): InstrumentId {
  const [symbol, ccy] = [textOf(info["symbol"]) ?? "", textOf(info["currency"]) ?? ""];
  const root = textOf(info["trading_class"]) ?? symbol;
  const day = dayOf(info["maturity_date"]) ?? "";
  const parts: Readonly<Record<string, string>> = {
    STK: `EQ/${symbol}/${ccy}`,
    OPT: `OPT/${root}/${day}/${textOf(info["right"])?.[0] ?? ""}/${Number(info["strike"])}/${ccy}/1`,
    FUT: `FUT/${root}/${day}/${ccy}`,
    CASH: `FX/${symbol.includes(".") ? symbol.replace(".", "") : symbol + ccy}`,
    IND: `IDX/${symbol}`,
  };
  const id = parts[String(info["instrument_type"])] ?? "";
  return (parseInstrumentId(id) === null ? `IBKR/${conid}` : id) as InstrumentId;
}
