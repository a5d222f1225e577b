import { nearest } from "../../../config/nearest.ts";

/** Where something can go wrong: the paths of websockets, and what those of REST begin with. */
const PLACES = [
  "/v2/iex",
  "/v2/sip",
  "/v2/delayed_sip",
  "/v2/test",
  "/v1beta1/indicative",
  "/v1beta1/opra",
  "/v1beta3/crypto/us",
  "/v1beta1/news",
  "/stream",
  "/v2/stocks",
  "/v1beta1/options",
  "/v2/orders",
  "/v2/positions",
  "/v2/account",
  "/v2/account/activities",
  "/v2/clock",
  "/v2/calendar",
  "/v2/assets",
  "/v2/options/contracts",
  "/v1/api/ws",
  "/v1/api/tickle",
  "/v1/api/logout",
  "/v1/api/sso/validate",
  "/v1/api/iserver/auth/status",
  "/v1/api/iserver/auth/ssodh/init",
  "/v1/api/iserver/reauthenticate",
  "/v1/api/iserver/accounts",
  "/v1/api/iserver/account",
  "/v1/api/iserver/account/orders",
  "/v1/api/iserver/account/trades",
  "/v1/api/iserver/reply",
  "/v1/api/iserver/questions/suppress",
  "/v1/api/iserver/secdef",
  "/v1/api/iserver/contract",
  "/v1/api/iserver/currency/pairs",
  "/v1/api/iserver/exchangerate",
  "/v1/api/iserver/marketdata/snapshot",
  "/v1/api/iserver/marketdata/history",
  "/v1/api/hmds/history",
  "/v1/api/trsrv",
  "/v1/api/portfolio",
  "/ws/api/v2",
  "/ws/api/v2/orders",
  "/api/v2/public",
  "/api/v2/private",
] as const;

/** What people call them. */
const CALLED: Readonly<Record<string, string>> = {
  alpaca: "/v2/sip",
  stocks: "/v2/sip",
  options: "/v1beta1/opra",
  crypto: "/v1beta3/crypto/us",
  ibkr: "/v1/api/ws",
  gateway: "/v1/api",
  deribit: "/ws/api/v2",
};

/** Whether `on` ("" everywhere, a part of a path, its end with `$`) means a path. */
export const covers = (on: string, path: string): boolean =>
  on.endsWith("$") ? path.endsWith(on.slice(0, -1)) : path.includes(on);

/** `/orders/whatif` goes on after the end of `/v1/api/iserver/account/orders`; a version alone is no such end. */
const goesOn = (part: string, place: string): boolean =>
  [...place.matchAll(/\/(?!v\d$)/g)].some(({ index }) => part.startsWith(`${place.slice(index)}/`));

/** What is wrong with a fault's `on` that means no path at all, in words; null where it means one, or may: an order is known by its id. */
export function misplaced(on: string): string | null {
  const part = on.replace(/\$$/, "");
  if (PLACES.some((place) => place.includes(part) || goesOn(part, place))) return null;
  const near = CALLED[part.toLowerCase()] ?? nearest(part, PLACES);
  return `on "${on}" is part of no path here${near === null ? "" : `; nearest is "${near}"`}. There are ${PLACES.join(", ")}`;
}
