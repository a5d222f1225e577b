import { readMsgpack } from "../../../store/capture/decode/msgpack.ts";

type Message = Readonly<Record<string, unknown>>;
const CONTROL = new Set(["success", "subscription", "error"]);

/** The control messages of a frame that held no data; none where it cannot be read. */
export function readControl(bytes: Buffer): Message[] {
  let list: unknown;
  if (bytes[0] === 0x5b) {
    try {
      list = JSON.parse(bytes.toString("utf8"));
    } catch {
      return [];
    }
  } else list = readMsgpack(bytes);
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).filter(
    (m): m is Message => typeof m === "object" && m !== null && CONTROL.has(String((m as Message)["T"])),
  );
}
