import { setTimeout as sleep } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { type Cli, readConfig, say } from "./context.ts";
import { addLiveOptions, type LiveOptions, liveFlags } from "./live/choice.ts";

interface CaptureOptions extends LiveOptions {
  readonly for?: number;
  readonly every?: number;
}

const ASK_AGAIN_MS = 2_000;

const seconds = (text: string): number => {
  const m = /^(\d+)(s|m|h)?$/.exec(text);
  if (m === null) throw new InvalidArgumentError("Write 30s, 10m or 7h.");
  return Number(m[1]) * { s: 1, m: 60, h: 3600 }[(m[2] ?? "s") as "s" | "m" | "h"];
};

async function runCapture(cli: Cli, options: CaptureOptions): Promise<void> {
  const loaded = await readConfig(cli, [
    ...liveFlags(options),
    { key: "live.record", text: "true", name: "capture" },
  ]);
  const [{ liveStart }, { recordHeadless }] = await Promise.all([
    import("./live/setup.ts"),
    import("../src/shell/live/record-headless.ts"),
  ]);
  let over = false;
  const stopped = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true;
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
    if (options.for !== undefined) setTimeout(end, options.for * 1000);
  });
  let { boot, stop } = await liveStart(cli, loaded, options);
  if (typeof boot.awaits === "string") say(cli, `${boot.awaits} does not answer yet: asking until it does`);
  while (typeof boot.awaits === "string" && !over) {
    await Promise.race([stopped, sleep(ASK_AGAIN_MS)]);
    ({ boot, stop } = await liveStart(cli, loaded, options));
  }
  if (typeof boot.awaits === "string") {
    say(cli, "nothing was recorded: it did not answer");
    cli.exitCode = 1;
    return;
  }
  try {
    const done = await recordHeadless(boot, stopped, (line) => say(cli, line), (options.every ?? 60) * 1000);
    if (done.dir === null) cli.exitCode = 1;
  } finally {
    stop();
  }
}

/** `capture [--feed name] [--symbols list] [--for time]`: records without a screen, until it is told to stop. */
export function captureCommand(cli: Cli): Command {
  return addLiveOptions(new Command("capture"))
    .option("--for <time>", "stop after this long, e.g. 30s, 10m, 7h", seconds)
    .option("--every <time>", "say how it is this often", seconds)
    .addHelpText(
      "after",
      "\nCtrl-c or SIGTERM ends it and completes the capture. A new session begins with each day.",
    )
    .action((options: CaptureOptions) => runCapture(cli, options));
}
