import * as z from "zod";
import { type Config, SETTING_KEYS, type SettingKey, type SettingValues, setting } from "./settings.ts";

/** A node of the settings tree: a group of keys, or a setting. */
export type Node = { readonly key: SettingKey } | { readonly children: ReadonlyMap<string, Node> };

function build(): ReadonlyMap<string, Node> {
  const root = new Map<string, Node>();
  for (const key of SETTING_KEYS) {
    const names = key.split(".");
    let at = root;
    for (const name of names.slice(0, -1)) {
      const node = at.get(name) ?? { children: new Map<string, Node>() };
      at.set(name, node);
      if (!("children" in node)) throw new Error(`${key} is inside another setting`);
      at = node.children as Map<string, Node>;
    }
    at.set(names.at(-1) as string, { key });
  }
  return root;
}
export const TREE = build();

function schemaOf(children: ReadonlyMap<string, Node>): z.ZodType {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, node] of children)
    shape[name] = ("key" in node ? setting(node.key).schema : schemaOf(node.children)).optional();
  return z.strictObject(shape);
}
/** What a user's file may say: any part of the tree, nothing else. */
export const fileSchema = schemaOf(TREE);

/** The tree of a flat list of values. */
export function nest(values: SettingValues): Config {
  const fill = (children: ReadonlyMap<string, Node>): Record<string, unknown> =>
    Object.fromEntries(
      [...children].map(([name, node]) => [name, "key" in node ? values[node.key] : fill(node.children)]),
    );
  return fill(TREE) as Config;
}
