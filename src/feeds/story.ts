/** Troubles kept of a channel, newest last. */
const KEPT = 8;

export interface Trouble {
  readonly us: number;
  readonly text: string;
  /** How often it came in a row. */
  readonly times: number;
}

/** What a channel has been through since the desk opened: for who asks why a number is not there. */
export class ChannelStory {
  private readonly last: Trouble[] = [];
  private frames = 0;
  private bytes = 0;
  private rows = 0;
  private connections = 0;
  private gaps = 0;
  private refusals = 0;
  private filled = 0;

  heard(bytes: number, rows: number): void {
    this.frames++;
    this.bytes += bytes;
    this.rows += rows;
  }

  connected(): void {
    this.connections++;
  }
  broke(): void {
    this.gaps++;
  }
  refused(): void {
    this.refusals++;
  }
  /** Prints that were missed in a gap and came back by REST. */
  backFilled(prints: number): void {
    this.filled += prints;
  }

  trouble(us: number, text: string): void {
    const newest = this.last.at(-1);
    if (newest?.text === text) this.last.pop();
    else if (this.last.length === KEPT) this.last.shift();
    this.last.push({ us, text, times: newest?.text === text ? newest.times + 1 : 1 });
  }

  get troubles(): readonly Trouble[] {
    return [...this.last];
  }

  get counters(): readonly { readonly name: string; readonly value: number }[] {
    return [
      { name: "connections", value: this.connections },
      { name: "gaps", value: this.gaps },
      { name: "refusals", value: this.refusals },
      { name: "frames", value: this.frames },
      { name: "bytes", value: this.bytes },
      { name: "events", value: this.rows },
      { name: "prints back-filled", value: this.filled },
    ].filter((c) => c.value > 0);
  }
}
