import type { AlertOp, AlertState } from "../protocol-alerts.ts";

/** Armed, with nothing seen yet. */
export const FRESH: AlertState = { armed: true, times: 0, firedUs: null, last: null };

/** Whether the level lies between two looks; standing on it and leaving again is no crossing. */
function crossed(last: number | null, value: number, level: number): boolean {
  if (last === null || last === level) return false;
  return last < level ? value >= level : value <= level;
}

/**
 * One look. An alert fires when it becomes true and is armed; with `again` it is armed anew when it is false, and a crossing fires each
 * time. An unknown value changes nothing.
 */
export function judge(
  state: AlertState,
  op: AlertOp,
  level: number,
  again: boolean,
  value: number | null,
  nowUs: number,
): { readonly state: AlertState; readonly fired: boolean } {
  if (value === null || value !== value) return { state, fired: false };
  const met =
    op === "crosses" ? crossed(state.last, value, level) : op === ">" ? value > level : value < level;
  const last = value;
  if (met && state.armed) {
    const armed = again && op === "crosses";
    return { state: { armed, times: state.times + 1, firedUs: nowUs, last }, fired: true };
  }
  return { state: { ...state, armed: state.armed || (again && !met), last }, fired: false };
}
