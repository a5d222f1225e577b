let lastSecond = Number.NaN;
let lastText = "";

/** Up to the second, without `Z`; messages of one second come together. */
function wholeSecond(seconds: number): string {
  if (seconds !== lastSecond) {
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19);
    lastSecond = seconds;
  }
  return lastText;
}

/** A vendor time with nine digits: microseconds UTC and the rest in nanoseconds. */
export class Nanos {
  constructor(
    readonly us: number,
    readonly ns = 0,
  ) {}

  /** RFC 3339 with `Z`, zeros at the end left out: `2024-03-11T13:35:35.13312256Z`. */
  toString(): string {
    const seconds = Math.floor(this.us / 1e6);
    const nanos = (this.us - seconds * 1e6) * 1000 + this.ns;
    const whole = wholeSecond(seconds);
    if (nanos === 0) return `${whole}Z`;
    return `${whole}.${String(nanos).padStart(9, "0").replace(/0+$/, "")}Z`;
  }
}

/** A value of a wire message; keys go out in the order they were put in, `T` first. */
export type WireValue = string | number | bigint | boolean | null | Nanos | readonly WireValue[] | WireObject;
export interface WireObject {
  readonly [key: string]: WireValue | undefined;
}

export function toJson(value: WireValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Nanos) return `"${value.toString()}"`;
  if (Array.isArray(value)) return `[${(value as readonly WireValue[]).map(toJson).join(",")}]`;
  let text = "";
  const map = value as WireObject;
  for (const key in map) {
    const item = map[key];
    if (item !== undefined) text += `${text === "" ? "" : ","}"${key}":${toJson(item)}`;
  }
  return `{${text}}`;
}
