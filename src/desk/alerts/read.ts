import { ALERT_OPS, type Alert, INSTRUMENT_FIELDS, ROW_FIELDS } from "../protocol-alerts.ts";

const isText = (x: unknown): x is string => typeof x === "string" && x !== "" && x.length <= 500;
const isCount = (x: unknown): x is number => typeof x === "number" && Number.isInteger(x) && x >= 0;
const orNull = (x: unknown): boolean => x === null || (typeof x === "number" && Number.isFinite(x));

function checkSubject(x: unknown): boolean {
  if (typeof x !== "object" || x === null) return false;
  const s = x as Readonly<Record<string, unknown>>;
  return (s["of"] === "instrument" && isText(s["id"])) || (s["of"] === "row" && isText(s["key"]));
}

function checkStage(x: unknown): boolean {
  if (x === null) return true;
  if (typeof x !== "object" || x === undefined) return false;
  const { draft, text } = x as Readonly<Record<string, unknown>>;
  return (
    isText(text) &&
    typeof draft === "object" &&
    draft !== null &&
    "legs" in draft &&
    Array.isArray(draft.legs)
  );
}

/** Checks one kept alert; a sentence when it is none. */
export function readAlert(x: unknown): Alert | string {
  if (typeof x !== "object" || x === null) return "an alert is an object";
  const a = x as Readonly<Record<string, unknown>>;
  const fields: readonly unknown[] = [...INSTRUMENT_FIELDS, ...ROW_FIELDS];
  if (typeof a["id"] !== "string" || !/^A[1-9]\d{0,5}$/.test(a["id"])) return "an alert has no id like A1";
  const where = a["id"];
  if (!checkSubject(a["subject"])) return `${where}: subject is no instrument and no row`;
  if (!isText(a["label"])) return `${where}: label is missing`;
  if (!fields.includes(a["field"])) return `${where}: field "${String(a["field"])}" is none`;
  if (!ALERT_OPS.some((op) => op === a["op"])) return `${where}: op is one of ${ALERT_OPS.join(" ")}`;
  if (typeof a["level"] !== "number" || !Number.isFinite(a["level"])) return `${where}: level is no number`;
  if (typeof a["again"] !== "boolean") return `${where}: again is true or false`;
  if (!checkStage(a["stage"] ?? null)) return `${where}: stage is no ticket`;
  const s = a["state"] as Readonly<Record<string, unknown>> | null;
  const known = typeof s === "object" && s !== null;
  if (
    !known ||
    typeof s["armed"] !== "boolean" ||
    !isCount(s["times"]) ||
    !orNull(s["firedUs"]) ||
    !orNull(s["last"])
  )
    return `${where}: state is damaged`;
  return a as unknown as Alert;
}
