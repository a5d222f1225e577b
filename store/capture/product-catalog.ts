import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadInstruments } from "../../config/instruments.ts";
import type { Catalog } from "../../engines/market/index.ts";
import { CaptureError } from "./errors.ts";

/** `instruments.yaml` beside the built program, or in the checkout. */
function catalogFile(): string {
  const places = ["./config/", "../config/", "../../config/"].map((p) =>
    fileURLToPath(new URL(`${p}instruments.yaml`, import.meta.url)),
  );
  return places.find((p) => existsSync(p)) ?? (places[0] as string);
}

let shipped: Catalog | null = null;

/** The catalog that comes with the program. @throws CaptureError CAP-017 when it cannot be read. */
export function shippedCatalog(): Catalog {
  if (shipped !== null) return shipped;
  const loaded = loadInstruments(catalogFile());
  if (loaded.kind === "error")
    throw new CaptureError("CAP-017", catalogFile(), "Install Voldesk again.", loaded.message);
  shipped = loaded.catalog;
  return shipped;
}
