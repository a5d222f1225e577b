import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { InstrumentId } from "../../engines/market/index.ts";
import type { Draft, Explanation, PreviewView, ViewName, Views } from "../../src/desk/protocol.ts";
import { DeskHost } from "../../src/shell/host.ts";
import { removeFolder } from "../harness/folders.ts";
import { pause } from "../harness/until.ts";
import { bootOf } from "./boot.ts";

let open: DeskHost[] = [];
afterEach(async () => {
  await Promise.all(open.map((host) => host.close()));
  open = [];
});

/** How long a preview has to stand before it may be confirmed: the gate's own tests are about that, here it is short. */
const SHOWN_MS = 20;

async function start(changes: Parameters<typeof bootOf>[1] = {}): Promise<DeskHost> {
  const boot = bootOf("goog-2015-12-24", { at: "10:00", index: false, ...changes });
  const orders = { ...boot.settings.orders, shownMs: SHOWN_MS };
  const host = await DeskHost.open(
    { ...boot, settings: { ...boot.settings, orders } },
    {
      fatal: (f) => {
        throw new Error(f.message);
      },
    },
  );
  open.push(host);
  await seen(host, "orders", {});
  return host;
}

function seen<V extends ViewName>(
  host: DeskHost,
  view: V,
  params: Views[V]["params"],
  fits: (model: Views[V]["model"]) => boolean = () => true,
): Promise<Views[V]["model"]> {
  return new Promise((resolve) => {
    const stop = host.subscribe(view, params, (model) => {
      if (!fits(model)) return;
      stop();
      resolve(model);
    });
  });
}

const CALL_760 = "OPT/GOOG/2016-01-15/C/760/USD/1" as InstrumentId;
const CALL_780 = "OPT/GOOG/2016-01-15/C/780/USD/1" as InstrumentId;
const draft = (over: Partial<Draft> = {}): Draft => ({
  legs: [{ instrument: CALL_760, ratio: 1 }],
  side: "buy",
  purpose: "auto",
  qty: { by: "count", n: 2 },
  price: { by: "anchor", anchor: "ask", offset: 0, unit: "t", follows: true },
  tif: "day",
  from: null,
  ...over,
});

async function previewed(host: DeskHost, what: Draft): Promise<PreviewView> {
  const staged = await host.command({ name: "stage", draft: what });
  expect(staged).toMatchObject({ ok: true });
  const made = await host.command({ name: "preview", tickets: [staged.made as string] });
  expect(made).toMatchObject({ ok: true });
  return seen(host, "preview", { preview: made.made as string });
}

/** A preview of a ticket, its guards accepted, and the key that would confirm it once it has been read. */
async function pressable(host: DeskHost, ticket: string) {
  const made = await host.command({ name: "preview", tickets: [ticket] });
  expect(made).toMatchObject({ ok: true });
  return ready(host, await seen(host, "preview", { preview: made.made as string }));
}

async function ready(host: DeskHost, preview: PreviewView) {
  for (const g of preview.guards)
    if (g.verdict === "confirm") await host.command({ name: "accept", preview: preview.id, guard: g.code });
  await pause(2 * SHOWN_MS);
  const key = {
    name: "confirm",
    preview: preview.id,
    hash: preview.hash,
    shownMs: 2 * SHOWN_MS,
    screenHash: "s",
    typedQty: null,
  } as const;
  return { preview, key };
}

/** Accepts what asks for it and presses C as a screen would. */
async function confirmed(host: DeskHost, what: Draft) {
  const { preview, key } = await ready(host, await previewed(host, what));
  return { preview, key, result: await host.command(key) };
}

describe("a staged ticket", () => {
  it("counts in the scenarios only when they are asked with it, and no more once it is dropped", async () => {
    const host = await start();
    const { made } = await host.command({ name: "stage", draft: draft() });
    const params = {
      underlying: null,
      spotPct: [-5, 5],
      volPts: [],
      days: [],
      dynamics: "stickyStrike",
      volTerm: "parallel",
      spotAxis: "own",
    } as const;
    const book = await seen(host, "scenarios", { ...params, staged: false });
    const whatIf = await seen(host, "scenarios", { ...params, staged: true });
    expect(book.tickets).toEqual([made]);
    expect(book.legs.every((l) => l.ticket === null)).toBe(true);
    expect(whatIf.legs.find((l) => l.ticket === made)).toMatchObject({ qty: 2, basis: "mark" });
    expect(whatIf.pnl[2]).toBeGreaterThan(book.pnl[2] as number);
    await host.command({ name: "ticket", ticket: made as string, edit: { edit: "drop" } });
    const after = await seen(host, "scenarios", { ...params, staged: true });
    expect(after.tickets).toEqual([]);
    expect(after.pnl).toEqual(book.pnl);
  });
});

