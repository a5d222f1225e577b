import type { ClientOptions } from "ws";
import type { Answered, FeedSocket, Net } from "../../feeds/net.ts";
import { NoVenue, venueNowUs } from "../../feeds/venue-clock.ts";
import type { Clock } from "../clock.ts";
import { Timers } from "../timers.ts";

/** The venue is asked for its time this often, ms. */
const ASK_EVERY_MS = 1_000;

export interface VenueWaitOptions {
  readonly url: string;
  readonly net: Net;
  readonly clock: Clock;
  /** It answered: its time less the wall's, µs. Called once. */
  readonly told: (offsetUs: number) => void;
}

/**
 * The network of a desk whose venue has not told its time yet. Until it does nothing is asked of it, since what it says would be taken for
 * another time's; who tries hears why, and tries again by its own rules.
 */
export class VenueWait implements Net {
  private why: NoVenue = new NoVenue("the venue has not answered yet", false);
  private over = false;
  private readonly timers: Timers;

  constructor(private readonly o: VenueWaitOptions) {
    this.timers = new Timers(o.clock);
  }

  start(): void {
    void this.ask();
  }

  close(): void {
    this.over = true;
    this.timers.stop();
  }

  socket(_url: string, _options: ClientOptions): FeedSocket {
    throw this.why;
  }

  fetch(): Promise<Answered> {
    return Promise.reject(this.why);
  }

  private async ask(): Promise<void> {
    const { url, net, clock, told } = this.o;
    try {
      const us = await venueNowUs(net, url);
      if (this.over) return;
      this.close();
      told(us - clock.wallUs());
    } catch (error) {
      if (error instanceof NoVenue) this.why = error;
      this.timers.after(ASK_EVERY_MS, () => void this.ask());
    }
  }
}
