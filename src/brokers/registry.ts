import { VoldeskError } from "../../config/errors.ts";
import { openAlpacaBroker } from "./alpaca/alpaca.ts";
import { openDeribitBroker } from "./deribit/deribit.ts";
import { openIbkrBroker } from "./ibkr/ibkr.ts";
import type { BrokerOptions, BrokerSetup, RealBroker, RealBrokerName } from "./setup.ts";

/** One line for each broker; null where there is none in this build. */
const OPEN: Readonly<Record<RealBrokerName, ((options: BrokerOptions) => RealBroker) | null>> = {
  alpaca: (options) => openAlpacaBroker(options),
  ibkr: openIbkrBroker,
  deribit: openDeribitBroker,
};

/** @throws VoldeskError BRK-001 for a broker that this build does not have. */
export function openBroker(setup: BrokerSetup, rest: Omit<BrokerOptions, keyof BrokerSetup>): RealBroker {
  const open = OPEN[setup.kind];
  if (open === null)
    throw new VoldeskError(
      "BRK-001",
      `orders do not go to ${setup.kind} in this build`,
      "Name `--broker paper`: the embedded paper account trades on the quotes of any feed.",
      "--broker",
    );
  const { kind: _, ...where } = setup;
  return open({ ...where, ...rest });
}
