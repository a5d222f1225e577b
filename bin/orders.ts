import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { VoldeskError } from "../config/errors.ts";
import type { Micros } from "../engines/market/index.ts";
import type { TradingState } from "../engines/orders/index.ts";
import type { BrokerOrder } from "../src/brokers/broker.ts";
import type { AccountAlone } from "../src/orders/account-alone.ts";
import { EVERYWHERE } from "../src/orders/branches.ts";
import type { Difference } from "../src/orders/difference.ts";
import { fitsPattern, type ListedOrder, listOrders, tradingIn } from "../src/orders/list.ts";
import { storyOf } from "../src/orders/story.ts";
import { processLives } from "../src/shell/process-lives.ts";
import { askAnswer, putAsk, writerOf } from "../store/ledger/asks.ts";
import { LedgerFile } from "../store/ledger/ledger.ts";
import { releaseLock, takeLock, type Writer } from "../store/ledger/lock.ts";
import { type Cli, columns, readConfig, say, sayJson } from "./context.ts";
import { type LiveOptions, liveFlags, venueAddress } from "./live/choice.ts";

type Json = { readonly json?: boolean };
type Where = Pick<LiveOptions, "broker" | "venue">;

/** The broker that the options or the settings name, null for the paper account. */
async function brokerOf(cli: Cli, where: Where) {
  const { brokerBoot } = await import("./live/broker.ts");
  const loaded = await readConfig(cli, liveFlags(where));
  const boot = brokerBoot(cli, loaded, where.venue ?? null);
  if (boot === null) return null;
  const { venueOffsetUs } = await import("./live/venue-process.ts");
  return { boot, offsetUs: where.venue === undefined ? 0 : await venueOffsetUs(where.venue) };
}

/** Open orders at the broker: those that the running desk sees as made elsewhere, else all that the broker lists. */
async function othersAt(cli: Cli, where: Where): Promise<readonly BrokerOrder[]> {
  const told = existsSync(await ledgerPath(cli)) ? await ask(cli, "others", null) : null;
  if (told !== null) return JSON.parse(told) as readonly BrokerOrder[];
  const at = await brokerOf(cli, where);
  if (at === null) return [];
  const { lookAtOpen } = await import("../src/shell/alone.ts");
  return lookAtOpen(at.boot, at.offsetUs);
}

const nowUs = (): number => Date.now() * 1000;
/** How long a running desk may take to answer. */
const ANSWER_MS = 5_000;
const POLL_MS = 50;

async function ledgerPath(cli: Cli): Promise<string> {
  const { paths } = await readConfig(cli);
  return join(paths.stateDir, "ledger.sqlite");
}

async function reading<T>(cli: Cli, work: (ledger: LedgerFile) => T): Promise<T> {
  const ledger = LedgerFile.read(await ledgerPath(cli));
  try {
    return work(ledger);
  } finally {
    ledger.close();
  }
}

const time = (us: number): string => new Date(us / 1000).toISOString().replace("T", " ").slice(0, 19);

async function ls(cli: Cli, options: Json & Where & { readonly all?: boolean }): Promise<void> {
  const others = await othersAt(cli, options);
  const { orders, trading } = await reading(cli, (ledger) => {
    const { records } = ledger.load();
    return { orders: listOrders(records), trading: tradingIn(records) };
  });
  const shown = options.all === true ? orders : orders.filter((o) => o.open);
  const known = new Set(orders.map((o) => o.clientId));
  const external = others.filter((o) => o.status === "working" && !known.has(o.clientId ?? ""));
  if (options.json === true) return sayJson(cli, { trading, orders: shown, external });
  say(cli, `trading ${trading}; ${shown.length} ${options.all === true ? "orders" : "open orders"}`);
  if (shown.length > 0) say(cli, columns([HEAD, ...shown.map(cells)]));
  if (external.length > 0) say(cli, `made elsewhere, not in this ledger: ${external.length}`);
  for (const { brokerId, status, terms } of external) {
    const legs = terms?.legs.map((leg) => `${leg.ratio} ${leg.instrument}`).join(", ");
    say(
      cli,
      `  ${brokerId}  ${status}  ${terms?.side ?? ""} ${terms?.qty ?? ""} ${legs ?? ""} at ${terms?.limit ?? "?"}`,
    );
  }
}

