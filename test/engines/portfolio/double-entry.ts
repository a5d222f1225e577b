/**
 * A slow, separate double-entry model of the same facts: every event is a set of postings that sums to zero per currency; lots are
 * walked one by one in exact fractions. It shares no code with the engine.
 */
import type { Instrument } from "../../../engines/market/index.ts";
import type { BookEvent } from "../../../engines/portfolio/index.ts";

/** Fraction n/d in lowest terms is not needed: common denominator 10^30. */
const ONE = 10n ** 30n;
const round = (n: bigint, d: bigint) => {
  const neg = n < 0n !== d < 0n;
  const [a, b] = [n < 0n ? -n : n, d < 0n ? -d : d];
  const q = a / b + (2n * (a % b) >= b ? 1n : 0n);
  return neg ? -q : q;
};
export const num = (text: string | number): bigint => {
  const t = String(text);
  const neg = t.startsWith("-");
  const [whole = "0", frac = ""] = t.replace(/^[+-]/, "").split(".");
  const n = BigInt(whole) * ONE + BigInt((frac + "0".repeat(30)).slice(0, 30));
  return neg ? -n : n;
};
const mul = (a: bigint, b: bigint) => round(a * b, ONE);
const quantity = (x: bigint) => round(x, 10n ** 22n) * 10n ** 22n;

interface Lot {
  qty: bigint;
  price: bigint;
}
interface Stack {
  instrument: Instrument;
  account: string;
  strategy: string;
  lots: Lot[];
}

export class DoubleEntry {
  /** Balance of each account, debit positive: cash/USD, inventory/USD, capital/USD, realised/USD, fees/USD … */
  readonly balances = new Map<string, bigint>();
  readonly stacks = new Map<string, Stack>();
  private readonly find: (id: string) => Instrument;

  constructor(find: (id: string) => Instrument) {
    this.find = find;
  }

  private post(ccy: string, ...entries: [account: string, amount: bigint][]): void {
    let sum = 0n;
    for (const [account, amount] of entries) {
      const key = `${account}/${ccy}`;
      this.balances.set(key, (this.balances.get(key) ?? 0n) + amount);
      sum += amount;
    }
    if (sum !== 0n) throw new Error(`unbalanced posting of ${sum} ${ccy}`);
  }
  balance(account: string, ccy: string): bigint {
    return this.balances.get(`${account}/${ccy}`) ?? 0n;
  }
  held(s: Stack): bigint {
    return s.lots.reduce((sum, l) => sum + l.qty, 0n);
  }
  private stack(account: string, instrument: Instrument, strategy: string): Stack {
    const key = `${account}|${instrument.id}|${strategy}`;
    const found = this.stacks.get(key) ?? { instrument, account, strategy, lots: [] };
    this.stacks.set(key, found);
    return found;
  }
  static margined(i: Instrument): boolean {
    return i.kind === "future" || (i.kind === "option" && i.premiumStyle === "futures");
  }

  private trade(s: Stack, qty: bigint, price: bigint): void {
    const { ccy, multiplier } = s.instrument;
    const m = num(multiplier);
    const margined = DoubleEntry.margined(s.instrument);
    let left = qty;
    while (left !== 0n) {
      const lot = s.lots[0];
      if (lot === undefined || lot.qty > 0n === left > 0n) {
        s.lots.push({ qty: left, price });
        const cost = mul(mul(left, price), m);
        if (!margined) this.post(ccy, ["inventory", cost], ["cash", -cost]);
        return;
      }
      const size = (x: bigint) => (x < 0n ? -x : x);
      const closed = size(lot.qty) < size(left) ? -lot.qty : left;
      const paid = mul(mul(closed, price), m);
      const cost = mul(mul(-closed, lot.price), m);
      if (margined) this.post(ccy, ["cash", -(paid + cost)], ["realised", paid + cost]);
      else this.post(ccy, ["cash", -paid], ["inventory", -cost], ["realised", paid + cost]);
      lot.qty += closed;
      if (lot.qty === 0n) s.lots.shift();
      left -= closed;
    }
  }

