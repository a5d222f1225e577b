import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Clock } from "../../shell/clock.ts";
import type { ConidCache } from "./contracts.ts";

const SAVE_AFTER_MS = 2_000;
const NAME = /^ibkr-conids-\d{4}-\d{2}-\d{2}\.json$/;
const shape = z.record(z.string(), z.int().positive());

/** Numbers of contracts of one day in a file; those of other days are thrown away. A file that can't be read or written is done without. */
export class ConidFile implements ConidCache {
  private readonly known: Map<string, number>;
  private waiting = false;

  constructor(
    private readonly dir: string,
    private readonly day: string,
    private readonly clock: Clock,
  ) {
    this.known = new Map(Object.entries(this.read()));
  }

  get(id: string): number | undefined {
    return this.known.get(id);
  }

  set(id: string, conid: number): void {
    if (this.known.get(id) === conid) return;
    this.known.set(id, conid);
    if (this.waiting) return;
    this.waiting = true;
    this.clock.after(SAVE_AFTER_MS, () => this.save());
  }

  private get name(): string {
    return `ibkr-conids-${this.day}.json`;
  }

  private read(): Readonly<Record<string, number>> {
    try {
      const parsed = shape.safeParse(JSON.parse(readFileSync(join(this.dir, this.name), "utf8")));
      return parsed.success ? parsed.data : {};
    } catch {
      return {};
    }
  }

  private save(): void {
    this.waiting = false;
    const path = join(this.dir, this.name);
    try {
      mkdirSync(this.dir, { recursive: true });
      for (const name of readdirSync(this.dir))
        if (NAME.test(name) && name !== this.name) rmSync(join(this.dir, name), { force: true });
      writeFileSync(`${path}.part`, JSON.stringify(Object.fromEntries(this.known)));
      renameSync(`${path}.part`, path);
    } catch {
      // A cache: without it the numbers are asked for again.
    }
  }
}
