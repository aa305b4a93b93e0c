import { type Attributes, textAt } from "./otlp-attributes.ts";
import type { ToldException } from "./otlp-told.ts";

export function exceptionOf(attributes: Attributes): ToldException {
  return {
    type: textAt(attributes, "exception.type"),
    message: textAt(attributes, "exception.message"),
    stack: textAt(attributes, "exception.stacktrace"),
  };
}
