import { expect, test } from "vitest";
import { parseVariablesText } from "./variables-text.ts";

test.each<[string, Record<string, string>]>([
  ["", {}],
  ["# nothing\n\n   \n", {}],
  ["A=1\nB=two words \n", { A: "1", B: "two words" }],
  ["export A = 1", { A: "1" }],
  ["A=\nB=x", { A: "", B: "x" }],
  ["A=1 # why\nB=a#b", { A: "1", B: "a#b" }],
  ["A='as $it \\n is' # why", { A: "as $it \\n is" }],
  ['A="line\\nbreak \\"quoted\\" \\\\"', { A: 'line\nbreak "quoted" \\' }],
  ['KEY="-----BEGIN\nabc\n-----END"\nB=1', { KEY: "-----BEGIN\nabc\n-----END", B: "1" }],
  ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["\uFEFFA=1", { A: "1" }],
  ["A=1\nA=2", { A: "2" }],
  ["URL=postgres://a:b@c/d?e=f", { URL: "postgres://a:b@c/d?e=f" }],
])("%j is read", (text, variables) => {
  expect(parseVariablesText(text)).toEqual({ ok: true, variables });
});

test.each<[string, line: number, problem: string]>([
  ["A=1\nwhat is this", 2, "This is not NAME=value."],
  ["\n\n1A=1", 3, "This is not NAME=value."],
  ["A=1\nB='open", 2, "A ' is opened and not closed."],
  ['B="a\nb"\nC="open', 3, 'A " is opened and not closed.'],
  ['A="x" y', 1, 'Something stands behind the closing ".'],
])("%j is refused at line %i", (text, line, problem) => {
  expect(parseVariablesText(text)).toEqual({ ok: false, line, problem });
});
