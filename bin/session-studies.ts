import { Command, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { deskBoot } from "./boot.ts";
import { type Cli, readConfig } from "./context.ts";
import { flowStudy, levelsStudy, underlyingIn } from "./study/session.ts";
import { STUDY_FORMATS, type Study, type StudyFormat, show } from "./study/show.ts";

interface Options {
  readonly session?: string;
  readonly at?: string;
  readonly symbol?: string;
  readonly format: StudyFormat;
  readonly out?: string;
}

async function studyOf(cli: Cli, what: "flow" | "levels", options: Options): Promise<Study> {
  const loaded = await readConfig(cli);
  const { sessionSource } = await import("../src/shell/export-source.ts");
  const source = sessionSource(deskBoot(cli, loaded, { session: options.session, at: options.at }));
  const of = underlyingIn(source, options.symbol);
  if (what === "levels") {
    const view = await source.view("levels", { slot: of?.slot ?? null, anchorUs: null });
    if (view !== null) return levelsStudy(view);
  } else {
    const limit = Number.MAX_SAFE_INTEGER;
    const view = await source.view("flow", { underlying: of?.id ?? null, limit, minutes: 15 });
    if (view !== null && view.contracts > 0) return flowStudy(view, options.out !== undefined);
  }
  throw new VoldeskError(
    "EXP-004",
    `there is no ${what} in this session`,
    what === "flow" ? "It holds no options of that underlying." : "It holds no prices of that underlying.",
    options.session ?? null,
  );
}

/** `flow` and `levels` of a recorded session at a time. */
function sessionStudy(cli: Cli, what: "flow" | "levels", example: string): Command {
  return new Command(what)
    .option("--session <name>", "name or folder of a recorded session")
    .option("--at <time>", "exchange time, e.g. 10:35; the session's end unless given")
    .option("--symbol <symbol>", "underlying, the session's first unless given")
    .addOption(
      new Option("--format <format>", "csv and json give the table")
        .choices(STUDY_FORMATS)
        .default("console"),
    )
    .option("--out <dir>", "folder to write the tables to, as json unless --format csv")
    .addHelpText("after", `\nInformational, not advice.\n\nExample:\n  ${example}`)
    .action(async (options: Options) => show(cli, await studyOf(cli, what, options), options));
}

export const flowCommand = (cli: Cli): Command =>
  sessionStudy(cli, "flow", "voldesk flow --session goog-2015-12-24 --at 10:34");
export const levelsCommand = (cli: Cli): Command =>
  sessionStudy(cli, "levels", "voldesk levels --session goog-2015-12-24 --at 10:34 --format csv");
