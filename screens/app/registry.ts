import { chainPane } from "../panes/chain/pane.ts";
import { chartPane } from "../panes/chart/pane.ts";
import { exposurePane } from "../panes/exposure/pane.ts";
import { feedsPane } from "../panes/feeds/pane.ts";
import { flowPane } from "../panes/flow/pane.ts";
import { logPane } from "../panes/log/pane.ts";
import { ordersPane } from "../panes/orders/pane.ts";
import { positionsPane } from "../panes/positions/pane.ts";
import { scenariosPane } from "../panes/scenarios/pane.ts";
import { surfacePane } from "../panes/surface/pane.ts";
import { tapePane } from "../panes/tape/pane.ts";
import { watchPane } from "../panes/watch/pane.ts";
import type { PaneSpec } from "./pane.ts";

/** Every pane of this build: a new one is a folder and a line here. */
export const PANES: readonly PaneSpec[] = [
  positionsPane,
  watchPane,
  chartPane,
  chainPane,
  surfacePane,
  exposurePane,
  flowPane,
  tapePane,
  scenariosPane,
  ordersPane,
  feedsPane,
  logPane,
];
