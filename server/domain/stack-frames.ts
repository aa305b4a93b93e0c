import { cutText } from "./cut-text.ts";
import type { StackFrame } from "./error-sighting.ts";
import { frameFile, packageFile } from "./frame-file.ts";
import { frameOfLine } from "./stack-lines.ts";

/** The innermost count: what called them from farther out says less of the cause. */
export const mostFrames = 50;
const mostCharacters = 64 * 1024;
const mostOfLine = 1_000;
const mostOfFunction = 200;

/**
 * The frames of a stack trace as V8, Firefox, Safari, Python, Java, Kotlin, Go, Ruby, .NET or PHP write it, the innermost
 * first: those of the first cause before those of what it caused. Of more than 64 KiB the beginning and the end are read. Lines
 * that are no frames are passed over; takes time in proportion to the text.
 */
export function parseStackTrace(text: string): StackFrame[] {
  const lines = linesOf(text);
  const frames = readerOf(lines)(lines);
  return frames.slice(0, mostFrames).map((frame) => ({
    ...frame,
    function: frame.function === null ? null : cutText(frame.function, mostOfFunction),
  }));
}

function linesOf(text: string): string[] {
  const half = mostCharacters / 2;
  const bounded =
    text.length <= mostCharacters ? text : `${text.slice(0, half)}\n${text.slice(text.length - half)}`;
  return bounded.split("\n").map((line) => line.slice(0, mostOfLine).trimEnd());
}

function readerOf(lines: readonly string[]): (lines: readonly string[]) => StackFrame[] {
  if (lines.some((line) => pythonFrame(line) !== null)) return readPython;
  if (lines.some((line) => goPlace(line) !== null)) return readGo;
  if (lines.some((line) => phpFrame(line) !== null)) return readPhp;
  return readUpwards;
}

/** A cause is told after what it caused, by Java as by Node. */
function readUpwards(lines: readonly string[]): StackFrame[] {
  const sections: StackFrame[][] = [[]];
  let isBeside = false;
  for (const line of lines) {
    const text = line.trimStart();
    if (text.startsWith("Suppressed: ")) isBeside = true;
    if (text.startsWith("Caused by: ") || text.startsWith("[cause]: ")) {
      sections.push([]);
      isBeside = false;
    }
    const frame = isBeside ? null : frameOfLine(text);
    if (frame !== null) sections.at(-1)?.push(frame);
  }
  return sections.reverse().flat();
}

const pythonDirectCause = "The above exception was the direct cause of the following exception:";
const pythonMark = "Traceback (most recent call last):";

/** Each traceback has its innermost call last; a cause stands before what it caused. */
function readPython(lines: readonly string[]): StackFrame[] {
  let told: StackFrame[] = [];
  let section: StackFrame[] = [];
  let isCause = false;
  const close = () => {
    const inward = section.reverse();
    // What went wrong while an error was handled is a cause of its own.
    told = isCause ? [...told, ...inward] : [...inward, ...told];
    section = [];
    isCause = false;
  };
  for (const line of lines) {
    const text = line.trim();
    if (text.endsWith(pythonMark)) {
      if (section.length > 0) close();
    } else if (text === pythonDirectCause) {
      close();
      isCause = true;
    } else {
      const frame = pythonFrame(line);
      if (frame !== null) section.push(frame);
    }
  }
  close();
  return told;
}

/** `  File "/app/shop/cart.py", line 12, in total` */
function pythonFrame(line: string): StackFrame | null {
  const text = line.trimStart();
  if (!text.startsWith('File "')) return null;
  const end = text.indexOf('", line ');
  if (end === -1) return null;
  const [, number = "", name = null] = /^(\d{1,9})(?:, in (.+))?/.exec(text.slice(end + 8)) ?? [];
  if (number === "") return null;
  return { ...frameFile(text.slice(6, end)), function: name, line: Number(number) };
}

/** The first goroutine, without what ran to tell of the panic: a function's line is followed by its place. */
function readGo(lines: readonly string[]): StackFrame[] {
  let frames: StackFrame[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.startsWith("goroutine ") && frames.length > 0) break;
    const place = goPlace(line);
    const called = (lines[at - 1] ?? "").trim();
    if (place === null || called === "") continue;
    if (called.startsWith("panic(") || called.startsWith("runtime.gopanic(")) frames = [];
    else frames.push({ ...place, function: goFunction(called) });
  }
  return frames;
}

