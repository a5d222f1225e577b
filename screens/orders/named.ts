import type { Dispatcher } from "../keys/dispatch.ts";

/** The desk knows no keys: what it says of confirming names the key that does it here. */
export function named(message: string, keys: Pick<Dispatcher, "labelOf">): string {
  return message.replace(/then confirm$/, `then ${keys.labelOf("preview.confirm")}`);
}
