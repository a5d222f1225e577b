import type { ViewName, Views } from "../protocol.ts";
import { type ChainIndex, chainView } from "./chain.ts";
import { chartView } from "./chart.ts";
import type { ViewContext } from "./context.ts";
import { exposureView } from "./exposure.ts";
import { feedsView } from "./feeds.ts";
import { flowView } from "./flow.ts";
import { followsView } from "./follows.ts";
import { levelsView } from "./levels.ts";
import { logView } from "./log.ts";
import { packageView } from "./package.ts";
import { positionsView } from "./positions.ts";
import { scenariosView } from "./scenarios.ts";
import { statusView } from "./status.ts";
import { surfaceView } from "./surface.ts";
import { tapeView } from "./tape.ts";
import { watchView } from "./watch.ts";

type Builders = {
  [V in ViewName]: (
    context: ViewContext,
    params: Views[V]["params"],
    chains: ChainIndex,
  ) => Views[V]["model"] | null;
};

const BUILDERS: Builders = {
  status: statusView,
  positions: positionsView,
  watch: watchView,
  chart: chartView,
  tape: tapeView,
  chain: (context, params, chains) => chainView(context, chains, params),
  package: packageView,
  exposure: (context, params, chains) => exposureView(context, chains, params),
  flow: flowView,
  scenarios: scenariosView,
  surface: (context, params, chains) => surfaceView(context, chains, params),
  levels: (context, params, chains) => levelsView(context, chains, params),
  feeds: feedsView,
  follows: followsView,
  log: (context, params) => logView(context.desk, params),
  // Alerts are kept by the shell.
  alerts: () => null,
  // Orders live beside the desk: the shell builds these where an order desk is open.
  orders: () => null,
  ticket: () => null,
  preview: () => null,
  story: () => null,
};

/** The model of a view, null where there is nothing to show. */
export function buildView<V extends ViewName>(
  context: ViewContext,
  chains: ChainIndex,
  view: V,
  params: Views[V]["params"],
): Views[V]["model"] | null {
  return BUILDERS[view](context, params, chains);
}
