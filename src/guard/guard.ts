import type { Broker } from "../brokers/broker.ts";
import type { Clock } from "../shell/clock.ts";
import type { Beat, GuardDeed, WatchedOrder } from "./beat.ts";

export interface GuardOptions {
  readonly clock: Clock;
  readonly broker: Pick<Broker, "cancel" | "openOrders">;
  /** The newest beat; null where there is none that can be read. */
  readonly beat: () => Beat | null;
  /** A desk that is silent this long is frozen or gone. */
  readonly silentMs: number;
  readonly alive: (pid: number) => boolean;
  readonly did: (deed: GuardDeed) => void;
  readonly say: (text: string) => void;
  readonly ended: () => void;
}

const LOOK_MS = 500;
/** Between two rounds of cancels: until the broker says that nothing of the desk's works any more. */
const AGAIN_MS = 2_000;

/**
 * A dead man's switch for a broker that has none: when its desk is silent for too long, it cancels what the desk has working, and nothing else. A desk
 * that comes back is watched again; one that was left in order, or died with nothing at work, ends the watch.
 */
export class Guard {
  private seen: { readonly n: number; readonly ms: number; readonly beat: Beat } | null = null;
  private acting = false;
  /** Beat for which everything was done already. */
  private done: number | null = null;
  private cancel: (() => void) | null = null;

  constructor(private readonly o: GuardOptions) {}

  start(): void {
    this.look();
  }

  stop(): void {
    this.cancel?.();
  }

  private look(): void {
    this.cancel = this.o.clock.after(LOOK_MS, () => this.look());
    const { clock, beat: read, silentMs } = this.o;
    const nowMs = clock.monotonicMs();
    const beat = read();
    if (beat !== null && beat.n !== this.seen?.n) this.seen = { n: beat.n, ms: nowMs, beat };
    if (this.seen === null || this.acting) return;
    const { beat: last, ms, n } = this.seen;
    const gone = !this.o.alive(last.pid);
    if (last.ended || (gone && (last.orders.length === 0 || this.done === n))) return this.end();
    if (nowMs - ms < silentMs || this.done === n || last.orders.length === 0) return;
    this.act(last, Math.round((nowMs - ms) / 1000));
  }

  private end(): void {
    this.stop();
    this.o.ended();
  }

  private act(beat: Beat, seconds: number): void {
    this.acting = true;
    const many = beat.orders.length === 1 ? "1 order" : `${beat.orders.length} orders`;
    this.o.say(`the desk (process ${beat.pid}) is silent for ${seconds} s: cancelling its ${many}`);
    const asked = new Set<string>();
    this.round(beat, beat.orders, asked, (left) => {
      const text = `silent for ${seconds} s: ${asked.size} cancelled${left > 0 ? `, ${left} left to the desk` : ""}`;
      this.acting = false;
      this.done = beat.n;
      this.o.did({ n: beat.n, cancelled: [...asked], text });
      this.o.say(text);
    });
  }

  /** Cancels all, then asks what of it still works, until nothing does or the desk is back. */
  private round(
    beat: Beat,
    orders: readonly WatchedOrder[],
    asked: Set<string>,
    done: (left: number) => void,
  ): void {
    const { broker, clock } = this.o;
    for (const order of orders) {
      asked.add(order.clientId);
      broker.cancel(order, () => undefined);
    }
    clock.after(AGAIN_MS, () => {
      const now = this.o.beat();
      if (now !== null && now.n !== beat.n) return done(orders.length);
      broker.openOrders((open) => {
        const mine = new Set(beat.orders.map((o) => o.clientId));
        // Without an answer all are asked for again: a second cancel of what is gone is refused and does no harm.
        const left: WatchedOrder[] = open.ok
          ? open.value.flatMap(({ clientId, brokerId, status }) =>
              status === "working" && clientId !== null && mine.has(clientId) ? [{ clientId, brokerId }] : [],
            )
          : [...orders];
        if (left.length === 0) done(0);
        else this.round(beat, left, asked, done);
      });
    });
  }
}
