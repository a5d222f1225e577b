import type { Instrument, IsoDay } from "../../engines/market/index.ts";
import type { Desk } from "../desk/desk.ts";
import type { CommandResult } from "../desk/protocol.ts";
import { label } from "../desk/views/names.ts";

/** Longest list that is made without being asked: what has no options, in the order of the session. */
const DEFAULT_ROWS = 12;

/** Named lists of instruments to watch. Where nobody wrote the first one, it holds what is held and every underlying. */
export class WatchLists {
  private readonly lists = new Map<string, string[]>();

  constructor(
    private readonly desk: Desk,
    configured: Readonly<Record<string, readonly string[]>>,
    private readonly today: IsoDay,
    /** Keeps a list that was changed; a sentence when it can't. */
    private readonly keep: (name: string, entries: readonly string[]) => string | null = () => null,
  ) {
    // What the session lacks stays in the list, for the session that has it.
    for (const [name, ids] of Object.entries(configured))
      this.lists.set(name, [...new Set(ids.map((text) => this.find(text)?.id ?? text))]);
  }

  /** Those written down and those made since, the first one always. */
  names(): readonly string[] {
    return [...new Set(["main", ...this.lists.keys()])];
  }

  list(name: string): readonly string[] {
    let ids = this.lists.get(name);
    if (!ids) {
      ids = name === "main" ? this.ownChoice() : [];
      this.lists.set(name, ids);
    }
    return ids;
  }

  change(name: string, add: readonly string[], remove: readonly string[]): CommandResult {
    const ids = [...this.list(name)];
    const unknown: string[] = [];
    for (const text of add) {
      const found = this.find(text);
      if (!found) unknown.push(text);
      else if (!ids.includes(found.id)) ids.push(found.id);
    }
    const gone = new Set(remove.map((text) => this.find(text)?.id ?? text));
    const left = ids.filter((id) => !gone.has(id as Instrument["id"]));
    this.lists.set(name, left);
    const wrong = this.keep(name, left);
    if (wrong !== null) return { ok: false, message: wrong };
    if (unknown.length === 0) return { ok: true, message: null };
    return { ok: false, message: `no ${unknown.join(", ")} in this session` };
  }

  private find(text: string): Instrument | undefined {
    const wanted = text.trim().toUpperCase();
    return this.desk.instruments.find(
      (i) => i.id.toUpperCase() === wanted || label(i, this.today).toUpperCase() === wanted,
    );
  }

  private ownChoice(): string[] {
    const spots = this.desk.instruments.filter((i) => i.kind !== "option").map((i) => i.id);
    const held = [...this.desk.held.books.positions.values()].map((p) => p.instrument);
    return [...new Set([...spots, ...held])].slice(0, DEFAULT_ROWS);
  }
}
