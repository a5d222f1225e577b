import type { IncomingMessage } from "node:http";
import type { Booking, BookingRequest } from "../orders/bookings.ts";
import type { Reply, Request } from "./http.ts";
import type { Wire } from "./wire.ts";

/** A broker's front door. */
export interface Protocol {
  readonly name: string;
  /** Null when the path is not of this protocol. */
  rest(request: Request): Reply | null;
  /** What takes a websocket on a path; null when there is none, or the reason why it is refused. */
  socket(path: string, request: IncomingMessage): ((wire: Wire) => void) | Reply | null;
  /** Makes its account book something by itself. @throws Error in words */
  book(request: BookingRequest): readonly Booking[];
  /** For `/_venue/state`. */
  state(): object;
}
