import MarkdownIt from "markdown-it";
import { cutText } from "#server/domain/cut-text.ts";
import type { RenderedNote } from "#server/domain/public-item.ts";

const longestTitle = 140;

/** What a note may be made of: nothing that loads anything, and no HTML of its own. */
const markdown = new MarkdownIt("zero", { html: false, linkify: true, breaks: true }).enable([
  ...["newline", "backticks", "emphasis", "strikethrough", "link", "autolink", "linkify", "escape", "entity"],
  ...["list", "blockquote", "fence", "heading"],
  ...["balance_pairs", "fragments_join"],
]);
markdown.validateLink = (address) => /^https?:\/\//i.test(address);
// Bare names such as `index.js` are no addresses.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
markdown.renderer.rules.link_open = (tokens, index, options, _, self) => {
  tokens[index]?.attrSet("rel", "nofollow noopener noreferrer");
  return self.renderToken(tokens, index, options);
};
// A note stands below headings of the page it is shown on.
for (const rule of ["heading_open", "heading_close"]) {
  markdown.renderer.rules[rule] = () => (rule === "heading_open" ? "<p><strong>" : "</strong></p>\n");
}

/** A note as HTML that is safe to show, as plain text, and its first sentence. */
export function renderNote(text: string): RenderedNote {
  const html = markdown.render(text);
  const plain = plainOf(text);
  const [line = ""] = plain.split("\n");
  const sentence = sentencePattern.exec(line)?.[0] ?? line;
  return { html, restHtml: restOf(text, sentence) ?? html, plain, title: titleOf(sentence) };
}

const sentencePattern = /^.*?[.!?…](?=\s|$)/;

/** Null where the sentence does not stand by itself in what was written, or would be cut as a title. */
function restOf(text: string, sentence: string): string | null {
  const written = text.trimStart();
  const [line = ""] = written.split("\n");
  const first = sentencePattern.exec(line)?.[0] ?? line;
  if (sentence.length > longestTitle || plainOf(first) !== sentence) return null;
  return markdown.render(written.slice(first.length));
}

/** The words alone, a block a line. */
function plainOf(text: string): string {
  const blocks = markdown.parse(text, {}).flatMap(({ type, children, content }) => {
    if (type === "fence") return [content.trim()];
    if (type !== "inline") return [];
    return [(children ?? []).map((child) => (/break$/.test(child.type) ? " " : child.content)).join("")];
  });
  return blocks.filter((block) => block.trim() !== "").join("\n");
}

function titleOf(sentence: string): string {
  const title = sentence.replace(/\.$/, "");
  return cutText(title, longestTitle);
}
