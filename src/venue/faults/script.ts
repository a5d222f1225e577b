import { parseDocument } from "yaml";
import * as z from "zod";
import { VoldeskError } from "../../../config/errors.ts";
import { parseWallClock } from "../../../engines/market/index.ts";
import { type FaultSpec, parseFault } from "./kinds.ts";

/** A fault at a time: after the start (`+90s`, `+5m`) or at a time of the session's wall (`09:45`). */
export interface ScriptStep {
  readonly at: { readonly afterMs: number } | { readonly wallSeconds: number };
  readonly fault: FaultSpec;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function parseAt(text: string): ScriptStep["at"] | null {
  const after = /^\+(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (after !== null) return { afterMs: Number(after[1]) * (UNIT_MS[after[2] as string] as number) };
  const seconds = parseWallClock(text);
  return seconds === null ? null : { wallSeconds: seconds };
}

const row = z.looseObject({ at: z.string(), fault: z.string() });

const refuse = (where: string, what: string): VoldeskError =>
  new VoldeskError("VEN-002", what, "Correct the file and start again.", where);

/**
 * A list of `{at, fault, on?, forMs?, count?, …}`. @throws VoldeskError VEN-002 naming file and entry.
 */
export function parseScript(source: string, where: string): ScriptStep[] {
  const doc = parseDocument(source);
  const broken = doc.errors[0];
  if (broken !== undefined) throw refuse(where, `not YAML, ${broken.message.split("\n")[0]}`);
  const rows = z.array(row).safeParse(doc.toJS() ?? []);
  if (!rows.success)
    throw refuse(where, `entry ${String(rows.error.issues[0]?.path[0] ?? 0)}: needs \`at\` and \`fault\``);
  return rows.data.map(({ at, fault, ...rest }, i) => {
    const when = parseAt(at);
    if (when === null) throw refuse(where, `entry ${i}: at "${at}", needs a time such as 09:45 or +90s`);
    const spec = parseFault({ kind: fault, ...rest });
    if (typeof spec === "string") throw refuse(where, `entry ${i}: ${spec}`);
    return { at: when, fault: spec };
  });
}
