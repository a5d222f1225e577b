import { randomUUID } from "node:crypto";
import * as z from "zod";
import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import { exact, type Portfolio } from "./portfolio.ts";

/** Everything that an account is made to book by itself, and what each takes. Declared once: the check and the list are made from it. */
const symbol = z.string().min(1);
const amount = z.number().min(-1e9).max(1e9);
const contracts = z.number().positive().max(1e6);

export const BOOKINGS = {
  dividend: { does: "pays what is held of a name", takes: { symbol, perShare: z.number() } },
  fee: { does: "takes (or gives back) a fee", takes: { amount } },
  interest: { does: "pays or takes interest", takes: { amount } },
  transfer: { does: "money comes or goes", takes: { amount } },
  expire: { does: "contracts lapse", takes: { symbol } },
  exercise: {
    does: "a holder's contracts are exercised into shares at the strike",
    takes: { symbol, contracts },
  },
  assign: { does: "a writer's contracts are assigned at the strike", takes: { symbol, contracts } },
  settle: { does: "contracts end in cash at a price each", takes: { symbol, price: z.number().min(0) } },
  split: { does: "shares are split", takes: { symbol, ratio: z.number().positive() } },
} as const satisfies Record<string, { readonly does: string; readonly takes: Record<string, z.ZodType> }>;

export type BookingKind = keyof typeof BOOKINGS;

/** What the admin path or a test asks for: `{"on": "alpaca", "kind": "fee", "amount": -1.5}`. */
export interface BookingRequest {
  /** Name of the protocol whose account it is. */
  readonly on: string;
  readonly kind: BookingKind;
  readonly [parameter: string]: unknown;
}

/** One line of what an account booked besides executions. */
export interface Booking {
  readonly id: string;
  readonly us: number;
  /** `delivery`: the shares that an exercise or assignment moves. */
  readonly kind: BookingKind | "delivery";
  readonly product: Product | null;
  /** Change of the position. */
  readonly qty: number;
  /** Change of the cash. */
  readonly amount: number;
  readonly price: number | null;
  readonly perShare: number | null;
}

/** Books by itself what no order asked for, as a broker's back office does. */
export class Bookings {
  readonly all: Booking[] = [];

  constructor(
    private readonly context: VenueContext,
    private readonly portfolio: Portfolio,
  ) {}

  /** @throws Error in words when the request is none. */
  make(request: BookingRequest): readonly Booking[] {
    const declared = BOOKINGS[request.kind] as (typeof BOOKINGS)[BookingKind] | undefined;
    if (declared === undefined)
      throw new Error(`no booking "${String(request.kind)}"; there are ${Object.keys(BOOKINGS).join(", ")}`);
    const schema = z.strictObject({ on: z.string(), kind: z.string(), ...declared.takes });
    const parsed = schema.safeParse(request);
    const issue = parsed.error?.issues[0];
    if (issue !== undefined) throw new Error(`${request.kind} ${issue.path.join(".")}: ${issue.message}`);
    const before = this.all.length;
    this.book(request.kind, request);
    return this.all.slice(before);
  }

  private book(kind: BookingKind, request: BookingRequest): void {
    const given = (key: string): number => Number(request[key]);
    if (kind === "fee" || kind === "interest" || kind === "transfer")
      return this.money(kind, null, given("amount"));
    const product = this.context.market.bySymbol(String(request["symbol"]));
    if (product === null) throw new Error(`${kind}: no ${String(request["symbol"])} here`);
    const held = this.portfolio.held(product);
    if (kind === "dividend") {
      const perShare = given("perShare");
      return this.money(kind, product, exact(held * perShare), perShare);
    }
    if (kind === "split") return this.move(kind, product, exact(held * (given("ratio") - 1)), 0);
    if (kind === "expire") return this.move(kind, product, -held, 0);
    if (kind === "settle") return this.move(kind, product, -held, given("price"));
    this.deliver(kind, product, kind === "exercise" ? -given("contracts") : given("contracts"));
  }

  private deliver(kind: "exercise" | "assign", product: Product, qty: number): void {
    const { instrument: i, base } = product;
    if (i.kind !== "option" || base === null) throw new Error(`${kind}: ${product.symbol} is not an option`);
    this.move(kind, product, qty, 0);
    this.move("delivery", base, (i.type === "C" ? -qty : qty) * i.multiplier, i.strike);
  }

  private money(
    kind: BookingKind,
    product: Product | null,
    sum: number,
    perShare: number | null = null,
  ): void {
    this.portfolio.pay(-sum);
    this.note({ kind, product, qty: 0, amount: exact(sum), price: null, perShare });
  }

  private move(kind: Booking["kind"], product: Product, qty: number, price: number): void {
    const before = this.portfolio.cash;
    this.portfolio.book(product, qty, price);
    const moved = exact(this.portfolio.cash - before);
    this.note({ kind, product, qty, amount: moved, price, perShare: null });
  }

  private note(what: Omit<Booking, "id" | "us">): void {
    this.all.push({ ...what, id: randomUUID(), us: toldUs(this.context) });
  }
}
