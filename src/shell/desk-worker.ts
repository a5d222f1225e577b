import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { FromDesk, LogEntry, ToDesk } from "../desk/protocol.ts";
import { openLog, scrubbed } from "../telemetry/log.ts";
import type { DeskBoot } from "./boot.ts";
import { systemClock } from "./clock.ts";
import { DeskSession } from "./desk-session.ts";
import { fatalOf } from "./fatal.ts";
import { LedgerClient } from "./ledger-client.ts";
import { openDesk } from "./open-desk.ts";
import { memoryLog } from "./order-session.ts";

/** The desk's thread: sockets and files on one side, the screen's messages on the other, one desk between. */
const port = parentPort;
if (port === null) throw new Error("desk-worker runs as a worker thread");
const send = (message: FromDesk) => port.postMessage(message);

const boot = workerData as DeskBoot;
const log = boot.log === null ? null : openLog({ ...boot.log, name: "desk" });
const record = ({ us, level, source, code, text }: LogEntry) =>
  log?.[level]({ us, source, code }, scrubbed(text));
const fail = (error: unknown) => {
  log?.error({ err: error }, "the desk failed");
  send(fatalOf(error));
};

try {
  const session = new DeskSession(openDesk(boot), send, systemClock, record);
  port.on("message", (message: ToDesk) => {
    try {
      session.receive(message);
      if (message.t === "quit") port.close();
    } catch (error) {
      fail(error);
    }
  });
  session.begin();
  const { stateDir } = workerData as DeskBoot;
  if (stateDir === null) session.openOrders(memoryLog());
  else LedgerClient.open(join(stateDir, "ledger.sqlite"), (log) => session.ledgerOpened(log));
} catch (error) {
  fail(error);
  port.close();
}
