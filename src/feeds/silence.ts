import type { Clock } from "../shell/clock.ts";
import type { DataClock } from "./health.ts";

const LOOK_EVERY_MS = 250;
/** The vendor must answer within this when a channel is silent. */
const PROOF_WITHIN_MS = 2_500;
/** Silence with nobody to ask: longer than any pause of a canary. */
const MUTE_UNHEARD_MS = 12_000;
/** The vendor knows of something this much newer than what came: the channel is mute. */
const NEWER_US = 1_000_000;
/** Asked again after a quiet answer, and after none, ms. */
const AGAIN_MS = 3_000;
const SOON_MS = 1_000;

export interface SilenceOptions {
  readonly clock: Clock;
  readonly data: DataClock;
  /** Data is due: the channel is up, something is subscribed, and a market of it trades now. */
  readonly due: () => boolean;
  /** Newest event time that came by the channel, µs; where nothing came, since when it should have. */
  readonly heardUs: () => number;
  /** Newest event time that the vendor tells when asked in another way; NaN where it knows of nothing. */
  readonly newest: () => Promise<number>;
  /** Who is asked: `the vendor's REST`. */
  readonly asked: string;
  /** Messages that came since the last data and could not be read. */
  readonly unread: () => number;
  /** A name whose silence says something, where there is one. */
  readonly canary: () => string | undefined;
  /** Is the silence the vendor's? Then this is why. */
  readonly mute: (reason: string) => void;
}

/**
 * The data clock of a channel, beside pongs and heartbeats, which say only that the wire is alive. A silence beyond the channel's own pace is
 * compared with what the vendor tells when asked: quotes that it knows and the channel did not tell are the proof. Nothing newer anywhere is
 * a quiet market, or a halt of all of it (contracts section 8).
 */
export class SilenceWatch {
  private asking = false;
  private stopped = false;
  private cancel: (() => void) | null = null;

  constructor(private readonly options: SilenceOptions) {}

  start(): void {
    if (this.stopped) return;
    this.cancel = this.options.clock.after(LOOK_EVERY_MS, () => this.start());
    if (!this.asking && this.suspicious()) void this.ask();
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  private silentMs(): number {
    return this.options.data.silentMs(this.options.clock.monotonicMs());
  }

  private suspicious(): boolean {
    return this.options.due() && this.silentMs() > this.options.data.limitMs();
  }

  private async ask(): Promise<void> {
    const { clock, heardUs, asked, canary, unread, mute } = this.options;
    this.asking = true;
    const newest = await this.newestKnown();
    if (!this.stopped && this.suspicious()) {
      const newer = newest !== null && newest > heardUs() + NEWER_US;
      const odd = unread() > 0 ? unreadable(unread()) : null;
      if (newer) mute(`${odd ?? "pongs come but no data"}, while ${asked} has newer ones`);
      else if (newest === null && this.silentMs() > MUTE_UNHEARD_MS) {
        const seconds = Math.round(this.silentMs() / 1000);
        mute(
          `${odd === null ? "" : `${odd}: `}no data for ${seconds} s, not even of ${canary() ?? "the canary"}, and ${asked} does not answer`,
        );
      }
    }
    clock.after(newest === null ? SOON_MS : AGAIN_MS, () => {
      this.asking = false;
    });
  }

  /** Null where nobody answers in time. */
  private newestKnown(): Promise<number | null> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(PROOF_WITHIN_MS, () => resolve(null));
      const done = (newest: number | null) => {
        cancel();
        resolve(newest);
      };
      this.options.newest().then(done, () => done(null));
    });
  }
}

export const unreadable = (n: number): string =>
  n === 1 ? "one message came and could not be read" : `${n} messages came and none could be read`;
