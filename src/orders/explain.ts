import { leaf } from "../desk/explain/words.ts";
import type { Explanation } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { orderAt } from "./amend.ts";
import { otherSaid } from "./explain/elsewhere.ts";
import { averageSaid, filledSaid } from "./explain/fills.ts";
import { awaySaid, limitSaid, midSaid } from "./explain/price.ts";
import { ageSaid, stateSaid, TIF, whatSaid } from "./explain/state.ts";
import type { Said, Subject } from "./explain/subject.ts";
import type { OrderDesk } from "./order-desk.ts";
import { RECORDED } from "./recorded.ts";
import { resolve } from "./ticket.ts";
import { ordersView } from "./views.ts";

/** A cell of the orders pane; below it what held options are about to do. An empty `row` is the head of the pane alone. */
export function orderExplained(
  desk: OrderDesk,
  context: ViewContext,
  id: string,
  column: string,
): Explanation | null {
  const view = ordersView(desk, context);
  const warnings = view.warnings.map(warningExplained);
  const row = view.rows.find((r) => r.id === id);
  if (row === undefined) return id === "" ? headExplained(warnings, view.account) : null;
  const ticket = desk.tickets.get(id) ?? null;
  const order = ticket === null ? keptOrder(desk, context, id) : null;
  const at =
    ticket !== null
      ? resolve(context, desk.book, ticket.body, desk.rules.defaults)
      : order === null
        ? null
        : orderAt(desk, order);
  const {
    value,
    unit,
    lines,
    inputs = [],
    usedBy = [],
  } = said({ desk, context, row, ticket, order, at }, column);
  return leaf(`${column} of ${row.id}, ${row.what}`, value, unit, lines, {
    inputs: [...inputs, ...warnings],
    usedBy,
  });
}

/** An order of this desk, or of the live desk whose session is replayed. */
function keptOrder(desk: OrderDesk, context: ViewContext, id: string): Subject["order"] {
  if (!id.startsWith(RECORDED)) return desk.shown.find(id) ?? null;
  return desk.recorded?.at(context.desk)?.find(id.slice(RECORDED.length)) ?? null;
}

function headExplained(warnings: readonly Explanation[], account: string): Explanation | null {
  if (warnings.length === 0) return null;
  return leaf(
    "held options",
    `${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`,
    null,
    [`what the options held in ${account} are about to do by themselves, worked out anew at each look`],
    { inputs: warnings },
  );
}

/** `GOOG 24dec 740 C -1: expires today …`: the contract, and what it is about to do. */
function warningExplained(text: string): Explanation {
  const at = text.indexOf(": ");
  return leaf(text.slice(0, at), text.slice(at + 2), null, [
    "from what is held, its expiry and settlement, the spot, the option's time value and known dividends",
  ]);
}

function said(s: Subject, column: string): Said {
  if (s.row.external && s.order === null) return otherSaid(s, column);
  switch (column) {
    case "limit":
      return limitSaid(s);
    case "filled":
      return filledSaid(s);
    case "avg":
      return averageSaid(s);
    case "mid":
      return midSaid(s);
    case "away":
      return awaySaid(s);
    case "age":
      return ageSaid(s);
    case "side":
    case "what":
      return whatSaid(s, column);
    case "tif":
      return { value: s.row.tif.toUpperCase(), unit: null, lines: [TIF[s.row.tif]] };
    default:
      return stateSaid(s, column);
  }
}
