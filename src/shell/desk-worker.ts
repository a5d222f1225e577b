import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import type { FromDesk, LogEntry, ToDesk } from "../desk/protocol.ts";
import { type Log, openLog, scrubbed } from "../telemetry/log.ts";
import type { DeskBoot } from "./boot.ts";
import { systemClock } from "./clock.ts";
import { DeskSession } from "./desk-session.ts";
import type { OpenDesk } from "./desk-thread.ts";
import { fatalOf } from "./fatal.ts";
import { LedgerClient } from "./ledger-client.ts";
import type { LiveBoot } from "./live/live-boot.ts";
import type { LiveSession } from "./live/live-session.ts";
import { openDesk } from "./open-desk.ts";
import { memoryLog } from "./order-log.ts";

/** The desk's thread: sockets and files on one side, the screen's messages on the other, one desk between. */
const port = parentPort;
if (port === null) throw new Error("desk-worker runs as a worker thread");
const send = (message: FromDesk) => port.postMessage(message);

let log: Log | null = null;
let session: DeskSession | LiveSession | null = null;
const record = ({ us, level, source, code, text }: LogEntry) =>
  log?.[level]({ us, source, code }, scrubbed(text));
const fail = (error: unknown) => {
  log?.error({ err: error }, "the desk failed");
  send(fatalOf(error));
};

function openReplay(replay: DeskBoot): DeskSession {
  const opened = new DeskSession(openDesk(replay), send, systemClock, record);
  opened.begin();
  if (replay.stateDir === null) opened.openOrders(memoryLog());
  else {
    const boot = { path: join(replay.stateDir, "ledger.sqlite"), accounts: null };
    LedgerClient.open(boot, (kept) => opened.ledgerOpened(kept));
  }
  return opened;
}

/** A replay does without the code of feeds and brokers. */
async function openLive(live: LiveBoot): Promise<LiveSession> {
  const { LiveSession } = await import("./live/live-session.ts");
  const opened = new LiveSession(live, send, systemClock, { record });
  opened.begin();
  if (live.stateDir !== null) {
    const boot = { path: join(live.stateDir, "ledger.sqlite"), accounts: live.broker?.accounts ?? null };
    LedgerClient.open(boot, (kept) => opened.ledgerOpened(kept));
  }
  return opened;
}

async function open(boot: DeskBoot | LiveBoot): Promise<void> {
  log = boot.log === null ? null : openLog({ ...boot.log, name: "desk" });
  try {
    session = "live" in boot ? await openLive(boot) : openReplay(boot);
  } catch (error) {
    fail(error);
    port?.close();
  }
}

port.on("message", (message: OpenDesk | ToDesk) => {
  if (message.t === "open") return void open(message.boot);
  try {
    session?.receive(message);
    // A live desk says goodbye when its capture is complete.
    if (message.t === "quit" && session instanceof DeskSession) port.close();
  } catch (error) {
    fail(error);
  }
});
