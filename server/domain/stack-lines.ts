import type { StackFrame } from "./error-sighting.ts";
import { frameFile, packageFile } from "./frame-file.ts";

/** One line of a trace that lists the innermost call first: by V8, Java, .NET, Firefox, Safari or Ruby. Null for any other. */
export function frameOfLine(told: string): StackFrame | null {
  // What Node prints of an error goes on behind its last frame.
  const text = told.endsWith(" {") ? told.slice(0, -2) : told;
  if (text.startsWith("at ")) return frameAt(text.slice(3));
  return rubyFrame(text) ?? geckoFrame(text);
}

function frameAt(rest: string): StackFrame | null {
  const line = rest.lastIndexOf(":line ");
  if (line !== -1) return dotNetFrame(rest, line);
  const open = rest.indexOf(" (");
  if (open !== -1 && rest.endsWith(")")) return v8Frame(rest.slice(0, open), rest.slice(open + 2, -1));
  if (rest.endsWith(")")) return qualifiedFrame(rest);
  return placeOf(rest) === null ? null : v8Frame("", rest.replace(/^async /, ""));
}

/** The number of a line, and of a column where there is one, at the end of a file's name. */
function placeOf(text: string): { file: string; line: number } | null {
  const found = /:(\d{1,9})(?::\d{1,9})?$/.exec(text);
  return found === null ? null : { file: text.slice(0, found.index), line: Number(found[1]) };
}

/** `at async Cart.total [as sum] (/srv/shop/cart.js:31:5)` */
function v8Frame(name: string, location: string): StackFrame | null {
  const isBuiltIn = location === "native" || location === "<anonymous>";
  const place = isBuiltIn ? { file: location, line: null } : placeOf(location);
  if (place === null) return null;
  const { file, line } = place;
  return { ...frameFile(file), function: scriptFunction(name), line };
}

function scriptFunction(told: string): string | null {
  const alias = told.indexOf(" [as ");
  const name = (alias === -1 ? told : told.slice(0, alias)).replace(/^(?:async |new )+/, "");
  return name === "" || name.endsWith("<anonymous>") ? null : name;
}

/** `at Shop.Cart.Total(Int32 items) in /src/Shop/Cart.cs:line 31` */
function dotNetFrame(rest: string, lineAt: number): StackFrame | null {
  const number = Number(/^\d{1,9}/.exec(rest.slice(lineAt + 6))?.[0] ?? Number.NaN);
  const place = rest.lastIndexOf(" in ", lineAt);
  if (place === -1 || Number.isNaN(number)) return null;
  const { names } = qualifiedName(rest.slice(0, place));
  return {
    ...frameFile(rest.slice(place + 4, lineAt)),
    function: names.slice(-2).join("."),
    line: number,
  };
}

/** `at com.acme.shop.Cart.total(Cart.java:31)`, or of .NET without its places: `at Shop.Cart.Total(Int32 items)`. */
function qualifiedFrame(rest: string): StackFrame | null {
  const { names, inside } = qualifiedName(rest);
  if (names.length < 2) return null;
  const source = /^([\w$ -]{1,200}\.[a-z]{1,8})(?::(\d{1,9}))?$/.exec(inside);
  const folders = names.slice(0, -2);
  const owner = names.at(-2) ?? "";
  const isJava = source !== null || inside === "Native Method" || inside === "Unknown Source";
  const file = source?.[1] ?? `${owner.replace(/\$.*$/, "")}.${isJava ? "java" : "cs"}`;
  return {
    ...packageFile(folders, file),
    function: names.slice(-2).join("."),
    line: source?.[2] === undefined ? null : Number(source[2]),
  };
}

/** `java.base/java.lang.Thread.run(Thread.java:1)`; `Shop.Cart.<TotalAsync>d__5.MoveNext()` is `Shop.Cart.TotalAsync`. */
function qualifiedName(text: string): { names: string[]; inside: string } {
  const open = text.indexOf("(");
  const path = open === -1 ? text : text.slice(0, open);
  const plain = path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/<(\w{1,200})>d(?:__\d{1,6})?\.MoveNext$/, "$1");
  return { names: plain.split(".").slice(-20), inside: open === -1 ? "" : text.slice(open + 1, -1) };
}

/** `/app/lib/cart.rb:31:in 'Shop::Cart#total'`, with what happened behind it in the first line. */
function rubyFrame(text: string): StackFrame | null {
  const end = text.indexOf(":in ");
  const place = end === -1 ? null : placeOf(text.slice(0, end));
  if (place === null) return null;
  const name = /^[`'](?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in )?([^`']{1,200})'/.exec(
    text.slice(end + 4),
  );
  if (name === null) return null;
  return { ...frameFile(place.file.replace(/^from /, "")), function: name[1] ?? null, line: place.line };
}

/** `total@https://shop.example/cart.js:31:5` */
function geckoFrame(text: string): StackFrame | null {
  const end = text.indexOf("@");
  const place = end === -1 ? null : placeOf(text.slice(end + 1));
  if (place === null || !/^(?:[a-z-]{2,20}:\/\/|\/)/.test(place.file)) return null;
  return {
    ...frameFile(place.file),
    function: scriptFunction(text.slice(0, end).replace(/[/<]+$/, "")),
    line: place.line,
  };
}
