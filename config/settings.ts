import type { Setting } from "./setting-kinds.ts";
import { BROKER_SETTINGS } from "./settings/brokers.ts";
import { DESK_SETTINGS } from "./settings/desk.ts";
import { GUARD_SETTINGS } from "./settings/guards.ts";
import { LIVE_SETTINGS } from "./settings/live.ts";
import { ORDER_SETTINGS } from "./settings/orders.ts";
import { SCREEN_SETTINGS } from "./settings/screen.ts";
import { STORE_SETTINGS } from "./settings/store.ts";

/**
 * Every setting, declared once. The schema, default.yaml, `voldesk config show`, environment variables and the README's table are made from
 * this list.
 */
export const SETTINGS = {
  ...SCREEN_SETTINGS,
  ...LIVE_SETTINGS,
  ...DESK_SETTINGS,
  ...ORDER_SETTINGS,
  ...BROKER_SETTINGS,
  ...GUARD_SETTINGS,
  ...STORE_SETTINGS,
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];
export const setting = (key: SettingKey): Setting => SETTINGS[key];

type ValueOf<S> = S extends Setting<infer T> ? T : never;
export type SettingValues = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };

type Head<K> = K extends `${infer H}.${string}` ? H : K;
type Nest<T> = {
  readonly [H in Head<keyof T> & string]: H extends keyof T
    ? T[H]
    : Nest<{ [K in keyof T as K extends `${H}.${infer R}` ? R : never]: T[K] }>;
};
/** The whole config, as the tree that the YAML file is. */
export type Config = Nest<SettingValues>;

/** `screen.fps` → `VOLDESK_SCREEN_FPS`, `desk.hashEvents` → `VOLDESK_DESK_HASH_EVENTS`. */
export const envName = (key: string): string =>
  `VOLDESK_${key
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(".", "_")
    .toUpperCase()}`;

/** Variables that steer the program but are no settings. */
export const OTHER_ENV = [
  "VOLDESK_CONFIG",
  "VOLDESK_DEBUG",
  "VOLDESK_FASTEST",
  "VOLDESK_FIGURES",
  "VOLDESK_SHARED",
  "VOLDESK_SIZE",
  "VOLDESK_SOAK",
  "VOLDESK_SOURCEMAP",
] as const;
