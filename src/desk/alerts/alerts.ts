import type { Slot } from "../../../engines/market/index.ts";
import { type Alert, type AlertWish, fieldText } from "../protocol-alerts.ts";
import type { ViewContext } from "../views/context.ts";
import { FRESH, judge } from "./judge.ts";
import { isQuoted, measure } from "./measure.ts";

export interface Firing {
  readonly alert: Alert;
  readonly atUs: number;
  readonly value: number;
  /** `A1 GOOG mid 741.4 > 741.3` */
  readonly text: string;
}

/** Alerts that a session may hold. */
export const MAX_ALERTS = 200;

/** The alerts of a desk. Pure: it looks when it is told to, at the instant it is told, and says what fired. */
export class Alerts {
  #list: readonly Alert[] = [];
  /** Slots of instruments that an alert wants to see at each of their events. */
  readonly watched = new Set<Slot>();

  constructor(readonly slotOf: (id: string) => Slot | null) {}

  get list(): readonly Alert[] {
    return this.#list;
  }

  use(alerts: readonly Alert[]): void {
    this.#list = alerts;
    this.#index();
  }

  /** Null when there are too many already. */
  add(wish: AlertWish): Alert | null {
    if (this.#list.length >= MAX_ALERTS) return null;
    const numbers = this.#list.map((a) => Number(a.id.slice(1)));
    const alert: Alert = { ...wish, id: `A${Math.max(0, ...numbers) + 1}`, state: FRESH };
    this.use([...this.#list, alert]);
    return alert;
  }

  /** How many went; null is all. */
  drop(id: string | null): number {
    const kept = id === null ? [] : this.#list.filter((a) => a.id !== id);
    const gone = this.#list.length - kept.length;
    this.use(kept);
    return gone;
  }

  /** Armed anew, as if it had just been set; false when there is none of that name. */
  rearm(id: string): boolean {
    if (!this.#list.some((a) => a.id === id)) return false;
    this.use(this.#list.map((a) => (a.id === id ? { ...a, state: { ...FRESH, times: a.state.times } } : a)));
    return true;
  }

  /** The desk stands at another time now: what fired after it has not happened yet, and nothing has crossed on the way. */
  moveTo(nowUs: number): boolean {
    let changed = false;
    this.#list = this.#list.map((a) => {
      const undone = a.state.firedUs !== null && a.state.firedUs > nowUs;
      changed ||= undone;
      return { ...a, state: undone ? FRESH : { ...a.state, last: null } };
    });
    return changed;
  }

  /** Everything that time, a quote or a booking may have moved. */
  look(context: ViewContext): readonly Firing[] {
    return this.#judge(context, () => true);
  }

  /** After an event of one instrument: what its quotes and prints alone decide. */
  lookAt(slot: Slot, context: ViewContext): readonly Firing[] {
    return this.#judge(
      context,
      (a) =>
        a.subject.of === "instrument" && isQuoted(a.subject, a.field) && this.slotOf(a.subject.id) === slot,
    );
  }

  #judge(context: ViewContext, concerns: (alert: Alert) => boolean): readonly Firing[] {
    const firings: Firing[] = [];
    this.#list = this.#list.map((alert) => {
      // A fired one that stays so has nothing to look at.
      if ((!alert.state.armed && !alert.again) || !concerns(alert)) return alert;
      const value = measure(context, alert.subject, alert.field);
      const { state, fired } = judge(alert.state, alert.op, alert.level, alert.again, value, context.nowUs);
      const next = { ...alert, state };
      if (fired && value !== null) {
        const { id, label, field, op, level } = alert;
        const text = `${id} ${label} ${field} ${fieldText(field, value)} ${op} ${fieldText(field, level)}`;
        firings.push({ alert: next, atUs: context.nowUs, value, text });
      }
      return next;
    });
    return firings;
  }

  #index(): void {
    this.watched.clear();
    for (const { subject, field } of this.#list) {
      const slot = subject.of === "instrument" && isQuoted(subject, field) ? this.slotOf(subject.id) : null;
      if (slot !== null) this.watched.add(slot);
    }
  }
}
