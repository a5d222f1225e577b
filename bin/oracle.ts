import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { ADAPTERS } from "./oracle/adapters.ts";
import { report, runOracle } from "./oracle/run.ts";

/** `npm run -s oracle -- [--dump] FILE…`: reference files through the engines. Exit 0 all passed, 1 a case failed, 2 no such file. */
async function main(): Promise<void> {
  const command = new Command("oracle")
    .description("Run reference (oracle) files through the engines, each recognised by its header and shape")
    .argument("<file...>", "oracle files")
    .option("--dump", 'print {"id","got"} per case as NDJSON; the lines on files then go to standard error')
    .addHelpText(
      "after",
      "\nExit code: 0 all cases passed, 1 a case failed, 2 a file cannot be read or is no oracle file.",
    );
  command.parse();
  const dump = command.opts<{ dump?: boolean }>().dump === true;
  // A reader that has seen enough closes the pipe; that is no error.
  process.stdout.on("error", () => process.exit());
  let failed = false;
  let broken = false;
  for (const path of command.args) {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      process.stderr.write(`ORC-001 cannot read ${path}. Check the path.\n`);
      broken = true;
      continue;
    }
    const lines: string[] = [];
    const outcome = runOracle(text, ADAPTERS, (a) => {
      if (dump) lines.push(JSON.stringify({ id: a.id, got: a.got ?? null }));
    });
    if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
    (dump ? process.stderr : process.stdout).write(`${report(basename(path), outcome)}\n`);
    failed ||= outcome.kind === "ran" && outcome.failed > 0;
    broken ||= outcome.kind === "not_an_oracle";
  }
  process.exitCode = failed ? 1 : broken ? 2 : 0;
}

await main();
