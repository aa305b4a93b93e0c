import Anser from "anser";

/** A run of text with one look. Colours are classes of the theme, so they keep their contrast in light and dark. */
export interface TextPiece {
  text: string;
  className: string;
}

type Hue = "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "grey" | "plain";

const foregrounds: Record<Hue, string> = {
  red: "text-failed",
  green: "text-live",
  yellow: "text-attention",
  blue: "text-running",
  magenta: "text-accent",
  cyan: "text-[oklch(0.47_0.085_210)] dark:text-[oklch(0.8_0.1_205)]",
  grey: "text-faint",
  plain: "",
};

const backgrounds: Record<Hue, string> = {
  red: "bg-failed-soft text-failed",
  green: "bg-live-soft text-live",
  yellow: "bg-attention-soft text-attention",
  blue: "bg-running-soft text-running",
  magenta: "bg-accent-soft text-accent",
  cyan: "bg-running-soft text-running",
  grey: "bg-line text-ink",
  plain: "bg-line text-ink",
};

const decorations: Partial<Record<Anser.AnserJsonEntry["decoration"] & string, string>> = {
  bold: "font-semibold",
  italic: "italic",
  underline: "underline",
  strikethrough: "line-through",
};

const escapeMark = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Titles, hyperlinks, cursor movements, character sets: a terminal obeys them, a page leaves them out. */
const commandsOtherThanColor = new RegExp(
  [
    String.raw`${escapeMark}\][^${bell}${escapeMark}]*(?:${bell}|${escapeMark}\\)`,
    String.raw`${escapeMark}\[[0-9;?]*[A-LN-Za-ln-z]`,
    `${escapeMark}[()][A-Z0-9]`,
  ].join("|"),
  "g",
);
/** Programs that draw a line anew go back to its beginning or erase it; what stood before is not to be seen. */
const drawnAnew = new RegExp(String.raw`^.*${escapeMark}\[(?:2K|[01]?G)`);
const controlCharacters = /[\p{Cc}--[\t]]/gv;

/** Splits a line with ANSI sequences into runs of one look. */
export function ansiPieces(line: string): TextPiece[] {
  if (!line.includes(escapeMark)) return [{ text: line.replace(controlCharacters, ""), className: "" }];
  const entries = Anser.ansiToJson(line.replace(drawnAnew, "").replace(commandsOtherThanColor, ""), {
    json: true,
    use_classes: true,
    remove_empty: true,
  });
  return entries
    .map((entry) => ({ text: entry.content.replace(controlCharacters, ""), className: classOf(entry) }))
    .filter((piece) => piece.text !== "");
}

function classOf(entry: Anser.AnserJsonEntry): string {
  const isReversed = entry.decorations.includes("reverse");
  const foreground = hueOf(entry.fg, entry.fg_truecolor);
  const background = entry.bg === null || entry.bg === "" ? null : hueOf(entry.bg, entry.bg_truecolor);
  const ground = isReversed ? foreground : background;
  const color = ground === null ? foregrounds[foreground] : backgrounds[ground];
  const dim = entry.decorations.includes("dim") && color === "" ? "text-muted" : "";
  const marks = entry.decorations.map((decoration) => decorations[decoration] ?? "");
  return [color, dim, ...marks].filter((name) => name !== "").join(" ");
}

/** `ansi-red`, `ansi-bright-black`, `ansi-palette-208` or `ansi-truecolor` as the nearest hue of the theme. */
function hueOf(name: string | null, trueColor: string | null): Hue {
  if (name === null || name === "") return "plain";
  const word = name.replace(/^ansi-(?:bright-)?/, "");
  if (name === "ansi-bright-black") return "grey";
  if (word === "black" || word === "white") return "plain";
  if (word in foregrounds) return word as Hue;
  const palette = /^palette-(\d+)$/.exec(word);
  if (palette !== null) return nearestHue(paletteColor(Number(palette[1])));
  if (trueColor === null) return "plain";
  return nearestHue(trueColor.split(",").map(Number));
}

/** Red, green and blue of the 256-colour palette from 16 on: a 6 × 6 × 6 cube, then greys. */
function paletteColor(index: number): number[] {
  if (index >= 232) return Array.from({ length: 3 }, () => 8 + (index - 232) * 10);
  const levels = [0, 95, 135, 175, 215, 255];
  const cube = index - 16;
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => levels[level] ?? 0);
}

function nearestHue([red = 0, green = 0, blue = 0]: number[]): Hue {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread < 40) return most > 60 && most < 170 ? "grey" : "plain";
  const sector = hueDegrees(red, green, blue, most, spread);
  if (sector < 20 || sector >= 345) return "red";
  if (sector < 75) return "yellow";
  if (sector < 160) return "green";
  if (sector < 205) return "cyan";
  return sector < 265 ? "blue" : "magenta";
}

function hueDegrees(red: number, green: number, blue: number, most: number, spread: number): number {
  if (most === red) return (((green - blue) / spread) * 60 + 360) % 360;
  return most === green ? ((blue - red) / spread) * 60 + 120 : ((red - green) / spread) * 60 + 240;
}
