import { Command, Option } from "commander";
import { standing } from "../engines/surface/index.ts";
import type { SurfacePast, TenorChangeRow } from "../store/artifacts/bodies/surface.ts";
import type { CompatPast } from "../store/warehouse/compat-surface.ts";
import { storedProvider } from "../store/warehouse/results.ts";
import { historyFolder } from "./boot.ts";
import { type Cli, readConfig } from "./context.ts";
import { withWarehouse } from "./db.ts";
import { type Delivery, deliver } from "./study/deliver.ts";
import { type StudyInput, studyInputs } from "./study/inputs.ts";
import { dayList, examples, type StudyOptions, withChain } from "./study/options.ts";
import { compatSurfaceDelivery, surfaceDelivery, termDelivery } from "./study/surface.ts";

interface Options extends StudyOptions {
  readonly tenors?: readonly number[];
  readonly compare?: boolean;
}

const CHANGES: Readonly<Record<string, string>> = {
  atm_iv: "atm_iv_change_pp",
  skew_25d_pp: "skew_25d_change_pp",
  skew_10d_pp: "skew_10d_change_pp",
  fly_25d_pp: "butterfly_25d_change_pp",
  fly_10d_pp: "butterfly_10d_change_pp",
  one_sigma: "one_sigma_change_pp",
};

const RANKED = ["atm_iv", "skew_25d_pp"] as const;

/**
 * A surface's tenors against the last day stored before it (constant maturities, so no roll shows as change), and their places among
 * the 252 sessions before. Null without such a day.
 */
async function pastOf(cli: Cli, input: StudyInput, fresh: Delivery): Promise<SurfacePast | null> {
  const { storedTenors, tenorHistory } = await import("../store/warehouse/past.ts");
  const { asOf, symbol } = input.market;
  const of = { symbol, provider: storedProvider(input.provider, "desk") };
  const { tenor } = fresh.artifact as unknown as { tenor: readonly Record<string, number | null>[] };
  return withWarehouse(cli, { readOnly: true }, async (w) => {
    const then = await storedTenors(w, of, asOf);
    if (then === null) return null;
    const standings: SurfacePast["standings"] = [];
    for (const field of RANKED) {
      const history = await tenorHistory(w, of, field, asOf);
      for (const t of tenor) {
        const days = Number(t["tenor_target_dte"]);
        const s = standing(t[field] ?? null, history.get(days) ?? []);
        const sessions = history.get(days)?.length ?? 0;
        standings.push({
          tenor_target_dte: days,
          field,
          percentile: s?.percentile ?? null,
          rank: s?.rank ?? null,
          sessions,
        });
      }
    }
    return { changes: tenor.map((now) => changeOf(now, then)), standings };
  });
}

/** Rows of the same source and mode on the last day stored before; null without such a day. */
async function compatPast(cli: Cli, input: StudyInput): Promise<CompatPast | null> {
  const { storedCompat } = await import("../store/warehouse/compat-surface.ts");
  const { asOf, symbol } = input.market;
  const of = { symbol, provider: storedProvider(input.provider, "compat") };
  return withWarehouse(cli, { readOnly: true }, (w) => storedCompat(w, of, asOf));
}

function changeOf(
  now: Readonly<Record<string, number | null>>,
  then: { readonly day: string; readonly rows: ReadonlyMap<number, Readonly<Record<string, number | null>>> },
): TenorChangeRow {
  const days = Number(now["tenor_target_dte"]);
  const was = then.rows.get(days);
  const row: TenorChangeRow = {
    tenor_target_dte: days,
    previous_day: then.day,
    warnings: was === undefined ? ["missing_previous_row"] : [],
  };
  for (const [field, name] of Object.entries(CHANGES)) {
    const [a, b] = [now[NAMES[field] ?? field], was?.[field]];
    const scale = field.endsWith("_pp") ? 1 : 100;
    row[name] = typeof a === "number" && typeof b === "number" ? (a - b) * scale : null;
  }
  return row;
}
/** Columns of the warehouse that an artifact calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  fly_25d_pp: "butterfly_25d_pp",
  fly_10d_pp: "butterfly_10d_pp",
};

async function runSurface(cli: Cli, options: Options): Promise<void> {
  const inputs = await studyInputs(cli, options);
  const tenors = options.tenors ?? [];
  const found: Delivery[] = [];
  for (const input of inputs) {
    if (options.mode === "compat") {
      const previous = options.compare === true ? await compatPast(cli, input) : null;
      found.push(compatSurfaceDelivery(input, tenors, previous));
      continue;
    }
    const first = surfaceDelivery(input, tenors);
    const past = options.compare === true ? await pastOf(cli, input, first) : null;
    found.push(past === null ? first : surfaceDelivery(input, tenors, past));
  }
  await deliver(cli, found, options);
}

const tenors = (): Option =>
  new Option("--tenors <days>", "constant maturities in calendar days").argParser(dayList);

/** `surface --from-chain … | --from-store | --session …`. */
export function surfaceCommand(cli: Cli): Command {
  return withChain(new Command("surface"))
    .addOption(tenors())
    .option(
      "--compare",
      "changes against the last day that the warehouse has before it, and in desk mode ranks over 252 sessions",
    )
    .addHelpText(
      "after",
      examples(
        "voldesk surface --from-chain spx_quotedata.csv",
        "voldesk surface --session goog-2015-12-24 --at 10:35 --format json",
        "voldesk surface --from-chain chains/*.csv --each-day --store",
      ),
    )
    .action((options: Options) => runSurface(cli, options));
}

/** `term`: the same chains, their term structure. */
export function termCommand(cli: Cli): Command {
  return withChain(new Command("term"))
    .addOption(tenors())
    .addHelpText(
      "after",
      examples(
        "voldesk term --from-chain spx_quotedata.csv",
        "voldesk term --session goog-2015-12-24 --at 12:00",
        "voldesk import futures vix_futures.csv && voldesk term --from-chain spx_quotedata.csv",
      ),
    )
    .action(async (options: Options) => {
      const inputs = await studyInputs(cli, options);
      const { paths } = await readConfig(cli);
      const { HistoryFiles } = await import("../src/shell/history-files.ts");
      const history = new HistoryFiles(historyFolder(paths.stateDir));
      await deliver(
        cli,
        inputs.map((i) => termDelivery(i, options.mode, options.tenors ?? [], history)),
        options,
      );
    });
}
