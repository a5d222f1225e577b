import { logPane } from "../panes/log/pane.ts";
import { positionsPane } from "../panes/positions/pane.ts";
import { watchPane } from "../panes/watch/pane.ts";
import type { PaneSpec } from "./pane.ts";

/** Every pane of this build: a new one is a folder and a line here. */
export const PANES: readonly PaneSpec[] = [positionsPane, watchPane, logPane];
