import { expect, test } from "vitest";
import { workerLabelListSchema, workerLabelSchema } from "./worker-label.ts";

test("labels are separated by commas, blanks are nothing and repeats count once", () => {
  expect(workerLabelListSchema.parse(" gpu, eu-west ,,gpu,arm64")).toEqual(["gpu", "eu-west", "arm64"]);
  expect(workerLabelListSchema.parse("")).toEqual([]);
});

test.each(["GPU", "-gpu", "gpu-", "a--b", "a b", "gpu!", "é", "x".repeat(41)])("%s is no label", (label) => {
  expect(workerLabelSchema.safeParse(label).success).toBe(false);
  const problem = workerLabelListSchema.safeParse(`arm64,${label}`).error?.issues[0]?.message;
  expect(problem).toContain(`\`${label}\` is no label. A label has`);
});

test("a worker has a bounded number of labels", () => {
  const many = Array.from({ length: 21 }, (_, index) => `label-${index}`).join(",");
  expect(workerLabelListSchema.safeParse(many).error?.issues[0]?.message).toBe(
    "names 21 labels, and a worker has at most 20",
  );
});
