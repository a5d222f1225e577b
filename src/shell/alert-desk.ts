import type { Micros, Slot } from "../../engines/market/index.ts";
import { Alerts, type Firing, MAX_ALERTS } from "../desk/alerts/alerts.ts";
import { alertsView } from "../desk/alerts/view.ts";
import type { Desk } from "../desk/desk.ts";
import type { CommandResult } from "../desk/protocol.ts";
import { type AlertCommand, type AlertFiring, type AlertsView, alertText } from "../desk/protocol-alerts.ts";
import type { Draft } from "../desk/protocol-orders.ts";
import type { ViewContext } from "../desk/views/context.ts";
import type { AlertFile } from "./alert-file.ts";
import type { Lookout } from "./player.ts";

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
/** A gap without events is looked at every second this long, then every minute. */
const QUIET_US = 10 * MINUTE_US;
/** Firings that a view repeats, so that a screen which was busy misses none. */
const KEPT_FIRINGS = 50;

export interface AlertHost {
  readonly desk: Desk;
  /** A look at the desk at an instant, with valuations of its own: nobody else's caches are touched. */
  readonly contextAt: (us: Micros) => ViewContext;
  /** Puts a ticket on the desk; it is never sent from here. */
  readonly stage: (draft: Draft) => CommandResult;
  /** Null where nothing is kept. */
  readonly file: AlertFile | null;
}

/**
 * The alerts of a desk that is played: looks at every whole second of session time, and at quotes and prints after each event of their
 * instrument, whatever the speed. So the same session fires the same alerts at the same times.
 */
export class AlertDesk implements Lookout {
  readonly #alerts: Alerts;
  #firings: AlertFiring[] = [];
  #count = 0;
  #problem: string | null = null;
  #dueUs = Number.POSITIVE_INFINITY;
  #resting = false;

  constructor(readonly host: AlertHost) {
    const { desk, file } = host;
    this.#alerts = new Alerts((id) => desk.slot(id));
    const kept = file?.load() ?? [];
    if (typeof kept === "string") {
      this.#problem = kept;
      desk.note(
        "error",
        "alerts",
        kept,
        "ALR-001",
        "Correct the file and start again, or set the alerts anew.",
      );
    } else this.#alerts.use(kept);
    this.#watch(desk.nowUs);
  }

  get dueUs(): number {
    return this.#dueUs;
  }

  advance(us: number): void {
    while (this.#dueUs <= us) {
      const nowUs = this.#dueUs as Micros;
      this.#fire(this.#alerts.look(this.host.contextAt(nowUs)));
      const quiet = nowUs - this.host.desk.nowUs > QUIET_US;
      this.#dueUs = quiet ? nextWhole(nowUs, MINUTE_US) : nowUs + SECOND_US;
    }
  }

  rest(): void {
    this.#resting = true;
    this.host.desk.sentinel = null;
    this.#dueUs = Number.POSITIVE_INFINITY;
  }

  restart(us: number): void {
    this.#resting = false;
    if (this.#alerts.moveTo(us)) this.#keep();
    this.#watch(us);
  }

  /** What is set now looks at the session from now on, however long ago the last event was. */
  command(command: AlertCommand, nowUs: number): CommandResult {
    const result = this.#do(command);
    if (result.ok) this.#keep();
    this.#watch(nowUs);
    return result;
  }

  view(context: ViewContext): AlertsView {
    return alertsView(context, this.#alerts.list, this.#firings, this.#problem);
  }

  #do(command: AlertCommand): CommandResult {
    switch (command.op) {
      case "add": {
        const alert = this.#alerts.add(command.wish);
        if (alert === null)
          return {
            ok: false,
            message: `There are ${MAX_ALERTS} alerts already: drop some first (A lists them).`,
          };
        const how = alert.again ? "each time" : "once";
        return { ok: true, message: `${alert.id} ${alertText(alert)}, ${how}`, made: alert.id };
      }
      case "drop": {
        const gone = this.#alerts.drop(command.id);
        if (gone === 0) return { ok: false, message: `no alert ${command.id ?? "is set"}` };
        return {
          ok: true,
          message: command.id === null ? `${gone} alerts dropped` : `${command.id} dropped`,
        };
      }
      case "rearm":
        return this.#alerts.rearm(command.id)
          ? { ok: true, message: `${command.id} is armed again` }
          : { ok: false, message: `no alert ${command.id}` };
    }
  }

  /** Events of these instruments are looked at, and whole seconds from here on. */
  #watch(nowUs: number): void {
    const alerts = this.#alerts;
    const { desk } = this.host;
    if (this.#resting) return;
    this.#dueUs = alerts.list.length === 0 ? Number.POSITIVE_INFINITY : nextWhole(nowUs, SECOND_US);
    desk.sentinel = alerts.watched.size === 0 ? null : { slots: alerts.watched, moved: this.#moved };
  }

  readonly #moved = (slot: Slot): void => {
    this.#fire(this.#alerts.lookAt(slot, this.host.contextAt(this.host.desk.nowUs)));
  };

  #fire(firings: readonly Firing[]): void {
    for (const { alert, atUs, text } of firings) {
      const staged = alert.stage === null ? "" : `; ${this.#stage(alert.stage)}`;
      this.#firings = [...this.#firings, { n: ++this.#count, us: atUs, text: text + staged }].slice(
        -KEPT_FIRINGS,
      );
      this.host.desk.note("warn", "alert", text + staged, null, "A lists the alerts.", atUs as Micros);
    }
    if (firings.length > 0) this.#keep();
  }

  #stage(stage: { readonly draft: Draft; readonly text: string }): string {
    const result = this.host.stage(stage.draft);
    return result.ok
      ? `staged ${result.made ?? ""} ${stage.text}`
      : `not staged: ${result.message ?? "refused"}`;
  }

  #keep(): void {
    const wrong = this.host.file?.save(this.#alerts.list) ?? null;
    if (wrong !== null && wrong !== this.#problem) {
      this.#problem = wrong;
      this.host.desk.note("warn", "alerts", wrong, "ALR-002", "`voldesk doctor` looks at the state folder.");
    } else if (wrong === null) this.#problem = null;
  }
}

const nextWhole = (us: number, step: number): number => (Math.floor(us / step) + 1) * step;
