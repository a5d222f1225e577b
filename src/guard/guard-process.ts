import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type GuardBoot, runGuard } from "./run.ts";

/** The guard's process, as a live desk starts it: its boot is the first line of its input, and no signal of the terminal ends it. */
for (const signal of ["SIGINT", "SIGHUP", "SIGTSTP"] as const) process.on(signal, () => undefined);

createInterface({ input: process.stdin }).once("line", (line) => {
  const boot = JSON.parse(line) as GuardBoot;
  const log = join(dirname(boot.beatFile), "guard.log");
  const say = (text: string): void => {
    try {
      mkdirSync(dirname(log), { recursive: true });
      appendFileSync(log, `${new Date().toISOString()} ${process.pid} ${text}\n`, { mode: 0o600 });
    } catch {
      // A disk that is full must not keep it from cancelling.
    }
  };
  say(`watching ${boot.setup.kind}, ${boot.silentMs / 1000} s`);
  void runGuard(boot, say).then(() => {
    say("the desk ended: so does this");
    process.exit(0);
  });
});
