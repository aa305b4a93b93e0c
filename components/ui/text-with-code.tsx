import { Code } from "./code-block.tsx";

/** A sentence of the portal in which `backticks` mark what a machine reads. */
export function TextWithCode({ children }: { children: string }) {
  const parts = children.split("`");
  // Without a partner the last backtick is just a character.
  if (parts.length % 2 === 0) return children;
  let at = 0;
  return parts.map((part, position) => {
    const key = at;
    at += part.length + 1;
    return position % 2 === 1 ? <Code key={key}>{part}</Code> : <span key={key}>{part}</span>;
  });
}