const HEAD = ["order", "state", "side", "filled", "limit", "what", "account", "session time"];
const cells = (o: ListedOrder): string[] => [
  o.id,
  o.status,
  o.side,
  `${o.filled}/${o.qty}`,
  o.limit,
  o.what,
  o.scope,
  time(o.us),
];

async function show(cli: Cli, id: string, options: Json): Promise<void> {
  const story = await reading(cli, (ledger) => storyOf(ledger.load().records, id));
  if (story === null)
    throw new VoldeskError(
      "ORD-001",
      `there is no order or ticket ${id}`,
      "`voldesk orders ls --all` lists them.",
    );
  if (options.json === true) return sayJson(cli, story);
  say(cli, story.title);
  say(cli, columns(story.lines.map((l) => [time(l.us), String(l.seq), l.kind, l.text])));
}

/** Asks the desk that trades from this folder, and waits for what it says; null where none runs. */
async function ask(cli: Cli, name: string, arg: string | null): Promise<string | null> {
  const ledger = LedgerFile.open(await ledgerPath(cli));
  try {
    const writer = writerOf(ledger);
    if (writer === null || (writer.host === hostname() && !processLives(writer.pid, writer.sinceUs)))
      return null;
    const n = putAsk(ledger, name, arg, nowUs());
    const until = nowUs() + ANSWER_MS * 1000;
    while (nowUs() < until) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const answer = askAnswer(ledger, n);
      if (answer !== null) return answer;
    }
    throw new VoldeskError(
      "LDG-004",
      `the desk (process ${writer.pid}) did not answer within ${ANSWER_MS / 1000} s`,
      "If it hangs, end it: nothing is sent from a desk that is gone.",
    );
  } finally {
    ledger.close();
  }
}

/** Without a desk the state is written for every account: whichever opens next stands so. */
async function setState(cli: Cli, state: TradingState, reason: string): Promise<string> {
  const ledger = LedgerFile.open(await ledgerPath(cli));
  const me: Writer = { owner: randomUUID(), pid: process.pid, host: hostname() };
  try {
    if (takeLock(ledger, "folder", me, nowUs(), processLives) !== null)
      throw new VoldeskError("LDG-004", "a desk opened just now", "Ask again.");
    const us = nowUs() as Micros;
    ledger.append([{ k: "state", state, reason, seq: 0, us, scope: EVERYWHERE }], us);
    return `${state.toUpperCase()}: no desk runs; it holds for the next one that opens`;
  } finally {
    releaseLock(ledger, "folder", me);
    ledger.close();
  }
}

async function tell(
  cli: Cli,
  options: Json,
  name: string,
  arg: string | null,
  alone: () => Promise<string>,
): Promise<void> {
  const text = (await ask(cli, name, arg)) ?? (await alone());
  if (options.json === true) sayJson(cli, { asked: name, answer: text });
  else say(cli, text);
}

/** Without a desk: straight to the broker that is named, by the ledger of its account. */
async function alone(
  cli: Cli,
  where: Where,
  work: (account: AccountAlone) => Promise<string>,
): Promise<string> {
  const at = await brokerOf(cli, where);
  if (at === null)
    return "no desk runs from this state folder: nothing works at a broker through it (--broker looks at one)";
  const { withAccount } = await import("../src/shell/alone.ts");
  const note = (text: string): void => say(cli, text);
  return withAccount(await ledgerPath(cli), at.boot, at.offsetUs, note, async (account, label) => {
    return `${label}: ${await work(account)}`;
  });
}

/** A broker may take this long to say that what was cancelled is cancelled. */
const CLEAR_MS = 15_000;

