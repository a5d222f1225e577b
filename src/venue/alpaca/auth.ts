import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "../context.ts";

const word = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? "") : (value ?? "");

/** Key and secret of a request's headers: the vendor's own, Basic, or a bearer token. Null without any. */
export function credentialsGiven(headers: IncomingHttpHeaders): Credentials | null {
  const key = word(headers["apca-api-key-id"]);
  if (key !== "") return { key, secret: word(headers["apca-api-secret-key"]) };
  const authorization = headers.authorization ?? "";
  if (authorization.startsWith("Bearer ")) return { key: "oauth", secret: authorization.slice(7) };
  if (!authorization.startsWith("Basic ")) return null;
  const [user = "", secret = ""] = Buffer.from(authorization.slice(6), "base64").toString("utf8").split(":");
  return { key: user, secret };
}

export function accepts(known: Credentials | null, given: Credentials | null): boolean {
  if (given === null || given.key === "" || given.secret === "") return false;
  return known === null || (given.key === known.key && given.secret === known.secret);
}
