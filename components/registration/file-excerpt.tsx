import { clsx } from "clsx";

const around = 3;

/** The lines of a file about the one that is wrong. */
export function FileExcerpt({ text, line, label }: { text: string; line: number; label: string }) {
  const lines = text.split("\n");
  const from = Math.max(1, line - around);
  const shown = lines
    .slice(from - 1, line + around)
    .map((content, offset) => ({ number: from + offset, content }));
  return (
    <figure className="rounded-md bg-sunken py-2">
      <figcaption className="sr-only">{label}</figcaption>
      <ol className="font-mono text-sm">
        {shown.map(({ number, content }) => (
          <li
            key={number}
            aria-current={number === line ? "location" : undefined}
            className={clsx("flex gap-3 px-3", number === line && "bg-failed-soft")}
          >
            <span className={clsx("w-8 shrink-0 text-right", number === line ? "text-failed" : "text-faint")}>
              {number}
            </span>
            <span className="min-w-0 whitespace-pre-wrap wrap-anywhere">{content}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