async function reconcileAlone(account: AccountAlone, adopt: boolean): Promise<string> {
  const before = account.book.live().length;
  await account.clearUp(5_000, (live) => live.every((o) => o.status !== "UNKNOWN" && o.status !== "SENDING"));
  const { length: unknown } = account.book.live().filter((o) => o.status === "UNKNOWN");
  const others = account.others.length === 0 ? "" : `; ${account.others.length} orders made elsewhere`;
  const asked = `asked about ${before} orders, ${account.book.live().length} work${unknown > 0 ? `, ${unknown} unknown` : ""}`;
  return `${asked}; ${booksWords(await account.compare(adopt), adopt)}${others}`;
}

function booksWords(found: readonly Difference[] | string, adopted: boolean): string {
  if (typeof found === "string") return `positions and cash were not told: ${found}`;
  if (found.length === 0) return "positions and cash agree";
  const many = found.length === 1 ? "1 difference" : `${found.length} differences`;
  return `${many}: ${found.map((d) => d.text).join("; ")} (${adopted ? "these have no price here: a desk takes them over" : "reconcile --adopt takes them over"})`;
}

async function cancelAlone(account: AccountAlone, fits: (underlying: string | null) => boolean, by: string) {
  const mine = account.book.live().filter((o) => fits(o.order.underlying));
  for (const state of mine) account.cancel(state, by);
  const over = await account.clearUp(CLEAR_MS, (live) => !live.some((o) => mine.includes(o)));
  const left = account.book.live().filter((o) => mine.includes(o)).length;
  return `${mine.length} cancels sent${over ? "" : `, ${left} not ended yet`}`;
}

async function killAlone(account: AccountAlone): Promise<string> {
  account.setState("halted", "voldesk orders kill");
  return `HALTED: ${await cancelAlone(account, () => true, "voldesk orders kill")}`;
}

export function ordersCommand(cli: Cli): Command {
  const command = new Command("orders").description(
    "orders of the ledger: list, explain, cancel, halt; without the screen",
  );
  const add = (name: string, description: string) =>
    command.command(name).description(description).option("--json", "as JSON");
  const addAt = (name: string, description: string) =>
    add(name, description)
      .option("--broker <name>", "the broker to ask while no desk runs: alpaca, ibkr or deribit")
      .option("--venue <url>", "address of a local venue", venueAddress);
  addAt("ls", "open orders, the newest first, and those made elsewhere")
    .option("--all", "finished ones too")
    .action((options: Json & Where & { all?: boolean }) => ls(cli, options));
  add("show", "the whole story of an order")
    .argument("<order>", "O7, a client id, or a ticket: T3")
    .action((id: string, options: Json) => show(cli, id, options));
  addAt("reconcile", "the broker is asked about every open order, positions and cash")
    .option("--adopt", "what the broker has otherwise is booked as made elsewhere")
    .action((options: Json & Where & { adopt?: boolean }) =>
      tell(cli, options, "reconcile", options.adopt === true ? "adopt" : null, () =>
        alone(cli, options, (account) => reconcileAlone(account, options.adopt === true)),
      ),
    );
  addAt("cancel-all", "cancel all working orders, or those of some underlyings")
    .argument("[pattern]", "GOOG, or GO*")
    .action((pattern: string | undefined, options: Json & Where) =>
      tell(cli, options, "cancelAll", pattern ?? null, () =>
        alone(cli, options, (account) =>
          cancelAlone(account, (name) => fitsPattern(pattern ?? null, name), "voldesk orders cancel-all"),
        ),
      ),
    );
  addAt("kill", "cancel everything and block sending until resumed").action((options: Json & Where) =>
    tell(cli, options, "kill", null, async () => {
      const at = await brokerOf(cli, options);
      return at === null ? setState(cli, "halted", "voldesk orders kill") : alone(cli, options, killAlone);
    }),
  );
  add("resume", "allow orders again")
    .argument("<word>", "ACTIVE, in full")
    .action(async (word: string, options: Json) => {
      if (word !== "ACTIVE")
        throw new VoldeskError(
          "ORD-002",
          `"${word}" does not allow orders`,
          "Write: voldesk orders resume ACTIVE",
        );
      await tell(cli, options, "resume", word, () => setState(cli, "active", "voldesk orders resume"));
    });
  return command;
}
