import { expect, test } from "vitest";
import { loadEnvironment } from "./env.ts";

const oidc = {
  ANYTIME_OIDC_ISSUER: "https://id.example.org/",
  ANYTIME_OIDC_CLIENT_ID: "portal",
  ANYTIME_OIDC_CLIENT_SECRET: "s3cret-value",
};
const google = { ANYTIME_GOOGLE_CLIENT_ID: "portal", ANYTIME_GOOGLE_CLIENT_SECRET: "s3cret-value" };
const read = (variables: Record<string, string>) => loadEnvironment(variables).identityProviders;

test("without settings there is no provider", () => {
  expect(read({})).toEqual([]);
});

test("groups are a list, and without a default role nobody else gets in", () => {
  const [provider] = read({
    ...oidc,
    ANYTIME_OIDC_ADMIN_GROUPS: "platform, ops",
    ANYTIME_OIDC_NAME: "Example ID",
  });
  expect(provider).toMatchObject({
    issuer: "https://id.example.org",
    name: "Example ID",
    adminGroups: ["platform", "ops"],
    engineerGroups: [],
    defaultRole: null,
  });
});

test.each([
  [{ ...oidc, ANYTIME_OIDC_CLIENT_SECRET: "" }, "ANYTIME_OIDC_CLIENT_SECRET"],
  [{ ...oidc, ANYTIME_OIDC_ISSUER: "" }, "ANYTIME_OIDC_ISSUER"],
  [{ ...oidc, ANYTIME_OIDC_ISSUER: "http://id.example.org" }, "begins with https://"],
  [{ ...oidc, ANYTIME_OIDC_DEFAULT_ROLE: "admin" }, "is one of none, stakeholder, engineer"],
  [{ ...oidc, ANYTIME_OIDC_SCOPE: "email" }, "contains openid"],
  [{ ...google, ANYTIME_GOOGLE_DEFAULT_ROLE: "engineer" }, "ANYTIME_GOOGLE_DOMAINS"],
  [{ ANYTIME_GITHUB_CLIENT_ID: "x" }, "ANYTIME_GITHUB_CLIENT_SECRET"],
])("what is set up by half or unsafely is refused by name: %#", (variables, words) => {
  const attempt = () => read(variables as Record<string, string>);
  expect(attempt).toThrow(words);
  expect(attempt).not.toThrow("s3cret-value");
});
