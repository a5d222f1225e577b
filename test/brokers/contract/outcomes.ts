import { describe, expect, it } from "vitest";
import type { OrderStatus } from "../../../engines/orders/index.ts";
import type { FaultRequest } from "../../../src/venue/faults/kinds.ts";
import { pause, until } from "../../harness/until.ts";
import { DeskAtVenue } from "./desk.ts";
import { type BrokerRig } from "./rig.ts";
import { SAME } from "./same.ts";

/** Longer than a broker waits for an answer in these tests. */
const LATE_MS = 3_000;

interface Outcome {
  readonly name: string;
  readonly faults: (orders: string) => readonly FaultRequest[];
  readonly price: "low" | "high";
  readonly qty?: number;
  /** What happens to the order once it was answered. */
  readonly then?: "cancel" | "bust" | "reset";
  /** Nobody knows for a while what became of it. */
  readonly doubt?: true;
  /** What it comes to where the desk lives on. */
  readonly ends: readonly OrderStatus[];
  /** The venue takes this long, ms. */
  readonly takes?: number;
}

const one = (request: FaultRequest) => (on: string) => [{ on, count: 1, ...request }];
/** Recorded, and positively not at the broker: it waits for a human. */
const NOT_THERE: OrderStatus = "PENDING";

/** Every way in which an order's outcome is in doubt (issue: orders, the machine). */
const OUTCOMES: readonly Outcome[] = [
  {
    name: "ackLostBefore",
    faults: one({ kind: "ackLost", when: "before" }),
    price: "low",
    doubt: true,
    ends: [NOT_THERE],
  },
  { name: "ackLostAfter", faults: one({ kind: "ackLost" }), price: "low", doubt: true, ends: ["ACKED"] },
  {
    name: "ackLate",
    faults: one({ kind: "ackLate", ms: LATE_MS }),
    price: "low",

    ends: ["ACKED"],
  },
  { name: "ackDuplicate", faults: (on) => [{ kind: "ackDuplicate", on }], price: "high", ends: ["FILLED"] },
  { name: "rejectAfterAck", faults: one({ kind: "rejectAfterAck" }), price: "low", ends: ["REJECTED"] },
  { name: "fillBeforeAck", faults: one({ kind: "fillBeforeAck" }), price: "high", ends: ["FILLED"] },
  {
    name: "fillAfterCancel",
    faults: one({ kind: "fillAfterCancel" }),
    price: "low",
    then: "cancel",
    ends: ["FILLED"],
  },
  {
    name: "partialThenCancel",
    faults: one({ kind: "partialThenCancel" }),
    price: "high",
    qty: 4,
    ends: ["CANCELLED"],
  },
  {
    name: "tooManyRequests",
    faults: one({ kind: "rest", status: 429 }),
    price: "low",
    doubt: true,
    ends: [NOT_THERE],
  },
  {
    name: "unknownOrder",
    faults: (on) => [
      { kind: "ackLost", on, count: 1 },
      { kind: "unknownOrder", on, count: 3 },
    ],
    price: "low",
    doubt: true,
    ends: ["ACKED"],
  },
  { name: "tradeBust", faults: () => [], price: "high", then: "bust", ends: ["FILLED"] },
  {
    name: "serverError",
    faults: one({ kind: "ackError", status: 504 }),
    price: "low",
    doubt: true,
    ends: ["ACKED"],
  },
  {
    // After the broker's delay even: it was said not to be there, and waited for a human.
    name: "aliveLater",
    faults: one({ kind: "orderLater", ms: 1_000 }),
    price: "low",
    doubt: true,
    takes: 1_200,
    ends: ["ACKED"],
  },
  {
    name: "socketReset",
    faults: (on) => [{ kind: "dropFill", on, count: 1 }, { kind: "reset" }],
    price: "high",
    then: "reset",
    ends: ["FILLED"],
  },
];

/** Where the desk is dropped and started again; 0: nowhere. */
const POINTS = ["never", "as it is sent", "once answered", "as more happens", "after that"] as const;
type Point = (typeof POINTS)[number];

/** Without a restart and with one, at another point for each outcome: a quick look at all of them. */
export const turnAbout = (outcome: number): readonly Point[] => [
  "never",
  POINTS[1 + (outcome % (POINTS.length - 1))] as Point,
];

/** The ambiguous outcomes with a restart of the desk between each step: real desk, real ledger, real sockets. */
export function ambiguousOutcomes(
  name: string,
  make: () => Promise<BrokerRig>,
  pointsOf: (outcome: number) => readonly Point[] = () => POINTS,
): void {
  describe.concurrent(`${name}: at most one order per ticket, whatever the broker answers`, () => {
    for (const [n, outcome] of OUTCOMES.entries())
      it(`${outcome.name}, with a restart between each step`, async () => {
        for (const point of pointsOf(n)) {
          if (point === "as more happens" && outcome.then === undefined) continue;
          const rig = await make();
          await run(rig, outcome, point).finally(() => rig.close());
        }
      });
  });
}

