import type { Clock } from "../../shell/clock.ts";
import { type FaultKind, type FaultRequest, type FaultSpec, parseFault } from "./kinds.ts";
import { covers } from "./places.ts";

export interface ActiveFault extends FaultSpec {
  readonly id: number;
  readonly untilMs: number;
  left: number;
}

/** Kinds that happen once, at the moment they are asked for, and don't stay. */
const AT_ONCE: ReadonlySet<FaultKind> = new Set([
  "reset",
  "close",
  "correction",
  "cancelTrade",
  "tokenExpiry",
  "slowClient",
  "repeatFill",
  "tradeBust",
]);

/** What is going wrong at the moment. */
export class Faults {
  private readonly active: ActiveFault[] = [];
  private readonly listeners = new Set<(fault: ActiveFault) => void>();
  private readonly enders = new Set<(fault: ActiveFault) => void>();
  private next = 1;
  /** How often each kind was put in. */
  readonly injected = new Map<FaultKind, number>();

  constructor(private readonly clock: Clock) {}

  /** @throws Error in words when the request is none. */
  add(request: FaultRequest): ActiveFault {
    const spec = parseFault(request);
    if (typeof spec === "string") throw new Error(spec);
    const nowMs = this.clock.monotonicMs();
    const fault: ActiveFault = {
      ...spec,
      id: this.next++,
      untilMs: spec.forMs === undefined ? Number.POSITIVE_INFINITY : nowMs + spec.forMs,
      left: spec.count ?? Number.POSITIVE_INFINITY,
    };
    this.injected.set(spec.kind, (this.injected.get(spec.kind) ?? 0) + 1);
    if (!AT_ONCE.has(spec.kind)) {
      this.active.push(fault);
      if (spec.forMs !== undefined) this.clock.after(spec.forMs, () => this.remove(fault.id));
    }
    for (const listener of this.listeners) listener(fault);
    return fault;
  }

  remove(id: number): boolean {
    const at = this.active.findIndex((f) => f.id === id);
    const [gone] = at < 0 ? [] : this.active.splice(at, 1);
    if (gone !== undefined) for (const ender of this.enders) ender(gone);
    return gone !== undefined;
  }

  clear(): void {
    for (const fault of [...this.active]) this.remove(fault.id);
  }

  list(): readonly ActiveFault[] {
    return this.active;
  }

  /** The fault of a kind in force on a path; it counts as used unless `peek`. */
  take(kind: FaultKind, path: string, peek = false): ActiveFault | null {
    const nowMs = this.clock.monotonicMs();
    const fault = this.active.find((f) => f.kind === kind && covers(f.on, path) && f.untilMs > nowMs);
    if (fault === undefined) return null;
    if (!peek && --fault.left <= 0) this.remove(fault.id);
    return fault;
  }

  has(kind: FaultKind, path: string): boolean {
    return this.take(kind, path, true) !== null;
  }

  onAdded(listener: (fault: ActiveFault) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onEnded(listener: (fault: ActiveFault) => void): () => void {
    this.enders.add(listener);
    return () => this.enders.delete(listener);
  }
}