  private holders(instrument: string): Stack[] {
    return [...this.stacks.values()].filter((s) => s.instrument.id === instrument && this.held(s) !== 0n);
  }
  private deliver(s: Stack, closing: bigint): void {
    const i = s.instrument;
    if (i.kind !== "option") throw new Error("not an option");
    this.trade(s, closing, 0n);
    const shares = mul(-closing, num(i.multiplier)) * (i.type === "C" ? 1n : -1n);
    this.trade(this.stack(s.account, this.find(i.underlying), s.strategy), shares, num(i.strike));
  }
  private payoff(i: Instrument, settlement: string): bigint {
    if (i.kind !== "option") throw new Error("not an option");
    const gain = (num(settlement) - num(i.strike)) * (i.type === "C" ? 1n : -1n);
    return gain > 0n ? gain : 0n;
  }
  private end(s: Stack, settlement: string): void {
    const closing = -this.held(s);
    const i = s.instrument;
    if (i.kind === "future") return this.trade(s, closing, num(settlement));
    const gain = this.payoff(i, settlement);
    if (gain < num("0.01")) return this.trade(s, closing, 0n);
    if (i.kind === "option" && i.settlement.how === "cash") return this.trade(s, closing, gain);
    this.deliver(s, closing);
  }

  apply(e: BookEvent): void {
    switch (e.kind) {
      case "fill": {
        const i = this.find(e.instrument);
        this.trade(this.stack(e.account, i, e.strategy), num(e.qty), num(e.price));
        this.post(e.feeCcy, ["fees", num(e.fees)], ["cash", -num(e.fees)]);
        return;
      }
      case "cash": {
        const own = { fee: "fees", financing: "financing", dividend: "dividends" } as const;
        const to = e.reason === "deposit" || e.reason === "withdrawal" ? "capital" : own[e.reason];
        return this.post(e.ccy, ["cash", num(e.amount)], [to, -num(e.amount)]);
      }
      case "convert":
        this.post(e.soldCcy, ["cash", -num(e.sold)], ["conversions", num(e.sold)]);
        return this.post(e.boughtCcy, ["cash", num(e.bought)], ["conversions", -num(e.bought)]);
      case "dividend":
        for (const s of this.holders(e.instrument)) {
          const amount = mul(this.held(s), num(e.perShare));
          this.post(s.instrument.ccy, ["cash", amount], ["dividends", -amount]);
        }
        return;
      case "split":
      case "adjust":
        return this.rescale(e);
      case "variation":
        for (const s of this.holders(e.instrument)) {
          let moved = 0n;
          for (const lot of s.lots) {
            moved += mul(mul(lot.qty, num(e.settlement) - lot.price), num(s.instrument.multiplier));
            lot.price = num(e.settlement);
          }
          this.post(s.instrument.ccy, ["cash", moved], ["realised", -moved]);
        }
        return;
      case "expire":
        for (const s of this.holders(e.instrument)) this.end(s, e.settlement);
        return;
      case "leave":
        return this.trade(
          this.stack(e.account, this.find(e.instrument), e.strategy),
          num(e.qty),
          num(e.price),
        );
      case "exercise":
      case "assign": {
        const s = this.stack(e.account, this.find(e.instrument), e.strategy);
        const closing = e.kind === "exercise" ? -num(e.contracts) : num(e.contracts);
        const i = s.instrument;
        if (i.kind === "option" && i.settlement.how === "cash") {
          this.trade(s, closing, this.payoff(i, e.settlement ?? "0"));
        } else this.deliver(s, closing);
        return;
      }
      default:
        return;
    }
  }

  private rescale(e: Extract<BookEvent, { kind: "split" | "adjust" }>): void {
    const ratio = [BigInt(e.numerator), BigInt(e.denominator)] as const;
    const from = e.kind === "split" ? e.instrument : e.from;
    for (const s of this.holders(from)) {
      const to = e.kind === "split" ? s.instrument : this.find(e.to);
      const [oldM, newM] = [num(s.instrument.multiplier), num(to.multiplier)];
      let [old, made] = [0n, 0n];
      const lots = s.lots.map((lot) => {
        old += lot.qty;
        const until = quantity(round(old * ratio[0], ratio[1]));
        const qty = until - made;
        made = until;
        // Cost stays: price x quantity x multiplier is the same before and after.
        const price = qty === 0n ? 0n : round(lot.qty * lot.price * oldM, qty * newM);
        return { qty, price };
      });
      s.lots = [];
      const target = this.stack(s.account, to, s.strategy);
      target.lots = lots;
      if (e.kind !== "split" || e.cashInLieu === null) continue;
      const fraction = made % ONE;
      if (fraction !== 0n) this.trade(target, -fraction, num(e.cashInLieu));
    }
  }
}
