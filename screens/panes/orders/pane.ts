import type { OrderRow, OrdersView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import type { Canvas } from "../../kit/canvas.ts";
import { Table } from "../../kit/table.ts";
import { Waiting } from "../../kit/waiting.ts";
import { tableActions, tableCopied } from "../table-actions.ts";
import {
  isTicket,
  isWorking,
  ORDER_COLUMNS,
  type OrderLine,
  type OrdersContext,
  orderLines,
} from "./columns.ts";

/** What `C` would send for a row, as it was painted. */
const amendStamp = (row: OrderRow): string => `amend ${row.id} ${row.limit} ${row.pending?.price ?? ""}`;

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: OrdersView | null = null;
  /** Tickets marked for one basket. */
  const marked = new Set<string>();
  let dropped: string | null = null;
  let symbol: string | null = null;
  const context = (): OrdersContext => ({ marked: (id) => marked.has(id), symbol });
  const table = new Table<OrderLine, OrdersContext>(ORDER_COLUMNS, (line) =>
    line.note === null ? line.row.id : `${line.row.id} ${line.note}`,
  );

  const receive = (next: OrdersView): void => {
    view = next;
    const [first] = next.rows;
    const same = next.rows.every((row) => row.underlying === first?.underlying);
    symbol = same ? (first?.underlying?.split("/")[1] ?? null) : null;
    for (const id of marked) if (!next.rows.some((row) => row.id === id && isTicket(row))) marked.delete(id);
    table.setRows(orderLines(next.rows));
    settle(1);
  };
  /** The cursor stands on orders, never on the words below one. */
  const settle = (by: number): void => {
    const { rows } = table;
    let at = table.cursor;
    while (rows[at]?.note != null && rows[at + by] !== undefined) at += by;
    while (at > 0 && rows[at]?.note != null) at--;
    if (at !== table.cursor) table.moveTo(at);
  };
  const moves = tableActions(table);
  const moved = (act: ((key: string) => void) | undefined, by: number) => (key: string) => {
    act?.(key);
    settle(by);
    point();
  };
  const selected = (): OrderRow | null => table.selected?.row ?? null;
  const point = (): void => {
    const row = selected();
    if (row?.underlying) host.setFocus(null, row.underlying);
  };

  /** Runs for the row under the cursor, unless orders are locked here and now. */
  const onRow = (act: (row: OrderRow) => void) => () => {
    const row = selected();
    if (row === null) host.notify("No order here.");
    else if (view?.locked != null) host.notify(view.locked, "warn");
    else act(row);
  };
  const key = host.keyOf;
  /** Marked tickets, else the one under the cursor. */
  const chosen = (): readonly string[] => {
    const row = selected();
    return marked.size > 0 ? [...marked] : row !== null && isTicket(row) ? [row.id] : [];
  };
  /** Runs for staged tickets; those that were marked are no more once it is done. */
  const onTickets = (act: (tickets: readonly string[]) => Promise<{ readonly ok: boolean }>) => () => {
    const tickets = chosen();
    if (view?.locked != null) host.notify(view.locked, "warn");
    else if (tickets.length === 0) host.notify(`No staged ticket here: ${key("mark")} marks some.`);
    else
      void act(tickets).then((result) => {
        if (result.ok) marked.clear();
        host.touch();
      });
  };
  const drop = async (ticket: string): Promise<void> => {
    const result = await host.command({ name: "ticket", ticket, edit: { edit: "drop" } });
    if (!result.ok) return;
    dropped = ticket;
    if (result.message === null) host.notify(`${ticket} dropped; ${key("units")} restores it`);
  };
  /** Opens the ticket that a command has made. */
  const made = (answer: ReturnType<PaneHost["command"]>): void =>
    void answer.then((result) => {
      if (result.ok && result.made !== undefined) host.orders.ticket(result.made);
    });
  const step = (steps: number) =>
    onRow((row) => {
      if (isTicket(row))
        void host.command({ name: "ticket", ticket: row.id, edit: { edit: "step", field: "price", steps } });
      else if (isWorking(row)) void host.command({ name: "amend", order: row.id, steps });
      else host.notify(`${row.id} is ${row.state}: its price can't change.`);
    });
  const send = (pressed: string): void => {
    const row = selected();
    const again = row?.pending == null ? host.orders.again(pressed) : null;
    if (again !== null) host.notify(again, "order");
    else sendRow();
  };
  const sendRow = onRow((row) => {
    const why = unsendable(row);
    if (why !== null) host.notify(why);
    else {
      host.orders.confirmed(row.id);
      void host.command({ name: "amendSend", order: row.id });
    }
  });
  /** Why `C` sends nothing from this row. */
  const unsendable = (row: OrderRow): string | null => {
    if (row.pending === null || !isWorking(row))
      return `Nothing to send here: ${key("orders.priceUp")} ${key("orders.priceDown")} change the price, ${key("orders.preview")} previews a ticket.`;
    if (!row.pending.ok)
      return row.pending.text ?? `This price needs a preview: ${key("orders.amend")} amends.`;
    return host.orders.unread(amendStamp(row));
  };

  const paintNotes = (canvas: Canvas): void => {
    const { s } = canvas.theme;
    for (let y = 1; y < canvas.h; y++) {
      const line = table.rows[table.top + y - 1];
      if (line?.note == null) continue;
      canvas.fill(0, y, canvas.w, 1, " ");
      canvas.cut(5, y, canvas.w - 6, line.note, line.bad ? s.warn : s.dim);
    }
  };
  /** What stands above the rows: why keys do nothing, then what held options are about to do, as long as rows have room. */
  const heads = (h: number): string[] => {
    if (!view) return [];
    const locked = view.locked === null ? [] : [view.locked];
    const room = Math.max(0, Math.min(2, h - 6));
    const { warnings } = view;
    const more = warnings.length > room ? `  (+${warnings.length - room}: ${key("explain")})` : "";
    return [...locked, ...warnings.slice(0, room).map((text, i) => `${text}${i === room - 1 ? more : ""}`)];
  };
  let painted = 0;
  const empty = (canvas: Canvas): void => {
    const { s } = canvas.theme;
    canvas.text(1, 0, "No orders today.", s.text);
    canvas.paragraph(
      1,
      1,
      canvas.w - 2,
      `${key("buy")} or ${key("sell")} on a row of 1, 2 or 4 stages one; ${key("structure")} stages a structure.`,
      s.dim,
    );
  };

  return {
    wants: () => [want("orders", {}, receive)],
    title: () => {
      if (!view) return "";
      const words = [...(symbol === null ? [] : [symbol]), `working ${view.working}`];
      if (view.unknown > 0) words.push(`unknown ${view.unknown}`);
      words.push(`tickets ${view.tickets}`);
      if (view.external > 0) words.push(`external ${view.external}`);
      if (view.branches > 1) words.push(`branch ${view.branch} of ${view.branches}`);
      if (marked.size > 0) words.push(`marked ${marked.size}`);
      return words.join("  ");
    },
    foot: () =>
      marked.size > 0
        ? `${key("orders.preview")} previews ${marked.size} as a basket  ${key("orders.net")} net  ${key("orders.pair")} pair  ${key("orders.queue")} queue  ${key("mark")} mark  ${key("back")} unmark`
        : `${key("open")} story  ${key("orders.amend")} amend  ${key("orders.priceUp")} ${key("orders.priceDown")} price  ${key("orders.cancel")} cancel  ${key("orders.send")} send  ${key("orders.cancelAll")} all  ${key("orders.like")} again  ${key("refresh")} reconcile  ${key("mark")} mark`,
    paint: (canvas, ctx) => {
      if (!view) waiting.paint(canvas, ctx, "orders");
      else {
        const said = heads(canvas.h);
        const top = said.length;
        painted = top;
        for (const [y, text] of said.entries()) canvas.cut(1, y, canvas.w - 2, text, ctx.theme.s.warn);
        const body = canvas.sub(0, top, canvas.w, canvas.h - top);
        if (view.rows.length === 0) empty(body);
        else {
          table.paint(body, context(), ctx);
          paintNotes(body);
        }
      }
    },
    back: () => {
      const row = selected();
      if (row?.pending && isWorking(row)) {
        void host.command({ name: "amendForget", order: row.id });
        return true;
      }
      const any = marked.size > 0;
      marked.clear();
      return any;
    },
    actions: {
      ...moves,
      up: moved(moves.up, -1),
      down: moved(moves.down, 1),
      top: moved(moves.top, 1),
      bottom: moved(moves.bottom, -1),
      pageUp: moved(moves.pageUp, -1),
      pageDown: moved(moves.pageDown, 1),
      open: () => {
        const row = selected();
        if (row === null) host.notify("No order here.");
        else if (isTicket(row)) host.orders.ticket(row.id);
        else host.orders.story(row.id);
      },
      mark: onRow((row) => {
        if (!isTicket(row)) host.notify(`${key("mark")} marks staged tickets for one basket.`);
        else {
          if (!marked.delete(row.id)) marked.add(row.id);
          moved(moves.down, 1)("");
        }
      }),
      units: () => {
        if (dropped === null) host.notify("Nothing was dropped here.");
        else void host.command({ name: "ticket", ticket: dropped, edit: { edit: "restore" } });
        dropped = null;
      },
      refresh: () => void host.command({ name: "reconcile" }),
      "orders.preview": onRow((row) => {
        if (marked.size > 0) host.orders.preview([...marked]);
        else if (isTicket(row)) host.orders.preview([row.id]);
        else
          host.notify(
            `${key("orders.preview")} previews a staged ticket; ${key("orders.like")} makes one like this.`,
          );
      }),
      "orders.cancel": onRow((row) => {
        if (isTicket(row)) void drop(row.id);
        else void host.command({ name: "cancel", order: row.id });
      }),
      "orders.cancelAll": () => host.orders.askToCancelAll(),
      "orders.amend": onRow((row) => {
        if (isTicket(row)) host.orders.ticket(row.id);
        else if (isWorking(row)) made(host.command({ name: "change", order: row.id }));
        else host.notify(`${row.id} is ${row.state}: it can't be amended.`);
      }),
      "orders.priceUp": step(1),
      "orders.priceDown": step(-1),
      "orders.send": send,
      "orders.like": onRow((row) => {
        made(host.command({ name: "again", order: row.id }));
      }),
      "orders.leave": onRow((row) => {
        if (isTicket(row)) host.notify(`${row.id} is not at work: ${key("orders.preview")} previews it.`);
        else void host.command({ name: "leave", order: row.id, on: null });
      }),
      "orders.net": onTickets((tickets) => host.command({ name: "net", tickets })),
      "orders.pair": onTickets((tickets) => host.command({ name: "pair", tickets })),
      "orders.queue": () => {
        const tickets = chosen();
        if (tickets.length === 0) host.notify(`No staged ticket here: ${key("mark")} marks some.`);
        else host.commandLine(`job ${tickets.join(" ")} `);
      },
      "orders.work": onTickets(async (tickets) => {
        const edits = tickets.map((ticket) =>
          host.command({ name: "ticket", ticket, edit: { edit: "work" } }),
        );
        const results = await Promise.all(edits);
        return { ok: results.every((r) => r.ok) };
      }),
    },
    tickets: chosen,
    // Only what the cursor stands on can be sent, and only while its row is on screen.
    sendStamp: () => {
      const row = selected();
      return row?.pending?.ok && isWorking(row) && table.cursorLine >= 0 ? amendStamp(row) : null;
    },
    orderTarget: () => {
      const row = selected();
      const legs = row?.legs ?? [];
      const [only, more] = legs;
      if (!row || !only || more) return null;
      return { legs: [{ instrument: only.instrument, ratio: 1 }], label: row.what, held: null, from: null };
    },
    explain: () => {
      const row = selected();
      if (row !== null) return { view: "orders", row: row.id, column: table.selectedColumn?.id ?? "state" };
      return view !== null && view.warnings.length > 0
        ? { view: "orders", row: "", column: "warnings" }
        : null;
    },
    copied: () => tableCopied(table, context()),
    cursor: () => (table.cursorLine < 0 ? null : { x: 0, y: table.cursorLine + painted }),
  };
}

export const ordersPane: PaneSpec = {
  id: "orders",
  key: "9",
  name: "Orders",
  min: { cols: 40, rows: 4 },
  create,
};
