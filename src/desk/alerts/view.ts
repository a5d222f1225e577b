import {
  type Alert,
  type AlertFiring,
  type AlertRow,
  type AlertsView,
  alertText,
  fieldText,
} from "../protocol-alerts.ts";
import type { ViewContext } from "../views/context.ts";
import { measure } from "./measure.ts";

function row(context: ViewContext, alert: Alert): AlertRow {
  const { id, state, again, stage } = alert;
  const value = measure(context, alert.subject, alert.field);
  return {
    id,
    text: alertText(alert),
    now: fieldText(alert.field, value),
    state: !state.armed && !again ? "fired" : value === null ? "no data" : "armed",
    times: state.times,
    firedUs: state.firedUs,
    again,
    stage: stage?.text ?? null,
  };
}

/** All alerts with the numbers they look at now, and what fired last. */
export function alertsView(
  context: ViewContext,
  alerts: readonly Alert[],
  firings: readonly AlertFiring[],
  problem: string | null,
): AlertsView {
  return { rows: alerts.map((a) => row(context, a)), firings, problem };
}
