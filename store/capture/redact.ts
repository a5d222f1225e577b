/**
 * What may not reach the disk: frames that carry tokens or session keys are replaced by a marker, account ids by a hash. Feeds pass
 * this, or their own function around it, to the session's writer.
 */
import { createHash } from "node:crypto";
import type { Redactor } from "./session-writer.ts";

const SECRET_KEY =
  /"(access_token|refresh_token|client_secret|api_?key|api_?secret|secret(_?key)?|signature|password|session(_?id|_?token)?|sso\w*|bearer)"\s*:/i;
const ACCOUNT = /\b(?:D?[UF]\d{6,9}|DU[A-Z]?\d{5,9})\b/g;

export const redactSecrets: Redactor = (frame, channel) => {
  const text = frame.toString("utf8");
  if (SECRET_KEY.test(text)) return JSON.stringify({ redacted: channel.split(":")[0], bytes: frame.length });
  const masked = text.replace(
    ACCOUNT,
    (id) => `acct-${createHash("sha256").update(id).digest("hex").slice(0, 12)}`,
  );
  return masked === text ? frame : masked;
};
