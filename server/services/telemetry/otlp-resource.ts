import { attributesOf, partOf, textAt } from "./otlp-attributes.ts";
import type { ToldResource } from "./otlp-told.ts";

export function resourceOf(resource: unknown): ToldResource {
  const attributes = attributesOf(partOf(resource).attributes);
  return {
    version: textAt(attributes, "service.version"),
    instanceId: textAt(attributes, "service.instance.id"),
  };
}
