import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { FromDesk, ToDesk } from "../desk/protocol.ts";
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

try {
  const session = new DeskSession(openDesk(workerData as DeskBoot), send, systemClock);
  port.on("message", (message: ToDesk) => {
    try {
      session.receive(message);
      if (message.t === "quit") port.close();
    } catch (error) {
      send(fatalOf(error));
    }
  });
  session.begin();
  const { stateDir } = workerData as DeskBoot;
  if (stateDir === null) session.openOrders(memoryLog());
  else LedgerClient.open(join(stateDir, "ledger.sqlite"), (log) => session.ledgerOpened(log));
} catch (error) {
  send(fatalOf(error));
  port.close();
}
