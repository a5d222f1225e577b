import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { FromDesk, LogEntry, ToDesk } from "../desk/protocol.ts";
import { openLog, scrubbed } from "../telemetry/log.ts";
import type { DeskBoot } from "./boot.ts";
import { systemClock } from "./clock.ts";
import { DeskSession } from "./desk-session.ts";
import { fatalOf } from "./fatal.ts";
import { LedgerClient } from "./ledger-client.ts";
import type { LiveBoot } from "./live/live-boot.ts";
import { LiveSession } from "./live/live-session.ts";
import { openDesk } from "./open-desk.ts";
import { memoryLog } from "./order-log.ts";

/** The desk's thread: sockets and files on one side, the screen's messages on the other, one desk between. */
const port = parentPort;
if (port === null) throw new Error("desk-worker runs as a worker thread");
const send = (message: FromDesk) => port.postMessage(message);

const boot = workerData as DeskBoot | LiveBoot;
const log = boot.log === null ? null : openLog({ ...boot.log, name: "desk" });
const record = ({ us, level, source, code, text }: LogEntry) =>
  log?.[level]({ us, source, code }, scrubbed(text));
const fail = (error: unknown) => {
  log?.error({ err: error }, "the desk failed");
  send(fatalOf(error));
};

function openReplay(replay: DeskBoot): DeskSession {
  const session = new DeskSession(openDesk(replay), send, systemClock, record);
  session.begin();
  if (replay.stateDir === null) session.openOrders(memoryLog());
  else {
    const boot = { path: join(replay.stateDir, "ledger.sqlite"), accounts: null };
    LedgerClient.open(boot, (kept) => session.ledgerOpened(kept));
  }
  return session;
}

function openLive(live: LiveBoot): LiveSession {
  const session = new LiveSession(live, send, systemClock, { record });
  session.begin();
  if (live.stateDir !== null) {
    const boot = { path: join(live.stateDir, "ledger.sqlite"), accounts: live.broker?.accounts ?? null };
    LedgerClient.open(boot, (kept) => session.ledgerOpened(kept));
  }
  return session;
}

try {
  const session = "live" in boot ? openLive(boot) : openReplay(boot);
  port.on("message", (message: ToDesk) => {
    try {
      session.receive(message);
      // A live desk says goodbye when its capture is complete.
      if (message.t === "quit" && !("live" in boot)) port.close();
    } catch (error) {
      fail(error);
    }
  });
} catch (error) {
  fail(error);
  port.close();
}
