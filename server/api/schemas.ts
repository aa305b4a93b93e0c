import { z } from "zod";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";

/** Shapes of inputs that several procedures take. What the words in them mean, rooms check. */

export const slug = z.string().max(100);
export const text = z.string().max(5_000);
export const id = z.int().positive();

export function limit(most: number, usual: number) {
  return z.int().min(1).max(most).default(usual);
}

/** Only its outline: the room that stores settings checks every key, and names the one that is wrong. */
export const typedSettings = z.custom<SettingsFileInput>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    JSON.stringify(value).length <= 65_536,
  "Settings are a list of keys, 64 KiB at most.",
);
