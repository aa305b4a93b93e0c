import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { bareAccess, handlerAccess, pageAccess } from "#server/api/access.ts";
import { repositoryRoot } from "#server/kernel/env.ts";

/** What answers besides tRPC and REST: as the file system has it, and as the tables declare it. */

export const declaredPages = Object.entries(pageAccess);
export const declaredHandlers = Object.entries(handlerAccess);
export const declaredBare = Object.entries(bareAccess);

/** Patterns of the pages, and of everything else that Next answers by a file in app/. */
export function routesOnDisk(): { pages: string[]; handlers: string[] } {
  const files = readdirSync(join(repositoryRoot, "app"), { recursive: true, encoding: "utf8" });
  const routes = (name: RegExp, keepsName: boolean) =>
    files.filter((file) => name.test(file.split(sep).at(-1) ?? "")).map((file) => routeOf(file, keepsName));
  return {
    pages: routes(/^page\.\w+$/, false).sort(),
    handlers: [
      ...routes(/^route\.\w+$/, false),
      ...routes(/^(favicon|icon|apple-icon|opengraph-image|twitter-image|robots|sitemap|manifest)\b/, true),
    ].sort(),
  };
}

/** Groups in brackets are no part of the address; a slot or an interception would need a decision of its own. */
function routeOf(file: string, keepsName: boolean): string {
  const segments = file.split(sep).filter((segment) => !/^\([\w-]+\)$/.test(segment));
  return `/${(keepsName ? segments : segments.slice(0, -1)).join("/")}`;
}

/** An address of this pattern. */
export function addressOf(pattern: string, values: Record<string, string | number>): string {
  return pattern.replaceAll(/[[{](\w+)[\]}]/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The test has no value for ${name} in ${pattern}.`);
    return encodeURIComponent(value);
  });
}
