/** Faults of the network in plain words. */

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not found: is there a network?",
  EAI_AGAIN: "names cannot be looked up: is there a network?",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "it cannot be reached",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was reset",
  ETIMEDOUT: "it does not answer",
  EPIPE: "the connection broke",
  EMFILE: "this process has too many files open: raise `ulimit -n`",
  ENFILE: "this machine has too many files open",
  CERT_HAS_EXPIRED: "its certificate has expired: check the clock of this machine",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is its own: name its http address, or trust it with NODE_EXTRA_CA_CERTS",
};

/** One clause for an error of a socket. */
export function netTrouble(error: unknown): string {
  const at = error as {
    readonly code?: unknown;
    readonly message?: unknown;
    readonly cause?: unknown;
  } | null;
  const code = typeof at?.code === "string" ? at.code : "";
  if (WORDS[code] !== undefined) return WORDS[code];
  if (at?.cause !== undefined) return netTrouble(at.cause);
  const message = typeof at?.message === "string" ? at.message : String(error);
  return message.includes("timed out") ? "it does not answer" : (message.split("\n")[0] as string);
}

/** What a refused upgrade or request means, and whether trying again can help. */
export function httpTrouble(status: number): { readonly reason: string; readonly final: boolean } {
  switch (status) {
    case 401:
    case 403:
      return { reason: `the keys are refused (HTTP ${status})`, final: true };
    case 404:
      return { reason: "there is no such stream at this address (HTTP 404)", final: true };
    case 429:
      return { reason: "too many tries, the server asks to wait (HTTP 429)", final: false };
    default:
      return { reason: `the server refuses (HTTP ${status})`, final: false };
  }
}
