import { attributesOf, listOf, numberOf, partOf, textOf } from "./otlp-attributes.ts";
import { exceptionOf } from "./otlp-exception.ts";
import { resourceOf } from "./otlp-resource.ts";
import type { SpanTaker } from "./otlp-told.ts";

const nanosPerSecond = 1_000_000_000;

/** Takes the exceptions out of an ExportLogsServiceRequest; what else was logged stays with whoever logs. */
export function takeLogs(body: unknown, taker: Pick<SpanTaker, "resource" | "exception">): void {
  for (const resourceLogs of listOf(partOf(body).resourceLogs)) {
    const { resource, scopeLogs } = partOf(resourceLogs);
    taker.resource(resourceOf(resource));
    for (const scope of listOf(scopeLogs)) {
      for (const record of listOf(partOf(scope).logRecords)) takeRecord(record, taker);
    }
  }
}

function takeRecord(told: unknown, taker: Pick<SpanTaker, "exception">): void {
  const record = partOf(told);
  const exception = exceptionOf(attributesOf(record.attributes));
  if (exception.type === "" && exception.message === "" && exception.stack === "") return;
  const time = numberOf(record.timeUnixNano) || numberOf(record.observedTimeUnixNano);
  const said = textOf(partOf(record.body).stringValue);
  const message = exception.message === "" ? said : exception.message;
  taker.exception({ ...exception, message }, Math.floor(time / nanosPerSecond), null);
}
