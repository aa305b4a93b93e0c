/** OTLP's JSON, as it is sent and as other bodies are decoded: every part of it may be missing, or of another kind. */
export type Part = { readonly [name: string]: unknown };

export function partOf(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Part) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Integers of 64 bits may be text. NaN where it is no number. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export type Attributes = ReadonlyMap<string, string | number>;

/** Texts, numbers and truths; lists and maps are left out. The last of a name counts. */
export function attributesOf(list: unknown): Attributes {
  const attributes = new Map<string, string | number>();
  for (const item of listOf(list)) {
    const { key, value } = partOf(item);
    const { stringValue, intValue, doubleValue, boolValue } = partOf(value);
    if (typeof key !== "string") continue;
    if (typeof stringValue === "string") attributes.set(key, stringValue);
    else if (intValue !== undefined) attributes.set(key, numberOf(intValue));
    else if (typeof doubleValue === "number") attributes.set(key, doubleValue);
    else if (typeof boolValue === "boolean") attributes.set(key, String(boolValue));
  }
  return attributes;
}

export function textAt(attributes: Attributes, ...names: string[]): string {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === "string") return value;
  }
  return "";
}

/** 0 where there is none. */
export function statusAt(attributes: Attributes): number {
  const status = Number(
    attributes.get("http.response.status_code") ?? attributes.get("http.status_code") ?? 0,
  );
  return Number.isInteger(status) && status > 0 && status < 1_000 ? status : 0;
}
