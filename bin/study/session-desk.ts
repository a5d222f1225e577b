import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { VoldeskError } from "../../config/errors.ts";
import { deskBoot } from "../boot.ts";
import { type Cli, readConfig } from "../context.ts";
import type { Facts } from "./deliver.ts";
import { isoDay, positive, type StudyOptions, withDelivery } from "./options.ts";
import { underlyingIn } from "./session.ts";

export const ZONES = ["America/New_York", "America/Chicago", "Europe/Berlin", "UTC"] as const;

/** Options of a study of a session or of files. */
export interface SessionOptions extends StudyOptions {
  readonly zone?: (typeof ZONES)[number];
}

/** A desk at a time of a recorded session, and what a result made from it says of itself. */
export async function sessionDesk(cli: Cli, options: StudyOptions) {
  const loaded = await readConfig(cli);
  const { sessionSource } = await import("../../src/shell/export-source.ts");
  const boot = deskBoot(cli, loaded, { session: options.session, at: options.at });
  const source = sessionSource(boot);
  const of = underlyingIn(source, options.symbol);
  const status = await source.view("status", {});
  if (status === null) throw new VoldeskError("EXP-004", "the session is empty", "Choose another.");
  const hash = readFileSync(join(boot.session, "manifest.sha256"), "utf8").trim().slice(0, 64);
  const facts = (symbol: string): Facts => ({
    symbol,
    asOf: status.day,
    atUs: status.nowUs,
    provider: options.provider ?? "session",
    hashes: { session: hash },
    findings: [],
    assumptions: [],
  });
  return { source, of, status, facts };
}

/** What is said where a session lacks what is asked for. */
export const nothing = (what: string, options: StudyOptions, why: string): VoldeskError =>
  new VoldeskError("EXP-004", `there is no ${what} in this session`, why, options.session ?? null);

/** Adds what a study of a session or of files takes. */
export const withSession = (command: Command): Command =>
  withDelivery(
    command
      .option(
        "--session <name>",
        "name or folder of a recorded session, the bundled one unless files are given",
      )
      .option("--at <time>", "exchange time of the session, e.g. 10:35; its end unless given")
      .option("--symbol <symbol>", "underlying, the session's first unless given")
      .addOption(new Option("--as-of <day>", "trade date, where the files do not tell").argParser(isoDay))
      .addOption(new Option("--zone <zone>", "zone of times that name none").choices(ZONES))
      .addOption(new Option("--spot <price>", "price of the underlying").argParser(positive)),
  );

export const oneFile = (file: string): readonly string[] => [file];
