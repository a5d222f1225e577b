import type { FeedOut } from "./feed.ts";

/** Between this machine's clock and a vendor's; more misleads whoever reads ages and lags. */
const SKEW_US = 1e6;

/** Says by how much this machine's clock is off a vendor's, where it is; true when it was said. */
export function saySkew(name: string, skewUs: number, out: FeedOut): boolean {
  if (!(Math.abs(skewUs) > SKEW_US)) return false;
  const how = `${(Math.abs(skewUs) / 1e6).toFixed(1)} s ${skewUs > 0 ? "ahead of" : "behind"}`;
  const text = `this machine's clock is ${how} ${name}'s: ages and lags are off by that; set it by NTP`;
  out.event({ kind: "note", level: "warn", source: "feed", text });
  return true;
}
