import { openBroker } from "../brokers/registry.ts";
import type { BrokerSetup } from "../brokers/setup.ts";
import { systemClock } from "../shell/clock.ts";
import { readBeat, writeDeed } from "./beat.ts";
import { Guard } from "./guard.ts";

/** What a guard is started with, as one line of JSON: keys never stand on a command line. */
export interface GuardBoot {
  readonly setup: BrokerSetup;
  readonly beatFile: string;
  readonly silentMs: number;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Watches until the desk ends. It cancels by the broker's own ids, so it needs no contracts. */
export function runGuard(boot: GuardBoot, say: (text: string) => void): Promise<void> {
  const broker = openBroker(boot.setup, {
    clock: systemClock,
    instruments: { byId: () => null, bySymbol: () => null },
    log: (_level, text) => say(text),
  });
  return new Promise((resolve) => {
    const guard = new Guard({
      clock: systemClock,
      broker,
      beat: () => readBeat(boot.beatFile),
      silentMs: boot.silentMs,
      alive,
      did: (deed) => writeDeed(boot.beatFile, deed),
      say,
      ended: () => void broker.close().then(resolve, resolve),
    });
    guard.start();
  });
}
