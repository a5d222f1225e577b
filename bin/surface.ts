import { Command, Option } from "commander";
import type { TenorChangeRow } from "../store/artifacts/bodies/surface.ts";
import { storedProvider } from "../store/warehouse/results.ts";
import type { Cli } from "./context.ts";
import { withWarehouse } from "./db.ts";
import { type Delivery, deliver } from "./study/deliver.ts";
import { type StudyInput, studyInputs } from "./study/inputs.ts";
import { dayList, examples, type StudyOptions, withChain } from "./study/options.ts";
import { surfaceDelivery, termDelivery } from "./study/surface.ts";

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

/** Differences of a surface's tenors against the last day stored before it: constant maturities, so no roll shows as change. */
async function changesOf(cli: Cli, input: StudyInput, fresh: Delivery): Promise<TenorChangeRow[]> {
  const { storedTenors } = await import("../store/warehouse/past.ts");
  const of = { symbol: input.market.symbol, provider: storedProvider(input.provider, "desk") };
  const then = await withWarehouse(cli, { readOnly: true }, (w) => storedTenors(w, of, input.market.asOf));
  if (then === null || fresh.artifact.kind !== "iv_surface") return [];
  const { tenor } = fresh.artifact as unknown as { tenor: readonly Record<string, number | null>[] };
  const NAMES: Readonly<Record<string, string>> = {
    fly_25d_pp: "butterfly_25d_pp",
    fly_10d_pp: "butterfly_10d_pp",
  };
  return tenor.map((now) => {
    const was = then.rows.get(Number(now["tenor_target_dte"]));
    const row: TenorChangeRow = {
      tenor_target_dte: Number(now["tenor_target_dte"]),
      previous_day: then.day,
      warnings: was === undefined ? ["missing_previous_row"] : [],
    };
    for (const [field, name] of Object.entries(CHANGES)) {
      const [a, b] = [now[NAMES[field] ?? field], was?.[field]];
      const scale = field.endsWith("_pp") ? 1 : 100;
      row[name] = typeof a === "number" && typeof b === "number" ? (a - b) * scale : null;
    }
    return row;
  });
}

async function runSurface(cli: Cli, options: Options): Promise<void> {
  const inputs = await studyInputs(cli, options);
  const found: Delivery[] = [];
  for (const input of inputs) {
    const first = surfaceDelivery(input, options.mode, options.tenors ?? []);
    const changes = options.compare === true ? await changesOf(cli, input, first) : [];
    found.push(
      changes.length === 0 ? first : surfaceDelivery(input, options.mode, options.tenors ?? [], changes),
    );
  }
  await deliver(cli, found, options);
}

const tenors = (): Option =>
  new Option("--tenors <days>", "constant maturities in calendar days").argParser(dayList);

/** `surface --from-chain … | --from-store | --session …`. */
export function surfaceCommand(cli: Cli): Command {
  return withChain(new Command("surface"))
    .addOption(tenors())
    .option("--compare", "changes against the last day that the warehouse has before it")
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
      ),
    )
    .action(async (options: Options) => {
      const inputs = await studyInputs(cli, options);
      await deliver(
        cli,
        inputs.map((i) => termDelivery(i, options.mode, options.tenors ?? [])),
        options,
      );
    });
}
