import { acceptKey, type GuardFix } from "../../engines/orders/index.ts";
import type { CommandResult } from "../desk/protocol.ts";
import { stagedBy, withPartners } from "./execution/together.ts";
import type { OrderDesk } from "./order-desk.ts";
import { fixesOf, makePreview, type Preview } from "./previews.ts";
import { FIRST_PRICE } from "./ticket.ts";
import type { TicketBody } from "./ticket-body.ts";

const refuse = (message: string): CommandResult => ({ ok: false, message });

/** Several tickets are a basket: one preview with a row each. */
export function openPreview(desk: OrderDesk, ids: readonly string[]): CommandResult {
  const staged = stagedBy(desk, ids);
  if (typeof staged === "string") return refuse(staged);
  if (staged.length === 0) return refuse("which ticket?");
  const tickets = withPartners(desk, staged);
  const amends = tickets.find((t) => t.body.replaces !== undefined);
  if (amends !== undefined && tickets.length > 1)
    return refuse(`${amends.id} takes the place of ${amends.body.replaces?.order}: preview it alone`);
  const { world, rules } = desk;
  const made = makePreview(
    world.context(),
    desk.book,
    rules,
    desk.previewRules,
    world.digests.sha256,
    desk.broker.traits,
    desk.previewId(),
    tickets,
    world.monotonicMs(),
  );
  if (!made.ok) return refuse(made.message);
  const { preview } = made;
  for (const [id, other] of desk.previews)
    if (other.state !== "sent" && other.tickets.some((t) => tickets.includes(t))) desk.previews.delete(id);
  desk.previews.set(preview.id, preview);
  // Read again in full, it is as good as staged today.
  for (const ticket of tickets) ticket.old = false;
  recordPreview(desk, preview);
  askDryRuns(desk, preview);
  return { ok: true, message: null, made: preview.id };
}

/** The broker's own check of each order, where it has one: asked once, and told when it comes. */
function askDryRuns(desk: OrderDesk, preview: Preview): void {
  const { broker, world } = desk;
  for (const row of preview.rows) {
    const told = (text: string, us: number) => {
      preview.dryRuns.set(row.ticket.id, { text, us });
      world.changed();
    };
    told(`asking ${broker.traits.name}`, world.nowUs());
    broker.dryRun(row.previewed.terms, (reply) => {
      if (reply === null) told(`none: ${broker.traits.name} has no dry run`, world.nowUs());
      else if (reply.ok) told(reply.value.text, reply.value.us);
      else told(`no answer: ${reply.reason}`, world.nowUs());
    });
  }
}

export function recordPreview(desk: OrderDesk, preview: Preview): void {
  desk.write([
    {
      k: "preview",
      preview: preview.id,
      tickets: preview.tickets.map((t) => t.id),
      hash: preview.hash,
      guards: preview.rows.flatMap((row) =>
        row.previewed.guards.filter((g) => g.verdict !== "pass").map((g) => `${g.verdict} ${g.text}`),
      ),
    },
  ]);
}

/** A guard by `T3:LIQUIDITY`, or by its code alone where one row has it. */
export function acceptGuard(desk: OrderDesk, id: string, guard: string): CommandResult {
  const preview = desk.previews.get(id);
  if (preview === undefined) return refuse("that preview is gone");
  for (const row of preview.rows)
    for (const g of row.previewed.guards) {
      const key = acceptKey(row.previewed, g.code);
      if (g.verdict !== "confirm" || (guard !== g.code && guard !== key)) continue;
      preview.accepted.add(key);
      desk.write([
        { k: "key", of: preview.tickets.map((t) => t.id), text: `accepted: ${g.text}`, screenHash: null },
      ]);
      return { ok: true, message: `accepted: ${g.text}` };
    }
  return refuse("nothing to accept there");
}

function fixed(body: TicketBody, fix: GuardFix): TicketBody {
  if ("qty" in fix) return { ...body, qty: { by: "count", n: fix.qty } };
  if ("limit" in fix) return { ...body, price: { by: "limit", price: String(fix.limit) } };
  // Another contract has another price: the limit begins at its mid.
  return { ...body, legs: [{ instrument: fix.instrument, ratio: 1 }], price: FIRST_PRICE };
}

/** Applies a fix to its ticket and previews again: `fix` counts through the fixes of all rows as they are listed. */
export function fixGuard(desk: OrderDesk, id: string, fix: number): CommandResult {
  const preview = desk.previews.get(id);
  if (preview === undefined) return refuse("that preview is gone");
  const offers = preview.rows.flatMap((row) =>
    row.previewed.guards.flatMap((g) => fixesOf(preview, row, g).map((one) => ({ ticket: row.ticket, one }))),
  );
  const chosen = offers[fix];
  if (chosen === undefined) return refuse(`there is no fix ${fix + 1}`);
  const { ticket, one } = chosen;
  const body = fixed(ticket.body, one);
  desk.write([{ k: "ticket", ticket: { id: ticket.id, day: "", runId: ticket.runId, body } }]);
  return openPreview(
    desk,
    preview.tickets.map((t) => t.id),
  );
}
