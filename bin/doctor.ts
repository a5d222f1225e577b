import { Command } from "commander";
import type { LoadedConfig } from "../config/load.ts";
import { type Cli, columns, readConfig, say, sayJson, VERSION } from "./context.ts";
import {
  type Check,
  checkClock,
  checkDisk,
  checkFolder,
  checkNatives,
  checkNode,
  checkOpenFiles,
  checkSessions,
  checkTerminal,
} from "./doctor/checks.ts";
import { checkFeeds } from "./doctor/feeds.ts";
import { checkOwnFiles } from "./doctor/own-files.ts";

async function readSettings(cli: Cli): Promise<[Check[], LoadedConfig | null]> {
  try {
    const loaded = await readConfig(cli);
    const where = loaded.fileFound ? loaded.paths.configFile : "none, defaults are used";
    const warnings = loaded.warnings.map(
      (advice): Check => ({ name: "environment", state: "warn", found: "a stray variable", advice }),
    );
    return [[{ name: "settings", state: "ok", found: where, advice: null }, ...warnings], loaded];
  } catch (error) {
    const { errorLines } = await import("../config/errors.ts");
    const lines = errorLines(error);
    if (lines === null) throw error;
    return [
      lines.map((advice): Check => ({ name: "settings", state: "fail", found: "refused", advice })),
      null,
    ];
  }
}

async function examine(cli: Cli): Promise<Check[]> {
  const [settings, loaded] = await readSettings(cli);
  const checks: Check[] = [checkNode(process.versions.node), ...checkTerminal(cli), ...settings];
  checks.push(...(await checkNatives()));
  checks.push(checkSessions(cli.root), checkOpenFiles());
  if (loaded !== null) {
    const { paths, config } = loaded;
    checks.push(
      checkFolder("state folder", paths.stateDir),
      checkClock(paths.stateDir),
      checkDisk(paths.stateDir, config.doctor.diskFreeMb),
      ...checkOwnFiles(paths),
    );
    checks.push(...(await checkFeeds(cli.env, loaded)));
  }
  return checks;
}

const SIGN = { ok: "ok", warn: "warn", fail: "FAIL" } as const;

/** `doctor [--json]`: exit code 0 when nothing failed, warnings or not; 1 otherwise. */
export function doctorCommand(cli: Cli): Command {
  return new Command("doctor").option("--json", "as JSON").action(async (options: { json?: boolean }) => {
    const checks = await examine(cli);
    const ok = checks.every((c) => c.state !== "fail");
    if (options.json) sayJson(cli, { ok, version: VERSION, checks });
    else {
      say(cli, columns(checks.map((c) => [SIGN[c.state], c.name, c.found])));
      for (const c of checks) if (c.advice !== null) say(cli, `\n${SIGN[c.state]} ${c.name}: ${c.advice}`);
    }
    if (!ok) cli.exitCode = 1;
  });
}
