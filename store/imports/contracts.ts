/** What a vendor's name of an option says. */
import { type IsoDay, parseOcc } from "../../engines/market/index.ts";
import { dayOf } from "./values.ts";

export interface ContractParts {
  readonly root: string;
  readonly expiry: IsoDay;
  readonly type: "C" | "P";
  readonly strike: number;
}

/** OCC (`SPXW230414C01000000`), Deribit (`BTC-28AUG26-110000-P`, `d` for a point) and OKX (`BTC-USD-270326-90000-C`). Null for others. */
export function contractParts(text: string): ContractParts | null {
  const occ = parseOcc(text);
  if (occ !== null) return occ;
  const m = /^([A-Z0-9_]+)(?:-[A-Z]+)?-(\d{1,2}[A-Z]{3}\d\d|\d{6})-(\d+(?:[.d]\d+)?)-([CP])$/.exec(text);
  if (m === null) return null;
  const when = m[2] as string;
  const expiry = dayOf(/^\d{6}$/.test(when) ? `20${when}` : when);
  if (expiry === null) return null;
  return {
    root: m[1] as string,
    expiry,
    type: m[4] as "C" | "P",
    strike: Number((m[3] as string).replace("d", ".")),
  };
}

const INDEX_OF: Readonly<Record<string, string>> = {
  SPXW: "SPX",
  NDXP: "NDX",
  RUTW: "RUT",
  VIXW: "VIX",
  XSPAM: "XSP",
};

/** The underlying of a root: an index for its weeklies, else the root itself. */
export const underlyingOf = (root: string): string => INDEX_OF[root] ?? root;