describe("an order in the replay", () => {
  it("goes from ticket to paper fill and into the position", async () => {
    const host = await start();
    const before = await seen(host, "positions", {});
    const held = (rows: typeof before.rows) =>
      rows
        .filter((r) => r.label === "GOOG 15jan 760 C" && r.depth > 0)
        .reduce((sum, r) => sum + (r.qty ?? 0), 0);
    const { preview, result, key } = await confirmed(host, draft());
    expect(result).toMatchObject({ ok: true });
    // A long call loses what it costs, fees aside, and says it as P&L; shocks are fractions.
    expect(preview.rows[0]?.maxLoss).toBe(preview.rows[0]?.cost);
    expect(preview.rows[0]?.maxLoss).toBeLessThan(0);
    expect(preview.spotShocks).toContain(-0.05);
    expect(await host.command(key)).toMatchObject({ ok: false, message: `already sent as ${result.made}` });
    await host.command({ name: "run" });
    const orders = await seen(host, "orders", {}, (o) => o.rows.some((r) => r.state === "filled"));
    expect(orders.rows[0]).toMatchObject({
      id: result.made,
      side: "buy",
      qty: 2,
      filled: 2,
      state: "filled",
    });
    const after = await seen(host, "positions", {}, (p) => held(p.rows) > held(before.rows));
    expect(held(after.rows)).toBe(held(before.rows) + 2);
    const story = await seen(host, "story", { order: result.made as string });
    expect(story.lines.map((l) => l.kind)).toEqual([
      "ticket",
      "preview",
      "key",
      "key",
      "ticket",
      "ledger",
      "sent",
      "broker",
      "fill",
    ]);
  });

  it("sells a vertical as one order at its natural net and takes it out of its structure", async () => {
    const host = await start();
    const legs = [
      { instrument: CALL_760, ratio: 1 },
      { instrument: CALL_780, ratio: -1 },
    ];
    const price = { by: "anchor", anchor: "bid", offset: 0, unit: "t", follows: true } as const;
    const from = "s:15jan16 760/780 CV";
    const { preview, result } = await confirmed(host, draft({ legs, side: "sell", price, qty: null, from }));
    expect(preview.rows[0]).toMatchObject({ intent: "close", qty: 10, side: "sell" });
    expect(result).toMatchObject({ ok: true });
    await host.command({ name: "run" });
    // Six are displayed: the other four stay.
    const part = await seen(host, "orders", {}, (o) => o.rows.some((r) => r.filled === 6));
    expect(part.rows[0]).toMatchObject({ state: "partial" });
    const after = await seen(host, "positions", {}, (p) =>
      p.rows.some((r) => r.kind === "structure" && r.qty === 4),
    );
    expect(after.rows.filter((r) => r.depth > 0 && r.label.startsWith("GOOG 15jan 760 C")).length).toBe(1);
  });

  it("changes size, price and time in force by a preview: the old order ends first, then the new one goes out", async () => {
    const host = await start();
    const price = { by: "anchor", anchor: "bid", offset: -4, unit: "t", follows: false } as const;
    const { result } = await confirmed(host, draft({ price }));
    await host.command({ name: "run" });
    await seen(host, "orders", {}, (o) => o.rows.some((r) => r.state === "working"));
    const order = result.made as string;
    const amend = await host.command({ name: "amendTo", order, price: null, qty: "5" });
    expect(amend.made).toMatch(/^T/);
    expect((await seen(host, "ticket", { ticket: amend.made as string })).replaces).toBe(order);
    const { preview, key } = await pressable(host, amend.made as string);
    expect(preview.rows[0]?.how[0]).toContain("confirming cancels it");
    // Neither the order that goes nor its quantity stands in the new one's way.
    expect(preview.guards.filter((g) => g.verdict === "deny" || g.code === "DUPLICATE")).toEqual([]);
    const sent = await host.command(key);
    expect(sent).toMatchObject({ ok: true });
    const after = await seen(host, "orders", {}, (o) =>
      o.rows.some((r) => r.id === sent.made && r.state === "working"),
    );
    expect(after.rows.map((r) => [r.id, r.state, r.qty])).toEqual([
      [sent.made, "working", 5],
      [order, "cancelled", 2],
    ]);
  });

  it("changes the limit alone at the broker, and refuses an amendment that changes nothing", async () => {
    const host = await start();
    const price = { by: "anchor", anchor: "bid", offset: -4, unit: "t", follows: false } as const;
    const { result } = await confirmed(host, draft({ price }));
    await host.command({ name: "run" });
    const before = await seen(host, "orders", {}, (o) => o.rows.some((r) => r.state === "working"));
    const order = result.made as string;
    const ticket = (await host.command({ name: "change", order })).made as string;
    const same = await pressable(host, ticket);
    expect(await host.command(same.key)).toMatchObject({ ok: false });
    await host.command({ name: "ticket", ticket, edit: { edit: "step", field: "price", steps: -2 } });
    const { key, preview } = await pressable(host, ticket);
    expect(preview.rows[0]?.how[0]).toContain("its limit changes");
    expect(await host.command(key)).toMatchObject({ ok: true, made: order });
    const limit = before.rows[0]?.limit as number;
    const after = await seen(host, "orders", {}, (o) => o.rows[0]?.limit !== limit);
    expect(after.rows).toHaveLength(1);
    expect(after.rows[0]).toMatchObject({ id: order, state: "working" });
  });

  it("splits a package of five legs into orders that the broker takes, and judges all of them together", async () => {
    const host = await start();
    const legs = [740, 750, 760, 770, 780].map((strike, i) => ({
      instrument: `OPT/GOOG/2016-01-15/C/${strike}/USD/1` as InstrumentId,
      ratio: i % 2 === 0 ? 1 : -1,
    }));
    const { preview, key } = await ready(
      host,
      await previewed(host, draft({ legs, price: null, qty: { by: "count", n: 1 } })),
    );
    expect(preview.rows.map((r) => [r.ticket, r.legs.length])).toEqual([
      ["T1.1", 1],
      ["T1.2", 4],
    ]);
    expect(preview.rows[0]?.how.join()).toMatch(/order 1 of 2 .*worst naked moment: T1.1 filled/);
    const loss = (x: number | null | undefined) => x ?? Number.NaN;
    expect(preview.basket?.maxLoss).toBeCloseTo(
      loss(preview.rows[0]?.maxLoss) + loss(preview.rows[1]?.maxLoss),
      -3,
    );
    expect(preview.buyingPowerAfter).not.toBeNull();
    expect(preview.dryRun?.text).toBe("none: paper has no dry run");
    expect(preview.bookNow.dollarDelta).not.toBeNull();
    const wide = await seen(host, "preview", { preview: preview.id, scenario: true });
    expect(wide.scenario?.after[1]?.[0]).toBeCloseTo(wide.bookAfter.pnl[0] as number, 0);
    expect(await host.command(key)).toMatchObject({ ok: true });
    const orders = await seen(host, "orders", {}, (o) => o.rows.length === 2);
    expect(orders.rows.map((r) => r.legs.length).toSorted()).toEqual([1, 4]);
  });

  it("cancels by key, and the kill key blocks everything until ACTIVE is typed", async () => {
    const host = await start();
    const price = { by: "anchor", anchor: "bid", offset: -4, unit: "t", follows: false } as const;
    const { result } = await confirmed(host, draft({ price }));
    expect(result).toMatchObject({ ok: true });
    await host.command({ name: "run" });
    await seen(host, "orders", {}, (o) => o.working === 1);
    expect(await host.command({ name: "kill", reason: "key" })).toMatchObject({ ok: true });
    const halted = await seen(host, "orders", {}, (o) => o.rows.some((r) => r.state === "cancelled"));
    expect(halted.trading).toBe("halted");
    const preview = await previewed(host, draft());
    expect(preview.guards[0]).toMatchObject({ code: "STATE", verdict: "deny" });
    expect(preview.canConfirm).toBe(false);
    expect(await host.command({ name: "resume", typed: "active" })).toMatchObject({ ok: false });
    expect(await host.command({ name: "resume", typed: "ACTIVE" })).toMatchObject({ ok: true });
  });

  it("halts when the kill key came before the ledger was read", async () => {
    const stateDir = mkdtempSync(join(tmpdir(), "voldesk-orders-"));
    try {
      const host = await DeskHost.open(bootOf("goog-2015-12-24", { at: "10:00", stateDir }), {
        fatal: (f) => {
          throw new Error(f.message);
        },
      });
      open.push(host);
      expect(await host.command({ name: "kill", reason: "key" })).toMatchObject({ ok: true });
      const orders = await seen(host, "orders", {});
      expect(orders.trading).toBe("halted");
      await host.close();
    } finally {
      removeFolder(stateDir);
    }
  });

  it("opens with orders blocked where the state folder can't be written, and says so in status, pane and at keys", async () => {
    const dir = mkdtempSync(join(tmpdir(), "voldesk-orders-"));
    try {
      // A file where the folder should be: as little to be written as a disk that is read-only.
      writeFileSync(join(dir, "state"), "");
      const host = await start({ stateDir: join(dir, "state") });
      const orders = await seen(host, "orders", {}, (o) => o.locked !== null);
      expect(orders).toMatchObject({ trading: "halted", rows: [] });
      expect(orders.locked).toMatch(
        /^orders are blocked: the ledger .*ledger\.sqlite can't be opened .* --state$/,
      );
      expect((await seen(host, "status", {})).trading).toBe("halted");
      expect(await host.command({ name: "stage", draft: draft() })).toEqual({
        ok: false,
        message: orders.locked,
      });
      expect(await host.command({ name: "kill", reason: "key" })).toMatchObject({ ok: true });
      expect((await seen(host, "positions", {})).rows.length).toBeGreaterThan(0);
    } finally {
      removeFolder(dir);
    }
  });

  it("keeps orders, tickets and the kill over a restart, and marks the tickets as old", async () => {
    const stateDir = mkdtempSync(join(tmpdir(), "voldesk-orders-"));
    try {
      const first = await start({ stateDir });
      const { result } = await confirmed(first, draft());
      await first.command({ name: "run" });
      await seen(first, "orders", {}, (o) => o.rows.some((r) => r.state === "filled"));
      const kept = await first.command({ name: "stage", draft: draft() });
      await first.command({ name: "kill", reason: "key" });
      await first.command({ name: "pause" });
      await first.close();
      const again = await start({ stateDir, at: "10:05" });
      const orders = await seen(again, "orders", {}, (o) => o.rows.length === 2);
      expect(orders.trading).toBe("halted");
      expect(orders.rows.map((r) => [r.id, r.state])).toEqual([
        [kept.made, "staged"],
        [result.made, "filled"],
      ]);
      expect((await seen(again, "ticket", { ticket: kept.made as string })).old).toBe(true);
      const story = await seen(again, "story", { order: result.made as string });
      expect(story.lines.at(-1)).toMatchObject({ kind: "fill" });
    } finally {
      removeFolder(stateDir);
    }
  });

  it("exercises by itself what expires in the money, and the broker's books agree with the desk's", async () => {
    const host = await start();
    const weekly = [{ instrument: "OPT/GOOG/2015-12-24/C/745/USD/1" as InstrumentId, ratio: 1 }];
    const price = { by: "limit", price: "3.50" } as const;
    const { result } = await confirmed(host, draft({ legs: weekly, price, qty: { by: "count", n: 1 } }));
    expect(result).toMatchObject({ ok: true });
    // It rests until the market comes to it: a jump ahead plays every row that it could trade on.
    const { lastUs } = await seen(host, "status", {});
    await host.command({ name: "jump", to: { us: lastUs } });
    await seen(host, "orders", {}, (o) => o.rows.some((r) => r.state === "filled"));
    const after = await seen(host, "positions", {}, (p) =>
      p.rows.some((r) => r.label === "GOOG" && r.qty === 200),
    );
    expect(after.rows.some((r) => r.label.includes("24dec") && (r.qty ?? 0) !== 0)).toBe(false);
    expect(await host.command({ name: "reconcile" })).toMatchObject({
      message: "paper asked about 0 orders; positions and cash agree",
    });
  });

  it("looking back locks the keys; running on from there is another branch, and the first is kept", async () => {
    const host = await start();
    const { result } = await confirmed(host, draft());
    await host.command({ name: "run" });
    await seen(host, "orders", {}, (o) => o.rows.some((r) => r.state === "filled"));
    await host.command({ name: "pause" });
    await host.command({ name: "step", by: "minute", count: -5 });
    const back = await seen(host, "orders", {});
    expect(back.locked).toContain(`branch 1 keeps ${result.made}`);
    expect(back.rows.filter((r) => r.state !== "staged")).toEqual([]);
    expect(await host.command({ name: "stage", draft: draft() })).toMatchObject({ ok: false });
    await host.command({ name: "run" });
    const forked = await seen(host, "orders", {}, (o) => o.branch === 2);
    expect(forked).toMatchObject({ branches: 2, locked: null });
  });
});

