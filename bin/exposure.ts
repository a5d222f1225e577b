import { Command } from "commander";
import type { SignConvention, SliceName } from "../engines/exposure/index.ts";
import type { Cli } from "./context.ts";
import { deliver } from "./study/deliver.ts";
import { exposureDelivery } from "./study/exposure.ts";
import { studyInputs } from "./study/inputs.ts";
import { choice, examples, type StudyOptions, withChain } from "./study/options.ts";

interface Options extends StudyOptions {
  readonly slice: SliceName;
  readonly convention: SignConvention;
}

/** `exposure --from-chain … | --from-store | --session …  [--slice …] [--convention …]`. */
export function exposureCommand(cli: Cli): Command {
  return withChain(new Command("exposure"))
    .addOption(
      choice(
        "--slice <slice>",
        "expiries of the strikes shown",
        ["all", "near", "monthly", "zeroDte"],
        "all",
      ),
    )
    .addOption(
      choice(
        "--convention <name>",
        "who holds what",
        ["callsPlusPutsMinus", "shortAll", "longAll"],
        "callsPlusPutsMinus",
      ),
    )
    .addHelpText(
      "after",
      `\nWho holds what is a heuristic: open interest does not say who is long.${examples(
        "voldesk exposure --from-chain spx_quotedata.csv --slice near",
        "voldesk exposure --from-chain SPY.csv.gz --format csv > strikes.csv",
      )}`,
    )
    .action(async (options: Options) => {
      const { mode, slice, convention, format, out } = options;
      const whole = format !== "console" || out !== undefined;
      const inputs = await studyInputs(cli, options);
      await deliver(
        cli,
        inputs.map((i) => exposureDelivery(i, { mode, slice, convention, whole })),
        options,
      );
    });
}
