/** Something to do at the gateway that no other order request may come between. It settles by itself and never throws. */
interface Job {
  /** The order that a first send is for; null where it is a cancel or a change. */
  readonly sends: string | null;
  readonly run: () => Promise<void>;
  /** Told instead of `run` when it is called off before it began. */
  readonly dropped: (why: string) => void;
}

/**
 * One queue of order requests for the session: a question's reply dies when another request comes in between. Cancels go ahead of what waits,
 * and call off a send of the same order that has not begun.
 */
export class OrderQueue {
  private readonly jobs: Job[] = [];
  private running: Job | null = null;
  private readonly stops = new Set<string>();
  private closed = false;

  send(clientId: string, run: () => Promise<void>, dropped: (why: string) => void): void {
    this.add({ sends: clientId, run, dropped }, false);
  }

  change(run: () => Promise<void>, dropped: (why: string) => void): void {
    this.add({ sends: null, run, dropped }, false);
  }

  urgent(run: () => Promise<void>, dropped: (why: string) => void): void {
    this.add({ sends: null, run, dropped }, true);
  }

  /** True when the send of an order had not begun, and now never will. */
  callOff(clientId: string): boolean {
    const at = this.jobs.findIndex((j) => j.sends === clientId);
    if (at >= 0) {
      this.jobs.splice(at, 1)[0]?.dropped("cancelled before it was sent");
      return true;
    }
    if (this.running?.sends === clientId) this.stops.add(clientId);
    return false;
  }

  /** The order that is being sent is not wanted any more: no question of it is to be answered with yes. */
  stopped(clientId: string): boolean {
    return this.stops.has(clientId);
  }

  close(): void {
    this.closed = true;
    for (const job of this.jobs.splice(0)) job.dropped("closed before it was sent");
  }

  private add(job: Job, first: boolean): void {
    if (this.closed) return job.dropped("closed");
    if (first) this.jobs.unshift(job);
    else this.jobs.push(job);
    void this.next();
  }

  private async next(): Promise<void> {
    if (this.running !== null) return;
    const job = this.jobs.shift();
    if (job === undefined) return;
    this.running = job;
    try {
      await job.run();
    } finally {
      if (job.sends !== null) this.stops.delete(job.sends);
      this.running = null;
      void this.next();
    }
  }
}
