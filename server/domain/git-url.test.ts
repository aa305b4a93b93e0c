import fc from "fast-check";
import { expect, test } from "vitest";
import { isRefName, isSha, parseGitUrl } from "./git-url.ts";

test.each([
  ["https://github.com/acme/hello.git", "https"],
  ["https://git.example.org:8443/team/hello", "https"],
  ["ssh://git@git.example.org:2222/team/hello.git", "ssh"],
  ["git@github.com:acme/hello.git", "ssh"],
  ["git.example.org:hello", "ssh"],
  ["/srv/git/hello.git", "local"],
  ["  https://github.com/acme/hello.git  ", "https"],
])("%s is taken as %s", (typed, kind) => {
  expect(parseGitUrl(typed)).toMatchObject({ ok: true, value: { kind } });
});

test.each([
  ["HTTPS://GitHub.com/Acme/Hello.git", "https://github.com/Acme/Hello.git"],
  ["Https://Host:8443/A@B/C", "https://host:8443/A@B/C"],
  ["SSH://Git@Host.Example:22/Team/X", "ssh://Git@host.example:22/Team/X"],
  ["SSH://HOST@HOST/HOST", "ssh://HOST@host/HOST"],
  ["Git@GitHub.COM:Acme/Hello.git", "Git@github.com:Acme/Hello.git"],
  ["HOST:A/B@C", "host:A/B@C"],
])("%s is read as %s", (typed, url) => {
  expect(parseGitUrl(typed)).toMatchObject({ ok: true, value: { url } });
});

test.each([
  ["", "needed"],
  ["ext::sh -c 'touch /tmp/x'", "Remote helpers"],
  ["fd::17/foo", "Remote helpers"],
  ["ssh::git@host:x", "Remote helpers"],
  ["EXT::sh", "Remote helpers"],
  ["--upload-pack=touch /tmp/x", "dash"],
  ["-x", "dash"],
  ["http://example.org/hello.git", "http is not taken"],
  ["git://example.org/hello.git", "git is not taken"],
  ["file:///etc", "file is not taken"],
  ["javascript://x/y", "javascript is not taken"],
  ["ssh://-oProxyCommand=touch/x", "host name"],
  ["ssh://-oProxyCommand=x@host/x", "dash"],
  ["git@-oProxyCommand=x:path", "Use https"],
  ["-oProxyCommand=x@host:path", "dash"],
  ["git@host:-path", "dash"],
  ["https://user:secret@example.org/hello.git", "user name and password"],
  ["https://token@example.org/hello.git", "user name and password"],
  ["ssh://git:secret@example.org/hello.git", "user name and password"],
  ["https://example.org", "path"],
  ["https://example.org/", "path"],
  ["https:///hello.git", ""],
  ["https://example.org/hello\n.git", "control characters"],
  ["https://example.org/\u0000", "control characters"],
  ["https://example.org/\u202egit.olleh", "control characters"],
  ["../hello", "Use https"],
  ["hello", "Use https"],
  ["~/hello", "Use https"],
  [`https://example.org/${"x".repeat(2_000)}`, "longer"],
])("%j is refused", (typed, problem) => {
  expect(parseGitUrl(typed)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
});

test("whatever is taken can be handed to Git as one argument of an allowed kind", () => {
  const typed = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webUrl({ validSchemes: ["https", "ssh", "http", "file", "ext"] }),
    fc.tuple(fc.string(), fc.constantFrom(":", "::", "://", "@"), fc.string()).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(typed, (text) => {
      const result = parseGitUrl(text);
      if (!result.ok) {
        expect(result.problem).not.toBe("");
        return;
      }
      const address = result.value.kind === "local" ? result.value.path : result.value.url;
      expect(address).not.toMatch(/^-|^[\w+.-]+::|[\p{Cc}\p{Cf}]/u);
      expect(address).toMatch(/^(?:https:\/\/|ssh:\/\/|\/|[^/]+:)/i);
    }),
    { numRuns: 500 },
  );
});

test.each(["main", "feature/x", "v1.2.3", "0a1b2c3", "release+1", "user@host", "a".repeat(40)])(
  "%s may be a ref",
  (ref) => expect(isRefName(ref)).toBe(true),
);

test.each([
  "",
  "-x",
  "--upload-pack=x",
  "a..b",
  "main@{1}",
  "main~1",
  "main^",
  "a:b",
  "a b",
  "a//b",
  "x.lock",
  "x.lock/y",
  "x/",
  "x.",
  ".x",
  "/x",
  "a\nb",
  "a\0b",
  "*",
  "a".repeat(201),
])("%j may not be a ref", (ref) => expect(isRefName(ref)).toBe(false));

test("a whole SHA is 40 lower-case hex digits", () => {
  expect(isSha("0123456789abcdef0123456789abcdef01234567")).toBe(true);
  expect(isSha("0123456")).toBe(false);
  expect(isSha("0123456789ABCDEF0123456789abcdef01234567")).toBe(false);
});
