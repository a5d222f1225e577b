import type { Guard } from "./guard-types.ts";
import { grouped } from "./guard-words.ts";

/** Guards over what an order is worth and what it does to its market. */

/** Part of a usual day's volume above which an order is better cut into slices. */
export const ADV_SHARE = 0.01;

/**
 * The gate of cost against benefit. A trader's order has its own reasons: it speaks where a benefit was told, or where a setting asks every order for one. What reduces
 * risk is let through.
 */
const cost: Guard = ({ worth, limits }) => {
  if (limits.rules.COST === undefined && worth?.told !== true) return null;
  if (worth === null) return { code: "COST", verdict: "warn", text: "COST what it costs is unknown" };
  if (worth.trade) return { code: "COST", verdict: "pass", text: `cost against benefit: ${worth.reason}` };
  const how = worth.told ? "" : " (:worth tells what it saves)";
  return { code: "COST", verdict: "warn", text: `COST ${worth.reason}${how}` };
};

const participation: Guard = ({ dayVolume, qty }) => {
  if (dayVolume === null || !(dayVolume > 0)) return null;
  const share = qty / dayVolume;
  const used = share / ADV_SHARE;
  const words = `${grouped(qty)} of about ${grouped(Math.round(dayVolume))} shares a day`;
  if (share <= ADV_SHARE) return { code: "ADV", verdict: "pass", text: words, used };
  return {
    code: "ADV",
    verdict: "warn",
    text: `ADV ${words}, over ${ADV_SHARE * 100} %: send it in slices`,
    used,
  };
};

export const worthGuards: readonly Guard[] = [cost, participation];
