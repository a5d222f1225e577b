import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { VoldeskError } from "../config/errors.ts";
import type { Micros } from "../engines/market/index.ts";
import type { TradingState } from "../engines/orders/index.ts";
import { EVERYWHERE } from "../src/orders/branches.ts";
import { type ListedOrder, listOrders, tradingIn } from "../src/orders/list.ts";
import { storyOf } from "../src/orders/story.ts";
import { askAnswer, putAsk, writerOf } from "../store/ledger/asks.ts";
import { LedgerFile } from "../store/ledger/ledger.ts";
import { releaseLock, takeLock, type Writer } from "../store/ledger/lock.ts";
import { type Cli, columns, readConfig, say, sayJson } from "./context.ts";

type Json = { readonly json?: boolean };

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

async function ls(cli: Cli, options: Json & { readonly all?: boolean }): Promise<void> {
  const { orders, trading } = await reading(cli, (ledger) => {
    const { records } = ledger.load();
    return { orders: listOrders(records), trading: tradingIn(records) };
  });
  const shown = options.all === true ? orders : orders.filter((o) => o.open);
  if (options.json === true) return sayJson(cli, { trading, orders: shown });
  say(cli, `trading ${trading}; ${shown.length} ${options.all === true ? "orders" : "open orders"}`);
  if (shown.length > 0) say(cli, columns([HEAD, ...shown.map(cells)]));
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
    if (writer === null || (writer.host === hostname() && !lives(writer.pid))) return null;
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

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Without a desk the state is written for every account: whichever opens next stands so. */
async function setState(cli: Cli, state: TradingState, reason: string): Promise<string> {
  const ledger = LedgerFile.open(await ledgerPath(cli));
  const me: Writer = { owner: randomUUID(), pid: process.pid, host: hostname() };
  try {
    if (takeLock(ledger, "folder", me, nowUs(), lives) !== null)
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

const idle = async (): Promise<string> =>
  "no desk runs from this state folder: nothing works at a broker through it";

export function ordersCommand(cli: Cli): Command {
  const command = new Command("orders").description(
    "orders of the ledger: list, explain, cancel, halt; without the screen",
  );
  const add = (name: string, description: string) =>
    command.command(name).description(description).option("--json", "as JSON");
  add("ls", "open orders, the newest first")
    .option("--all", "finished ones too")
    .action((options: Json & { all?: boolean }) => ls(cli, options));
  add("show", "the whole story of an order")
    .argument("<order>", "O7, a client id, or a ticket: T3")
    .action((id: string, options: Json) => show(cli, id, options));
  add("reconcile", "the running desk asks its broker about every open order").action((options: Json) =>
    tell(cli, options, "reconcile", null, idle),
  );
  add("cancel-all", "cancel all working orders, or those of some underlyings")
    .argument("[pattern]", "GOOG, or GO*")
    .action((pattern: string | undefined, options: Json) =>
      tell(cli, options, "cancelAll", pattern ?? null, idle),
    );
  add("kill", "cancel everything and block sending until resumed").action((options: Json) =>
    tell(cli, options, "kill", null, () => setState(cli, "halted", "voldesk orders kill")),
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
