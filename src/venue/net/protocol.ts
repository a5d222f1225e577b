import type { IncomingMessage } from "node:http";
import type { Reply, Request } from "./http.ts";
import type { Wire } from "./wire.ts";

/** A broker's front door. */
export interface Protocol {
  readonly name: string;
  /** Null when the path is not of this protocol. */
  rest(request: Request): Reply | null;
  /** What takes a websocket on a path; null when there is none, or the reason why it is refused. */
  socket(path: string, request: IncomingMessage): ((wire: Wire) => void) | Reply | null;
  /** For `/_venue/state`. */
  state(): object;
}
