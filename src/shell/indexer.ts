import type { Clock } from "./clock.ts";
import type { OpenedDesk } from "./open-desk.ts";
import type { Player } from "./player.ts";

/** Rows played between two looks at the clock, a few ms of work. */
const SLICE_ROWS = 8192;
/** Rest after each slice, so that replay and keys come first. */
const REST_MS = 2;

/**
 * Plays the whole session once beside the desk, on a desk of its own, so that there is a checkpoint near every moment and any jump is
 * cheap. Starts a moment after the first frame.
 */
export class Indexer {
  private scout: Player | null = null;
  private cancel: (() => void) | null = null;
  share = 0;

  constructor(
    private readonly opened: OpenedDesk,
    private readonly clock: Clock,
    private readonly moved: () => void,
  ) {}

  begin(): void {
    this.cancel = this.clock.after(300, () => {
      this.scout = this.opened.newPlayer();
      this.slice();
    });
  }

  stop(): void {
    this.cancel?.();
  }

  private slice(): void {
    const scout = this.scout as Player;
    scout.playTo(scout.seq + SLICE_ROWS);
    scout.desk.takeEffects();
    this.share = Math.min(1, scout.seq / Math.max(1, this.opened.session.rows));
    if (scout.atEnd) {
      this.share = 1;
      return this.moved();
    }
    this.cancel = this.clock.after(REST_MS, () => this.slice());
  }
}