describe("a cell of the orders pane, explained", () => {
  it("says where limit, fills, average, distance, age and state come from, down to quotes and executions", async () => {
    const host = await start();
    const cell = async (row: string, column: string): Promise<Explanation> => {
      const found = await host.explain({ view: "orders", row, column });
      if (found === null) throw new Error(`nothing explains ${column} of ${row}`);
      return found;
    };
    const { made } = await host.command({ name: "stage", draft: draft() });
    const ticket = await cell(made as string, "limit");
    expect(ticket.lines).toContain("follows the quote until it is previewed");
    expect(ticket.inputs[0]?.title).toBe("quote of GOOG 15jan 760 C");
    expect((await cell(made as string, "filled")).value).toBe("–");
    const { key } = await pressable(host, made as string);
    const { made: order = "" } = await host.command(key);
    await host.command({ name: "run" });
    const view = await seen(host, "orders", {}, (o) => o.rows.some((r) => r.state === "filled"));
    await host.command({ name: "pause" });
    const row = view.rows.find((r) => r.id === order);
    const [average, filled, state] = [
      await cell(order, "avg"),
      await cell(order, "filled"),
      await cell(order, "state"),
    ];
    expect(average.value).toBe(String(row?.avgFill));
    expect(filled.lines[0]).toBe("2 of 2, 0 to go");
    expect(filled.inputs.map((i) => i.value)).toEqual([`+2 at ${row?.avgFill}`]);
    expect(state.lines[0]).toMatch(/^FILLED in the order ledger since 10:0/);
    expect(state.lines.at(-1)).toBe("made by this desk in account paper");
    expect((await cell(order, "away")).lines[0]).toMatch(/^the order is over/);
    expect((await cell(order, "mid")).value).toBe("–");
    const staged = await host.command({ name: "stage", draft: draft() });
    const away = await cell(staged.made as string, "away");
    const mid = await cell(staged.made as string, "mid");
    const limit = await cell(staged.made as string, "limit");
    expect(away.lines[0]).toBe(`+(limit ${limit.value} - mid ${mid.value}) / tick = ${away.value}`);
    expect((await cell(order, "age")).lines.join()).toMatch(/since it came to its end,planned 10:00/);
    expect(await host.explain({ view: "orders", row: "O99", column: "limit" })).toBeNull();
  });
});

