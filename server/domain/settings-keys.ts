import { z } from "zod";
import { nearestWord } from "./nearest-word.ts";
import { settingsFileSchema } from "./service-settings.ts";

/** The JSON Schema of `anytime.yaml` as people write it, for editors. */
export function settingsJsonSchema(): JsonSchema {
  schema ??= z.toJSONSchema(settingsFileSchema, { io: "input", unrepresentable: "any" });
  return schema;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;
let schema: JsonSchema | null = null;

type Path = readonly (string | number)[];

/** Why a key is not known where it stands, and which one was probably meant. */
export function unknownKeyMessage(parent: Path, key: string): string {
  const place = parent.filter((part) => typeof part === "string").join(".");
  const unknown = `\`${legible(key)}\` is not a key of ${place === "" ? "anytime.yaml" : `\`${place}\``}.`;
  const near = nearestWord(key, keysAt(parent));
  if (near !== null) return `${unknown} Did you mean \`${near}\`?`;
  const home = homeOf(key, settingsJsonSchema(), []);
  if (home !== null) return `${unknown} It belongs in \`${home}\`.`;
  return `${unknown} There are: ${keysAt(parent).join(", ")}.`;
}

const longestShown = 60;

/** A key as a message may quote it: short, and with nothing in it that cannot be seen or stored. */
export function legible(key: string): string {
  const seen = key.toWellFormed().replace(/\p{Cc}/gu, "\uFFFD");
  return seen.length > longestShown ? `${seen.slice(0, longestShown).toWellFormed()}…` : seen;
}

function keysAt(path: Path): string[] {
  let places: JsonSchema[] = [settingsJsonSchema()];
  for (const part of path)
    places = places.flatMap((place) => alternatives(place).flatMap((it) => inner(it, part)));
  return places.flatMap(alternatives).flatMap((place) => Object.keys(place.properties ?? {}));
}

function alternatives(place: JsonSchema): JsonSchema[] {
  return [place, ...(place.anyOf ?? []).filter((it) => typeof it === "object")];
}

function inner(place: JsonSchema, part: string | number): JsonSchema[] {
  const found =
    typeof part === "number" ? place.items : (property(place, part) ?? place.additionalProperties);
  return typeof found === "object" && !Array.isArray(found) ? [found] : [];
}

/** What every object inherits is no key: `constructor`, `toString`. */
function property(place: JsonSchema, key: string) {
  return place.properties !== undefined && Object.hasOwn(place.properties, key)
    ? place.properties[key]
    : undefined;
}

/** The section that knows this key: `release` for `start`. */
function homeOf(key: string, place: JsonSchema, path: readonly string[]): string | null {
  for (const [name, child] of Object.entries(place.properties ?? {})) {
    if (typeof child !== "object" || name === "environments") continue;
    if (property(child, key) !== undefined) return [...path, name].join(".");
    const deeper = homeOf(key, child, [...path, name]);
    if (deeper !== null) return deeper;
  }
  return null;
}
