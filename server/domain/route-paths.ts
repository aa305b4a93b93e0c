/** What a route has to do with paths in code and with names of files. */

const anyPart = ":";
/** In nearly every route, so that they say nothing. */
const commonWords = new Set(["api", "rest", "rpc", "graphql", "internal", "public", "id", "file", "index"]);

/** `/orders/{id}`, `/orders/<int:id>`, `/orders/${id}` and `/orders/:id` are one. */
function partsOf(route: string): string[] {
  return route
    .split("/")
    .filter((part) => part !== "")
    .map((part) => (/^(?::|\{|<|\[|\$|\*|…|#)/.test(part) ? anyPart : part.toLowerCase()));
}

/** How well a path in code names the route, from 0 to 1: as a whole, or as that part of it that a router is told. */
export function routeFit(route: string, inCode: string): number {
  const [whole, part] = [partsOf(route), partsOf(inCode)];
  const words = part.filter((one) => one !== anyPart && !commonWords.has(one) && !/^v\d+$/.test(one));
  if (words.length === 0 || part.length > whole.length) return 0;
  const fitsAt = (from: number) => part.every((one, at) => one === whole[from + at]);
  if (part.length === whole.length) return fitsAt(0) ? 1 : 0;
  return fitsAt(whole.length - part.length) || fitsAt(0) ? 0.6 : 0;
}

/** The words of a route that files may be called by, the last one first. */
export function routeWords(route: string): string[] {
  const words = partsOf(route).flatMap((part) => (part === anyPart ? [] : wordsOf(part)));
  return [...new Set(words.filter((word) => !commonWords.has(word) && !/^v\d+$/.test(word)))].reverse();
}

/** How well a file's path goes by the words of a route, from 0 to 1. */
export function pathFit(words: readonly string[], path: string): number {
  if (words.length === 0) return 0;
  const own = new Set(wordsOf(path.replace(/\.[A-Za-z]+$/, "")));
  const found = words.filter((word) => own.has(word));
  if (found.length === 0) return 0;
  // The last word says what is asked for: `/users/:id/orders` is about orders.
  return (found.length / words.length) * (found[0] === words[0] ? 1 : 0.5);
}

/** Words in small letters and in the singular: `OrderItems` and `order-items` are one. */
function wordsOf(text: string): string[] {
  const words = text
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u);
  return words.filter((word) => word.length > 1).map(singular);
}

function singular(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:ss|sh|ch|x)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}
