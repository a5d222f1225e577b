import type { InstrumentId, Slot } from "../../engines/market/index.ts";
import type { OrderSide, PositionsView } from "../../src/desk/protocol.ts";
import type { ActionId } from "../keys/keymap.ts";
import { heldTarget } from "../orders/book-draft.ts";
import { StructureMode, startOf } from "../orders/structure.ts";
import type { OrderTarget } from "../orders/target.ts";
import { SIDE_WORD } from "../orders/ticket-lines.ts";
import type { OrderDesk } from "./order-desk.ts";
import type { ScreenFace } from "./screen-face.ts";
import { keyDraft } from "./staging.ts";

/** What the focused pane's cursor trades: its own answer, or the one contract of its row. */
function targetOf(screen: ScreenFace): OrderTarget | null {
  const pane = screen.panes.pane(screen.focus);
  if (pane?.orderTarget) return pane.orderTarget();
  const slot = pane?.rowSlot?.(null) ?? null;
  const instrument = slot === null ? undefined : screen.desk.slot(slot)?.instrument;
  if (!instrument) return null;
  return {
    legs: [{ instrument: instrument.id, ratio: 1 }],
    label: instrument.symbol,
    held: null,
    from: null,
  };
}

const NO_ROW = "No instrument here: put the cursor on a row that is one.";

function stageSide(screen: ScreenFace, orders: OrderDesk, side: OrderSide): void {
  const target = targetOf(screen);
  if (target === null) screen.notify(NO_ROW);
  else orders.stage(keyDraft(target, side, "auto"), `staging ${SIDE_WORD[side]} ${target.label}`);
}

/** The book as the desk knows it now. */
export function positionsNow(screen: ScreenFace): Promise<PositionsView> {
  return new Promise((resolve) => {
    let done = false;
    let stop: () => void = () => {
      done = true;
    };
    const ended = screen.desk.subscribe("positions", {}, (view) => {
      resolve(view);
      stop();
    });
    if (done) ended();
    else stop = ended;
  });
}

/** The position in what a row trades, where the row itself is none. */
async function withHeld(screen: ScreenFace, target: OrderTarget): Promise<OrderTarget> {
  if (target.held !== null) return target;
  return heldTarget(target.legs, await positionsNow(screen), screen.desk) ?? target;
}

/** The trader has opened something else while the desk was asked: nothing comes up over it. */
const leftAlone = (screen: ScreenFace, { label }: OrderTarget): void =>
  screen.notify(`${label}: the key came too late for what is open now. Press it again on its row.`);

async function closeRow(screen: ScreenFace, orders: OrderDesk): Promise<void> {
  const found = targetOf(screen);
  if (found === null) {
    screen.notify(NO_ROW);
    return;
  }
  const { top } = orders.stack;
  const target = await withHeld(screen, found);
  if (orders.stack.top !== top) return leftAlone(screen, found);
  if (target.held === null || target.held === 0)
    screen.notify(`Nothing is held in ${target.label} to close.`);
  else
    orders.stage(
      keyDraft(target, target.held > 0 ? "sell" : "buy", "close"),
      `staging the close of ${target.label}`,
    );
}

async function openStructure(screen: ScreenFace, orders: OrderDesk): Promise<void> {
  const found = targetOf(screen);
  const [leg] = found?.legs ?? [];
  if (found === null || leg === undefined) {
    screen.notify(NO_ROW);
    return;
  }
  const { top } = orders.stack;
  const target = await withHeld(screen, found);
  if (orders.stack.top !== top) return leftAlone(screen, found);
  const slot = slotOf(screen, leg.instrument);
  const start = slot === null ? "No contract here." : startOf(slot, orders.index(), orders.quote);
  if (typeof start === "string") screen.notify(start);
  else orders.push(new StructureMode(orders, start, target, () => void closeRow(screen, orders)));
}

export function slotOf(screen: ScreenFace, id: InstrumentId): Slot | null {
  for (let i = 0; ; i++) {
    const info = screen.desk.slot(i as Slot);
    if (!info) return null;
    if (info.instrument.id === id) return info.slot;
  }
}

/** What the order keys do on an instrument's row, in any pane. */
export function orderActions(
  screen: ScreenFace,
  orders: OrderDesk,
): Partial<Record<ActionId, (key: string) => void>> {
  return {
    buy: () => stageSide(screen, orders, "buy"),
    sell: () => stageSide(screen, orders, "sell"),
    closeRow: () => void closeRow(screen, orders),
    structure: () => void openStructure(screen, orders),
    reduceOnly: () => void screen.send({ name: "reduce" }, "order"),
  };
}
