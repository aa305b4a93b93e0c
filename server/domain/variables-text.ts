/** The text of a `.env` file: lines of `NAME=value`, as far as every tool that reads them agrees. */

export type VariablesText =
  | { ok: true; variables: Record<string, string> }
  | { ok: false; line: number; problem: string };

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=[^\S\n]*/;
const nothing = /^[^\S\n]*(?:#[^\n]*)?(?:\n|$)/;
const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/** A value stands bare, in 'single quotes' as it is, or in "double quotes" with \n and \" in it; the last of a name counts. */
export function parseVariablesText(text: string): VariablesText {
  const variables = new Map<string, string>();
  let rest = text.replaceAll("\r\n", "\n").replace(/^\uFEFF/, "");
  const whole = rest.length;
  const source = rest;
  while (rest !== "") {
    const blank = nothing.exec(rest);
    if (blank !== null) {
      rest = rest.slice(blank[0].length);
      continue;
    }
    const line = source.slice(0, whole - rest.length).split("\n").length;
    const found = assignment.exec(rest);
    if (found?.[1] === undefined) return { ok: false, line, problem: "This is not NAME=value." };
    const value = readValue(rest.slice(found[0].length));
    if (typeof value === "string") return { ok: false, line, problem: value };
    variables.set(found[1], value.text);
    rest = value.rest;
  }
  return { ok: true, variables: Object.fromEntries(variables) };
}

/** The value at the beginning of the text and what follows its line; else what is wrong. */
function readValue(text: string): { text: string; rest: string } | string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return readBare(text);
  const quoted = (quote === '"' ? /^"((?:[^"\\]|\\[\s\S])*)"/ : /^'([^']*)'/).exec(text);
  if (quoted?.[1] === undefined) return `A ${quote} is opened and not closed.`;
  const after = text.slice(quoted[0].length);
  const end = nothing.exec(after);
  if (end === null) return `Something stands behind the closing ${quote}.`;
  return { text: quote === '"' ? unescaped(quoted[1]) : quoted[1], rest: after.slice(end[0].length) };
}

function readBare(text: string): { text: string; rest: string } {
  const [line = ""] = text.split("\n", 1);
  const value = line.replace(/(?:^|\s)#.*$/, "").trim();
  return { text: value, rest: text.slice(line.length + 1) };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, (_, character: string) => escapes[character] ?? character);
}
