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
  const unknown = `\`${key}\` is not a key of ${place === "" ? "anytime.yaml" : `\`${place}\``}.`;
  const near = nearestWord(key, keysAt(parent));
  if (near !== null) return `${unknown} Did you mean \`${near}\`?`;
  const home = homeOf(key, settingsJsonSchema(), []);
  if (home !== null) return `${unknown} It belongs in \`${home}\`.`;
  return `${unknown} There are: ${keysAt(parent).join(", ")}.`;
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
    typeof part === "number" ? place.items : (place.properties?.[part] ?? place.additionalProperties);
  return typeof found === "object" && !Array.isArray(found) ? [found] : [];
}

/** The section that knows this key: `release` for `start`. */
function homeOf(key: string, place: JsonSchema, path: readonly string[]): string | null {
  for (const [name, child] of Object.entries(place.properties ?? {})) {
    if (typeof child !== "object" || name === "environments") continue;
    if (child.properties?.[key] !== undefined) return [...path, name].join(".");
    const deeper = homeOf(key, child, [...path, name]);
    if (deeper !== null) return deeper;
  }
  return null;
}
