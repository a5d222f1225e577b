import { stringify } from "yaml";
import { writeWhole } from "../../config/write-whole.ts";

/** Writes watch lists as they change, each to its own YAML file in the folder; null where nothing is kept. */
export function watchKeeper(dir: string | null): (name: string, entries: readonly string[]) => string | null {
  return (name, entries) => {
    if (dir === null) return null;
    try {
      writeWhole(dir, `${name}.yaml`, stringify(entries));
      return null;
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).split("\n")[0];
      return `WCH-002 watch/${name}.yaml can't be written: ${why}. The list holds until you leave.`;
    }
  };
}
