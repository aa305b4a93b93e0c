import { cutText } from "./cut-text.ts";
import { escapeHtml } from "./escape-html.ts";

const longestSubject = 150;

/** One line of a length that mail programs show. */
export function subjectOf(title: string): string {
  return cutText(title.replaceAll(/\s+/g, " ").trim(), longestSubject);
}

/** A calm page: the reader's own colours and letters, nothing that is loaded from anywhere. */
export function htmlPage(title: string, body: readonly string[], foot: readonly string[]): string {
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">`,
    `<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>`,
    `<body style="margin:0 auto;max-width:36em;padding:1em;font-family:system-ui,sans-serif;line-height:1.5">`,
    ...body,
    `<hr style="border:0;border-top:1px solid;opacity:.25;margin:2em 0 1em">`,
    `<p style="font-size:.85em;opacity:.75">${foot.join("<br>")}</p></body></html>`,
  ].join("");
}

/** A link whose words say where it goes. */
export function htmlLink(url: string, words: string): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(words)}</a>`;
}
