import { basename } from "node:path";
import { Command } from "commander";
import type { Origin } from "../config/load.ts";
import { type Cli, columns, readConfig, say, sayJson } from "./context.ts";

const originText = (origin: Origin): string => {
  switch (origin.from) {
    case "default":
      return "default";
    case "file":
      return `${origin.file} line ${origin.line}`;
    case "env":
    case "flag":
      return origin.name;
  }
};

interface Json {
  readonly json?: boolean;
}

async function show(cli: Cli, wanted: string | undefined, options: Json): Promise<void> {
  const { envName, SETTING_KEYS, setting } = await import("../config/settings.ts");
  const loaded = await readConfig(cli);
  const keys = SETTING_KEYS.filter((k) => wanted === undefined || k === wanted || k.startsWith(`${wanted}.`));
  if (keys.length === 0) {
    const { unknownKey } = await import("../config/load.ts");
    throw unknownKey(wanted as string, null);
  }
  if (options.json) {
    const entries = keys.map((key) => {
      const { default: fallback, unit, takes, help, fromText } = setting(key);
      const variable = fromText === null ? null : envName(key);
      const origin = loaded.origins[key];
      return [key, { value: loaded.values[key], origin, default: fallback, unit, takes, variable, help }];
    });
    return sayJson(cli, Object.fromEntries(entries));
  }
  const rows = keys.map((key) => [
    key,
    JSON.stringify(loaded.values[key]),
    setting(key).unit ?? "",
    originText(loaded.origins[key]),
  ]);
  say(cli, columns([["SETTING", "VALUE", "UNIT", "FROM"], ...rows]));
  if (keys.length === 1)
    say(cli, `\n${setting(keys[0] as never).help}\nTakes ${setting(keys[0] as never).takes}.`);
}

async function check(cli: Cli, file: string | undefined, options: Json): Promise<void> {
  if (file !== undefined) cli.globals = { ...cli.globals, config: file };
  const loaded = await readConfig(cli);
  const { paths, fileFound, warnings } = loaded;
  if (options.json) return sayJson(cli, { ok: true, file: paths.configFile, found: fileFound, warnings });
  const count = Object.values(loaded.origins).filter((o) => o.from === "file").length;
  say(
    cli,
    fileFound
      ? `${basename(paths.configFile)} is good: ${count} ${count === 1 ? "setting" : "settings"}.`
      : `There is no ${paths.configFile}; defaults are used.`,
  );
  for (const warning of warnings) say(cli, `warning: ${warning}`);
}

async function path(cli: Cli, options: Json): Promise<void> {
  const { paths, fileFound } = await readConfig(cli);
  if (options.json) return sayJson(cli, { ...paths, configFileFound: fileFound });
  const found = fileFound ? "" : "(not there: defaults are used)";
  say(
    cli,
    columns([
      ["config", paths.configFile, found],
      ["state", paths.stateDir],
      ["log", paths.logDir],
      ["cache", paths.cacheDir],
    ]),
  );
}

/** `config show [key] | check [file] | path | template`. */
export function configCommand(cli: Cli): Command {
  const command = new Command("config");
  command
    .command("show")
    .description("every setting with its value and where that comes from")
    .argument("[key]", "one setting or one group")
    .option("--json", "as JSON")
    .action((key: string | undefined, options: Json) => show(cli, key, options));
  command
    .command("check")
    .description("check a settings file; every mistake is told with its line")
    .argument("[file]", "file to check instead of the usual one")
    .option("--json", "as JSON")
    .action((file: string | undefined, options: Json) => check(cli, file, options));
  command
    .command("path")
    .description("where the files are")
    .option("--json", "as JSON")
    .action((options: Json) => path(cli, options));
  command
    .command("template")
    .description("print a settings file with every default and what it is for")
    .action(async () => say(cli, (await import("../config/render.ts")).defaultYaml()));
  return command;
}
