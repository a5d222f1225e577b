import * as z from "zod";
import { misplaced } from "./places.ts";

/** Everything that can be made to go wrong, and what each takes besides the common keys. Declared once: the check, the list and the help are made from it. */

const ms = z.number().min(0).max(86_400_000);
const count = z.int().min(1).max(10_000_000);
const share = z.number().min(0).max(1);

export const FAULT_KINDS = {
  // any websocket
  mute: { does: "sockets stay open, no pong, no data", takes: {} },
  halfOpen: { does: "like a cable pulled: nothing is read, nothing is sent", takes: {} },
  reset: { does: "open sockets are reset at once", takes: {} },
  close: { does: "open sockets are closed", takes: { code: z.int().min(1000).max(4999).default(1001) } },
  malformed: {
    does: "the next messages are damaged",
    takes: { how: z.enum(["cut", "json", "type", "shape", "utf8", "frame"]).default("json") },
  },
  fragments: { does: "messages come in several frames", takes: { pieces: count.default(3) } },
  duplicates: { does: "data messages come twice", takes: { share: share.default(1) } },
  reorder: { does: "messages of a batch come in the wrong order", takes: {} },
  drop: { does: "data messages are lost", takes: { share: share.default(0.1) } },
  hugeFrame: { does: "one data message of many megabytes", takes: { bytes: count.default(4_000_000) } },
  unknownType: { does: "messages of an unknown type come between", takes: {} },
  unknownKeys: { does: "data messages carry keys nobody knows", takes: {} },
  delay: { does: "data comes late on the wire", takes: { ms: ms.default(2_000) } },
  refuseUpgrade: {
    does: "new websockets are refused by HTTP",
    takes: {
      status: z.int().min(400).max(599).default(429),
      retryAfter: z.int().min(0).max(3600).optional(),
    },
  },
  // any REST
  rest: {
    does: "requests fail by HTTP",
    takes: {
      status: z.int().min(400).max(599).default(429),
      retryAfter: z.int().min(0).max(3600).optional(),
    },
  },
  restSlow: { does: "answers take long", takes: { ms: ms.default(5_000) } },
  restReset: { does: "the socket of a request is reset", takes: {} },
  // the market itself
  burst: {
    does: "quotes at a rate far above normal",
    takes: { rate: count.default(50_000) },
  },
  lateTrades: { does: "trades come late", takes: { ms: ms.default(8_000), share: share.default(0.2) } },
  clockSkew: {
    does: "times on the wire are off",
    takes: { ms: z.number().min(-86_400_000).max(86_400_000) },
  },
  // Alpaca
  authError: {
    does: "auth is answered with an error",
    takes: { code: z.int().min(400).max(599).default(402) },
  },
  connectionLimit: {
    does: "406 at auth until the last connection is this long dead",
    takes: { deadMs: ms.default(10_000) },
  },
  slowClient: { does: "407, then closed", takes: {} },
  partialAck: {
    does: "the subscription's answer lacks a key or a symbol",
    takes: { lacks: z.string().default("key") },
  },
  dataBeforeAck: { does: "data comes before the subscription's answer", takes: {} },
  dataAfterUnsubscribe: { does: "data goes on after unsubscribing", takes: { ms: ms.default(2_000) } },
  bigIds: { does: "trade ids from 2^53+1", takes: {} },
  emptyWords: { does: 'conditions, exchanges and tapes are ""', takes: {} },
  correction: { does: "the last trade of each name is corrected", takes: {} },
  cancelTrade: { does: "the last trade of each name is cancelled", takes: {} },
  halt: {
    does: "names are halted, then resumed when the fault ends",
    takes: { symbols: z.array(z.string()).default([]) },
  },
  // orders, of any protocol
  noFills: { does: "orders rest, whatever the market does", takes: {} },
  ackLost: {
    does: "the answer to an order is lost, before it was accepted or after",
    takes: { when: z.enum(["before", "after"]).default("after") },
  },
  ackLate: {
    does: "the answer to an order comes late; the order is live meanwhile",
    takes: { ms: ms.default(3_000) },
  },
  ackError: {
    does: "an order is accepted, its answer is an error",
    takes: { status: z.int().min(400).max(599).default(504) },
  },
  ackDuplicate: { does: "events of orders come twice", takes: {} },
  orderLater: { does: "503; the order goes live later all the same", takes: { ms: ms.default(2_000) } },
  rejectAfterAck: { does: "an accepted order is rejected", takes: {} },
  fillBeforeAck: { does: "the fill comes before the answer to the order", takes: {} },
  fillAfterCancel: { does: "a cancelled order is filled", takes: {} },
  cancelSilent: { does: "a cancel is not carried out for long", takes: { ms: ms.default(60_000) } },
  partialThenCancel: { does: "half is filled, the venue cancels the rest", takes: {} },
  mixedPartials: {
    does: "a fill comes in parts at once, told in the wrong order: the first of them last",
    takes: { parts: z.int().min(2).max(100).default(3) },
  },
  replaceRace: { does: "the fill wins against a replacement", takes: {} },
  skipNew: { does: "no event says that the order is at work", takes: {} },
  dropFill: { does: "a fill is told by REST alone", takes: {} },
  repeatFill: { does: "the last fill is told again", takes: {} },
  tradeBust: { does: "the last fill is busted", takes: {} },
  unknownOrder: { does: "orders are not found when asked for", takes: {} },
  questions: {
    does: "IBKR asks this many questions before it takes an order",
    takes: { n: z.int().min(0).max(10).default(2) },
  },
  // IBKR
  commissionLate: { does: "executions are told without their commission", takes: {} },
  availability: {
    does: "IBKR's quotes are delayed (D), frozen (Z, Y) or not subscribed (N), as field 6509 says",
    takes: { as: z.enum(["D", "Z", "Y", "N"]).default("D") },
  },
  smdAge: { does: "smd subscriptions end silently at this age", takes: { ms: ms.default(60_000) } },
  competing: { does: "another session takes over", takes: {} },
  loggedOut: { does: "the brokerage session is gone", takes: {} },
  noHeartbeat: { does: "no hb on the websocket", takes: {} },
  zombie: { does: "after the session's end old sockets stay open and mute", takes: {} },
  sorRefused: { does: "sor is refused", takes: {} },
  // Deribit
  tokenExpiry: { does: "tokens expire now", takes: {} },
  tooManyRequests: { does: "10028, then the socket is closed", takes: {} },
  bookGap: { does: "a book change is left out", takes: {} },
  rpcError: { does: "requests fail", takes: { code: z.int(), message: z.string().default("error") } },
} as const satisfies Record<string, { readonly does: string; readonly takes: Record<string, z.ZodType> }>;

