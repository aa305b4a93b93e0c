import { expect, test } from "vitest";
import { parseBytes } from "./bytes.ts";
import { limitsWithin, tellOfCappedLimits } from "./limits.ts";
import { settingsFileSchema, settingsFor } from "./service-settings.ts";

const mebibyte = 1024 ** 2;
const most = { memoryBytes: 1024 * mebibyte, processes: 500, cpus: 2 };
const nothing = { memoryBytes: null, processes: null, cpus: null };

test("a service that asks for nothing gets what the worker gives, and never more than that", () => {
  expect(limitsWithin(nothing, most)).toEqual(most);
  const wanted = { memoryBytes: 2048 * mebibyte, processes: 100, cpus: 8 };
  expect(limitsWithin(wanted, most)).toEqual({ ...most, processes: 100 });
  expect(tellOfCappedLimits(nothing, most)).toBeNull();
  expect(tellOfCappedLimits(wanted, most)).toBe(
    "This worker allows less than is asked for: `limits.memory` is 1.0 GiB here, not 2.0 GiB; `limits.cpus` is 2 here, not 8.",
  );
});

test.each([
  ["512MB", 512 * mebibyte],
  ["1.5 GiB", 1536 * mebibyte],
  ["64KB", 64 * 1024],
  ["512", null],
  ["512 mb", null],
  ["-1MB", null],
])("the size %s", (text, bytes) => expect(parseBytes(text)).toBe(bytes));

test("limits hold for steps and instances; those of the release and of the environment win, key by key", () => {
  const file = settingsFileSchema.parse({
    limits: { memory: "512MB", processes: 200 },
    release: { start: "node server.js", limits: { memory: "128MB" } },
    environments: { production: { limits: { cpus: 2 }, release: { limits: { processes: 50 } } } },
  });
  const limitsIn = (environment: string) => {
    const read = settingsFor(file, environment);
    return read.ok ? read.settings.limits : read.problem;
  };
  expect(limitsIn("staging")).toEqual({
    steps: { memoryBytes: 512 * mebibyte, processes: 200, cpus: null },
    instances: { memoryBytes: 128 * mebibyte, processes: 200, cpus: null },
  });
  expect(limitsIn("production")).toEqual({
    steps: { memoryBytes: 512 * mebibyte, processes: 200, cpus: 2 },
    instances: { memoryBytes: 128 * mebibyte, processes: 50, cpus: 2 },
  });
});

test.each([
  [{ memory: "1MB" }, "The least is 16MB."],
  [{ memory: "much" }, "Write a size such as 512MB or 2GB."],
])("limits that nobody can keep are refused: %j", (limits, message) => {
  const read = settingsFileSchema.safeParse({ limits });
  expect(read.error?.issues[0]).toMatchObject({ path: ["limits", "memory"], message });
});
