import { isMap, isSeq, parseDocument, YAMLSeq } from "yaml";
import type { MarketFacts } from "./market.ts";
import { parseMarket } from "./market.ts";

/** What goes into a market file: an entry of one of its lists; entries with the same `key` values are the same entry. */
export interface FileEntry {
  readonly list: string;
  readonly key: Readonly<Record<string, string>>;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * The text of a user's market file with `entries` put in, comments and all else kept. An entry takes the place of one with the same key.
 * The result is checked as a whole. @throws VoldeskError CFG-031 naming `where`
 */
export function withEntries(
  text: string,
  entries: readonly FileEntry[],
  where: string,
  base: MarketFacts,
): string {
  parseMarket(text, where, base);
  const doc = parseDocument(text);
  for (const { list, key, value } of entries) {
    let rows = doc.get(list);
    if (!isSeq(rows)) {
      rows = new YAMLSeq();
      doc.set(list, rows);
    }
    const seq = rows as YAMLSeq;
    const same = (node: unknown): boolean =>
      isMap(node) && Object.entries(key).every(([name, wanted]) => node.get(name) === wanted);
    const at = seq.items.findIndex(same);
    const node = doc.createNode(value);
    if (at < 0) seq.items.push(node);
    else seq.items[at] = node;
  }
  const next = doc.toString({ lineWidth: 0 });
  parseMarket(next, where, base);
  return next;
}
