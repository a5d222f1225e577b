import type { SmileFigures } from "../../../engines/surface/index.ts";
import type { SmileColumns } from "../protocol.ts";

export const NO_SMILE: SmileColumns = {
  atm: null,
  put25: null,
  call25: null,
  put10: null,
  call10: null,
  riskReversal25: null,
  butterfly25: null,
};

export function smileColumns(f: SmileFigures | null): SmileColumns {
  if (f === null) return NO_SMILE;
  return {
    atm: f.atmVol,
    put25: f.put25?.vol ?? null,
    call25: f.call25?.vol ?? null,
    put10: f.put10?.vol ?? null,
    call10: f.call10?.vol ?? null,
    riskReversal25: f.riskReversal25,
    butterfly25: f.butterfly25,
  };
}