describe("what is set, and what happens by itself", () => {
  it("guards follow their settings, hard-to-trade options have others offered, and the last day is told", async () => {
    const boot = bootOf("goog-2015-12-24", { at: "10:35" });
    const { orders } = boot.settings;
    const name = { severity: "warn", orders: null, by: null } as const;
    const settings = {
      ...boot.settings,
      orders: { ...orders, limits: { ...orders.limits, rules: { NAME: name } } },
    };
    const host = await start({ at: "10:35", settings });
    const stock = [{ instrument: "EQ/GOOG/USD" as InstrumentId, ratio: 1 }];
    const name1 = (await previewed(host, draft({ legs: stock }))).guards.find((g) => g.code === "NAME");
    expect(name1?.verdict).toBe("warn");
    const far = [{ instrument: "OPT/GOOG/2016-01-15/P/650/USD/1" as InstrumentId, ratio: 1 }];
    const preview = await previewed(host, draft({ legs: far, price: null }));
    const liquidity = preview.guards.find((g) => g.code === "LIQUIDITY");
    expect(liquidity?.fixes[0]).toContain("take GOOG 15jan");
    const took = await host.command({ name: "fix", preview: preview.id, fix: 0 });
    const other = await seen(host, "preview", { preview: took.made as string });
    expect(other.rows[0]?.what).not.toBe(preview.rows[0]?.what);
    expect(other.guards.find((g) => g.code === "LIQUIDITY")?.verdict).toBe("pass");
  });

  it("a short option on its last day in the money is told above the orders", async () => {
    const dir = mkdtempSync(join(tmpdir(), "voldesk-last-day-"));
    try {
      const { portfolio } = bootOf("goog-2015-12-24");
      const held =
        "  - { instrument: GOOG 2015-12-24 740 C, qty: -1, avg: 9.30, strategy: desk, opened: 2015-12-23 }\n";
      const text = readFileSync(portfolio as string, "utf8").replace("structures:\n", `${held}structures:\n`);
      writeFileSync(join(dir, "p.yaml"), text);
      const host = await start({ portfolio: join(dir, "p.yaml") });
      expect((await seen(host, "orders", {})).warnings).toEqual([
        "GOOG 24dec 740 C -1: expires today in the money: assigned by itself, -100 shares",
      ]);
      const told = await host.explain({ view: "orders", row: "", column: "warnings" });
      expect(told?.value).toBe("1 warning");
      expect(told?.inputs.map((i) => `${i.title}: ${i.value}`)).toEqual([
        "GOOG 24dec 740 C -1: expires today in the money: assigned by itself, -100 shares",
      ]);
    } finally {
      removeFolder(dir);
    }
  });
});
