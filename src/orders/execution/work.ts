import {
  gridOf,
  type OrderState,
  patient,
  REPRICE_MS,
  REPRICES,
  WORK_MS,
  type WorkPlan,
  workStep,
} from "../../../engines/orders/index.ts";
import { orderAt, pendingFault } from "../amend.ts";
import { changesLimit } from "../change.ts";
import type { Judged } from "../judge.ts";
import type { OrderDesk } from "../order-desk.ts";
import { replaceable } from "../sender.ts";

/** The plan that a confirmed ticket works by; null where it stands as it is, or no collar bounds it. */
export function planOf(row: Judged): WorkPlan | null {
  const { work } = row.at.body;
  const edge = row.at.collarEdge;
  if (work !== true || edge === null) return null;
  const text = String(patient(row.at.grid)(edge, row.at.body.side));
  return { edge: text, everyMs: REPRICE_MS, times: REPRICES, lifeMs: WORK_MS.normal };
}

/** What a preview says of it. */
export function planWords(desk: OrderDesk, row: Judged): string[] {
  if (row.at.body.work !== true) return [];
  const plan = planOf(row);
  if (plan === null) return ["works: no two-sided market to take its collar from"];
  if (!changesLimit(desk.broker.traits, row.at.legs.length))
    return [`works: ${desk.broker.traits.name} can't change a limit, it stands until it is cancelled`];
  return [
    `works: its limit follows the market every ${plan.everyMs / 1000} s, ${plan.times} times, never past ${plan.edge}; after ${plan.lifeMs / 1000} s the rest is cancelled`,
  ];
}

/** Orders that work by a plan: the next limit where one is due, and the end where its life is over. Nothing moves unless trading is active. */
export function workOrders(desk: OrderDesk): void {
  if (desk.readOnly || desk.lookingBack) return;
  for (const id of desk.book.worked) {
    const state = desk.book.orders.get(id);
    if (state !== undefined && replaceable(state)) step(desk, state);
  }
}

function step(desk: OrderDesk, state: OrderState): void {
  const { work, terms } = state.order;
  const at = orderAt(desk, state);
  if (work === undefined || at === null) return;
  const ageMs = (desk.world.nowUs() - state.plannedUs) / 1000;
  const touch = terms.side === "buy" ? at.net.ask : at.net.bid;
  const due = workStep(
    work,
    ageMs,
    state.attempt,
    Number(state.limit),
    touch,
    terms.side,
    patient(gridOf(at.legs)),
  );
  if (due.step === "end") desk.sender.cancel(state, "the end of its plan");
  else if (
    due.step === "limit" &&
    desk.book.trading === "active" &&
    pendingFault(desk, at, due.limit) === null
  )
    desk.sender.replace(state, String(due.limit));
}