export type FaultKind = keyof typeof FAULT_KINDS;

const common = {
  /** Where: a part of the path (`/v2/iex`, `/v1/api/ws`), or its end (`/orders$`); empty for everywhere. */
  on: z.string().default(""),
  /** Ends by itself after this long in wall time. */
  forMs: ms.optional(),
  /** Ends after this many uses. */
  count: count.optional(),
};

/** What is asked of the venue to go wrong, as a test, the admin path or a script says it. */
export interface FaultRequest {
  readonly kind: FaultKind;
  readonly on?: string;
  readonly forMs?: number;
  readonly count?: number;
  readonly [parameter: string]: unknown;
}

export interface FaultSpec {
  readonly kind: FaultKind;
  readonly on: string;
  readonly forMs?: number;
  readonly count?: number;
  readonly params: Readonly<Record<string, unknown>>;
}

/** @returns the checked fault, or what is wrong with it in words. */
export function parseFault(request: unknown): FaultSpec | string {
  const kind = (request as { kind?: unknown } | null)?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(FAULT_KINDS, kind))
    return `no fault "${String(kind)}"; there are ${Object.keys(FAULT_KINDS).join(", ")}`;
  const schema = z.strictObject({
    kind: z.string(),
    ...common,
    ...(FAULT_KINDS[kind as FaultKind].takes as Record<string, z.ZodType>),
  });
  const parsed = schema.safeParse(request);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${kind} ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "malformed"}`;
  }
  const nowhere = misplaced(parsed.data["on"] as string);
  if (nowhere !== null) return `${kind} ${nowhere}`;
  const { kind: _kind, on, forMs, count: uses, ...params } = parsed.data as Record<string, unknown>;
  return {
    kind: kind as FaultKind,
    on: on as string,
    ...(forMs === undefined ? {} : { forMs: forMs as number }),
    ...(uses === undefined ? {} : { count: uses as number }),
    params,
  };
}
