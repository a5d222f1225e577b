/** What a stream shall carry against what its server confirms. Pure: messages in, messages out, one in flight at a time. */

export interface Request {
  readonly action: "subscribe" | "unsubscribe";
  readonly symbols: readonly string[];
}

/** A symbol that an acknowledgement lacks is asked for again this often. */
const REPAIRS = 2;

export class Reconciler {
  private desired: readonly string[] = [];
  private wanted = new Set<string>();
  /** Confirmed symbols, and since when. */
  private confirmed = new Map<string, number>();
  private readonly repairs = new Map<string, number>();
  private readonly refused = new Map<string, string>();
  private queue: Request[] = [];
  private flying: Request | null = null;
  /** Whether all is settled; null after a change. */
  private known: boolean | null = null;
  /** What the server turned out to allow; null while it has not said. */
  limit: number | null = null;

  desire(symbols: readonly string[]): void {
    this.known = null;
    this.desired = symbols;
    this.wanted = new Set(symbols);
    for (const s of this.refused.keys()) if (!this.wanted.has(s)) this.refused.delete(s);
  }

  /** A new connection knows nothing of the old one. */
  reset(): void {
    this.known = null;
    this.confirmed = new Map();
    this.repairs.clear();
    this.queue = [];
    this.flying = null;
  }

  held(): Iterable<string> {
    return this.confirmed.keys();
  }
  /** Since when a symbol is confirmed without a break, on the caller's clock; null where it is not. */
  since(symbol: string): number | null {
    return this.confirmed.get(symbol) ?? null;
  }
  get subscribed(): number {
    return this.confirmed.size;
  }
  get asked(): number {
    return this.desired.length;
  }
  has(symbol: string): boolean {
    return this.confirmed.has(symbol);
  }
  /** Some confirmed symbols, most needed first. */
  some(count: number): string[] {
    return this.desired.filter((s) => this.confirmed.has(s)).slice(0, count);
  }
  refusals(): ReadonlyMap<string, string> {
    return this.refused;
  }
  /** Everything that can be had is confirmed. Asked for each instrument, so it is worked out once for each change. */
  get settled(): boolean {
    this.known ??= this.flying === null && this.queue.length === 0 && this.next(true) === null;
    return this.known;
  }

  /** The next message to send; null when nothing is to be done or an answer is awaited. */
  next(look = false): Request | null {
    if (this.flying !== null) return null;
    const request = this.queue[0] ?? this.difference();
    if (look || request === null) return request;
    this.known = null;
    if (this.queue.length > 0) this.queue.shift();
    this.flying = request;
    return request;
  }

  private difference(): Request | null {
    const gone = [...this.confirmed.keys()].filter((s) => !this.wanted.has(s));
    if (gone.length > 0) return { action: "unsubscribe", symbols: gone };
    const room = this.limit === null ? Number.POSITIVE_INFINITY : this.limit - this.confirmed.size;
    const missing = this.desired.filter((s) => !this.confirmed.has(s) && !this.refused.has(s));
    const symbols = missing.slice(0, Math.max(0, room));
    return symbols.length === 0 ? null : { action: "subscribe", symbols };
  }

  /** The server's whole state as told at `us`. A channel key that is absent is an empty one. Returns what is new in it. */
  acknowledged(state: ReadonlySet<string>, us: number): string[] {
    this.known = null;
    const fresh = [...state].filter((s) => !this.confirmed.has(s));
    this.confirmed = new Map([...state].map((s) => [s, this.confirmed.get(s) ?? us]));
    this.repair(state);
    return fresh;
  }

  private repair(state: ReadonlySet<string>): void {
    const { flying } = this;
    this.flying = null;
    if (flying?.action !== "subscribe") return;
    for (const s of flying.symbols) {
      if (state.has(s)) {
        this.repairs.delete(s);
        continue;
      }
      const times = (this.repairs.get(s) ?? 0) + 1;
      this.repairs.set(s, times);
      if (times > REPAIRS) this.refused.set(s, "the server does not confirm it");
    }
  }

  /** The message in flight was refused: its set is unchanged. Halves are tried, down to the one symbol that is to blame. */
  failed(reason: string, isLimit: boolean): void {
    this.known = null;
    const { flying } = this;
    this.flying = null;
    if (flying === null || flying.action === "unsubscribe") return;
    const { symbols } = flying;
    if (symbols.length > 1) {
      const half = Math.ceil(symbols.length / 2);
      const part = (list: readonly string[]): Request => ({ action: "subscribe", symbols: list });
      this.queue.unshift(part(symbols.slice(0, half)), part(symbols.slice(half)));
      return;
    }
    if (isLimit) {
      this.limit = this.confirmed.size;
      this.queue = [];
    } else this.refused.set(symbols[0] as string, reason);
  }
}
