import type { TapePrint } from "../../../src/desk/protocol.ts";
import * as f from "../../kit/format.ts";

const SIDES: Readonly<Record<string, TapePrint["side"]>> = {
  ask: "ask",
  bid: "bid",
  mid: "mid",
  "?": "unknown",
};

/** Whether a print has every word of a filter: `ask`, `bid`, `mid`, `?` its side, `>500` or `<10` its size, else part of its name; `!` turns one round. */
export function passes(print: TapePrint, filter: string): boolean {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "" && w !== "!")
    .every((w) => (w.startsWith("!") ? !has(print, w.slice(1)) : has(print, w)));
}

function has(print: TapePrint, word: string): boolean {
  const side = SIDES[word];
  if (side !== undefined) return print.side === side;
  const size = /^([<>])(\d+)$/.exec(word);
  if (size) return size[1] === ">" ? print.size > Number(size[2]) : print.size < Number(size[2]);
  return print.label.toLowerCase().includes(word);
}

/** How much of the volume on show traded at which side. */
export function sidesWords(prints: readonly TapePrint[]): string {
  const of = (side: TapePrint["side"]) => prints.reduce((sum, p) => sum + (p.side === side ? p.size : 0), 0);
  const all = prints.reduce((sum, p) => sum + p.size, 0);
  const share = (x: number) => `${Math.round((x / all) * 100)}%`;
  return all === 0 ? "" : `${f.short(all)} traded  ask ${share(of("ask"))}  bid ${share(of("bid"))}`;
}