/** `\t/srv/shop/cart.go:31 +0x1d` */
function goPlace(line: string): Omit<StackFrame, "function"> | null {
  if (!/^\s/.test(line)) return null;
  const end = line.indexOf(".go:");
  if (end === -1) return null;
  const [, number = ""] = /^(\d{1,9})(?:\s|$)/.exec(line.slice(end + 4)) ?? [];
  return number === "" ? null : { ...frameFile(line.slice(0, end + 3)), line: Number(number) };
}

/** `created by github.com/acme/shop/cart.(*Cart).Total(0xc000012345) in goroutine 1` */
function goFunction(line: string): string {
  const name = line.replace(/^created by /, "").replace(/ in goroutine \d+$/, "");
  const path = name.endsWith(")") && !name.endsWith("*)") ? name.slice(0, name.lastIndexOf("(")) : name;
  return path.slice(path.lastIndexOf("/") + 1);
}

/** PHP tells which function was called from a place: the place lies in the one that the next line tells of. */
function readPhp(lines: readonly string[]): StackFrame[] {
  const places: StackFrame[] = [];
  const called: (string | null)[] = [];
  for (const line of lines) {
    const thrown = /^.{0,900} in (\/[^:]{1,300}):(\d{1,9})$/.exec(line);
    const call = phpFrame(line);
    if (call !== null) {
      called.push(call.function);
      if (call.file !== "") places.push({ ...frameFile(call.file), function: null, line: call.line });
      else places.push({ file: "[internal function]", function: null, line: null, isOwn: false });
    } else if (thrown !== null && places.length === 0) {
      called.push(null);
      places.push({ ...frameFile(thrown[1] ?? ""), function: null, line: Number(thrown[2]) });
    }
  }
  return places.map((place, at) => ({ ...place, function: called[at + 1] ?? null }));
}

/** `#0 /app/src/Cart.php(31): Shop\Cart->total()`; `#3 {main}` is no frame. */
function phpFrame(line: string): { file: string; line: number | null; function: string | null } | null {
  const text = line.trimStart();
  const start = /^#\d{1,4} /.exec(text);
  if (start === null) return null;
  const rest = text.slice(start[0].length);
  if (rest.startsWith("[internal function]: "))
    return { file: "", line: null, function: phpFunction(rest.slice(21)) };
  const place = /^(.{1,500}?)\((\d{1,9})\)(?:: (.+))?$/.exec(rest);
  if (place === null) return null;
  return { file: place[1] ?? "", line: Number(place[2]), function: phpFunction(place[3] ?? "") };
}

function phpFunction(call: string): string | null {
  const end = call.indexOf("(");
  const name = end === -1 ? call : call.slice(0, end);
  return name === "" ? null : name;
}

/** As Sentry's SDKs send them, each of its fields optional. */
export interface SentryFrame {
  filename?: string | null | undefined;
  abs_path?: string | null | undefined;
  module?: string | null | undefined;
  function?: string | null | undefined;
  lineno?: number | null | undefined;
  in_app?: boolean | null | undefined;
}

/** Sentry lists the innermost last. What it calls the app's own, but lies among libraries, is not. */
export function framesOfSentry(frames: readonly SentryFrame[]): StackFrame[] {
  return frames.slice(-mostFrames).reverse().map(frameOfSentry);
}

function frameOfSentry(frame: SentryFrame): StackFrame {
  const { file, isOwn } = fileOfSentry(frame);
  return {
    file,
    function: frame.function ? cutText(frame.function, mostOfFunction) : null,
    line: frame.lineno && frame.lineno > 0 ? frame.lineno : null,
    isOwn: isOwn && frame.in_app !== false,
  };
}

function fileOfSentry({ filename, abs_path, module }: SentryFrame) {
  const name = filename ?? "";
  if (/^[\w$]{1,200}\.(?:java|kt|scala|groovy)$/.test(name) && module)
    return packageFile(module.slice(0, 500).split(".").slice(0, -1), name);
  const absolute = frameFile(abs_path ?? "");
  const isKnown = absolute.file !== "?" && !absolute.file.startsWith("/") && !absolute.file.startsWith("~");
  if (name === "") return absolute;
  const relative = frameFile(name);
  return isKnown ? absolute : { ...relative, isOwn: relative.isOwn && (absolute.isOwn || !abs_path) };
}
