import { expect, test } from "vitest";
import { resolveAddress } from "./submodules.ts";

test.each([
  ["https://git.example.org/team/hello.git", "../lib.git", "https://git.example.org/team/lib.git"],
  ["https://git.example.org/team/hello.git/", "../lib.git", "https://git.example.org/team/lib.git"],
  ["https://git.example.org/team/hello.git", "./lib.git", "https://git.example.org/team/hello.git/lib.git"],
  ["git@git.example.org:team/hello.git", "../lib.git", "git@git.example.org:team/lib.git"],
  ["git@git.example.org:hello.git", "../lib.git", "git@git.example.org:lib.git"],
  ["ssh://git@git.example.org:2222/team/hello.git", "../../x/lib", "ssh://git@git.example.org:2222/x/lib"],
  ["/srv/git/hello", "../lib", "/srv/git/lib"],
  ["/srv/git/hello", "https://git.example.org/lib", "https://git.example.org/lib"],
])("beside %s, %s is %s", (parent, written, address) => {
  expect(resolveAddress(parent, written)).toBe(address);
});
