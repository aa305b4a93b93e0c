import { expect, test } from "vitest";
import { loadEnvironment } from "./env.ts";

const whole = {
  ANYTIME_S3_ENDPOINT: "https://storage.example.org",
  ANYTIME_S3_BUCKET: "releases",
  ANYTIME_S3_ACCESS_KEY_ID: "key",
  ANYTIME_S3_SECRET_ACCESS_KEY: "very-secret",
};

test("without any of it, artifacts stay in a folder", () => {
  expect(loadEnvironment({}).s3).toBeNull();
});

test("a bucket is read with its defaults: in the path where the server is not Amazon's", () => {
  expect(loadEnvironment({ ...whole, ANYTIME_S3_PREFIX: "/a/b/" }).s3).toEqual({
    endpoint: "https://storage.example.org",
    region: "us-east-1",
    bucket: "releases",
    prefix: "a/b/",
    pathStyle: true,
    credentials: { accessKeyId: "key", secretAccessKey: "very-secret" },
  });
  expect(loadEnvironment({ ANYTIME_S3_BUCKET: "releases" }).s3).toMatchObject({
    endpoint: null,
    pathStyle: false,
    credentials: null,
  });
});

test.each([
  [{ ...whole, ANYTIME_S3_BUCKET: "" }, "ANYTIME_S3_BUCKET"],
  [{ ...whole, ANYTIME_S3_BUCKET: "Not a bucket" }, "ANYTIME_S3_BUCKET"],
  [{ ...whole, ANYTIME_S3_ENDPOINT: "storage" }, "ANYTIME_S3_ENDPOINT"],
  [{ ...whole, ANYTIME_S3_ACCESS_KEY_ID: "" }, "ANYTIME_S3_ACCESS_KEY_ID"],
  [{ ...whole, ANYTIME_S3_SECRET_ACCESS_KEY: "" }, "ANYTIME_S3_SECRET_ACCESS_KEY"],
  [{ ...whole, ANYTIME_S3_PATH_STYLE: "yes" }, "ANYTIME_S3_PATH_STYLE"],
])("what cannot be used is named, and no secret is repeated: %#", (variables, name) => {
  expect(() => loadEnvironment(variables)).toThrow(name);
  expect(() => loadEnvironment(variables)).not.toThrow("very-secret");
});