async function run(rig: BrokerRig, outcome: Outcome, point: Point): Promise<void> {
  const own = rig.outcomes?.[outcome.name];
  if (own === null) return;
  const at = await DeskAtVenue.start(rig);
  const restart = async (here: Point): Promise<void> => (here === point ? at.restart() : undefined);
  let clientId = "";
  try {
    for (const fault of own ?? outcome.faults(rig.orders)) rig.venue.faults.add(fault);
    const { [outcome.price]: price, qty } = rig.single;
    clientId = at.order(rig.single, price, Number(qty(outcome.qty ?? 1)));
    await restart("as it is sent");
    await until("an answer", () => at.state(clientId).status !== "SENDING");
    await restart("once answered");
    if (outcome.then === "bust" && point === "as more happens") await bustWhileOff(rig, at, clientId);
    else {
      await more(rig, at, outcome, clientId);
      await restart("as more happens");
    }
    await pause(outcome.takes ?? 50);
    await restart("after that");
    await settled(rig, at, clientId, point === "never" ? outcome.ends : null);
    expect(at.submits.get(clientId) ?? 0).toBeLessThanOrEqual(1);
    const records = at.recorded(clientId);
    expect(records.filter((k) => k === "sending")).toHaveLength(1);
    if (point === "never" && outcome.doubt) expect(records).toContain("unknown");
  } catch (error) {
    const here = clientId === "" ? "not ordered" : at.told(clientId);
    throw new Error(`${outcome.name}, restart ${point}: ${(error as Error).message}; ${here}`, {
      cause: error,
    });
  } finally {
    at.end();
  }
}

async function more(rig: BrokerRig, at: DeskAtVenue, { then }: Outcome, clientId: string): Promise<void> {
  const { faults } = rig.venue;
  if (then === undefined) return;
  const state = at.state(clientId);
  if (then === "cancel" && at.desk.book.live().includes(state))
    at.command({ name: "cancel", order: state.order.id });
  if (then === "bust") {
    await until(
      "the fill",
      () => at.state(clientId).fills.size > 0 || at.state(clientId).status === NOT_THERE,
    );
    faults.add({ kind: "tradeBust", on: rig.orders });
  }
  if (then === "reset") faults.add({ kind: "reset" });
}

/** Nothing tells the next desk of it but the lists of the broker; the ledger names the execution all the same. */
async function bustWhileOff(rig: BrokerRig, at: DeskAtVenue, clientId: string): Promise<void> {
  await until("the fill", () => at.state(clientId).fills.size > 0);
  const told = [...at.state(clientId).fills.keys()];
  await at.restart(() => rig.venue.faults.add({ kind: "tradeBust", on: rig.orders }));
  await until("the bust by its execution", () => told.every((x) => at.state(clientId).busted.has(x)));
}

/** In the end the ledger says what the venue says: resolved, without anything being sent again. */
async function settled(
  rig: BrokerRig,
  at: DeskAtVenue,
  clientId: string,
  ends: readonly OrderStatus[] | null,
): Promise<void> {
  let last = "";
  let asked = performance.now();
  const agreed = async (): Promise<boolean> => {
    if (performance.now() - asked > 400) {
      asked = performance.now();
      at.command({ name: "reconcile" });
      // An absence is believed once it has lasted.
      rig.later(2_000);
    }
    // Of the whole account: an order that was sent again under another id would count as well.
    const there = await rig.at(null);
    expect(there.length).toBeLessThanOrEqual(1);
    const state = at.state(clientId);
    const filled = [...state.fills.values()].reduce((s, f) => s + Math.abs(Number(f.qty)), 0);
    const [order] = there;
    last = `${state.status} with ${filled} here, ${order?.status ?? "nothing"} with ${order?.filled ?? 0} at the venue`;
    if (order === undefined) return state.status === NOT_THERE || state.status === "REJECTED";
    return (SAME[order.status] ?? []).includes(state.status) && filled === order.filled;
  };
  // An order may be told of by an event before it is asked for: the faults have their turn then with the next look.
  const unused = (): readonly string[] =>
    ends === null ? [] : rig.venue.faults.list().flatMap((f) => (f.left === f.count ? [f.kind] : []));
  await until(
    "agreement after every fault",
    async () => (await agreed()) && unused().length === 0,
    () => `${last}, not happened: ${unused().join(", ") || "none"}`,
  );
  if (ends !== null) expect(ends).toContain(at.state(clientId).status);
}
