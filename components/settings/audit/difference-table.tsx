import { clsx } from "clsx";
import type { DifferenceLine } from "#server/domain/audit-difference.ts";

/** Value by value, before beside after; on a phone one below the other. Said by sign and colour. */
export function DifferenceTable({ lines }: { lines: DifferenceLine[] }) {
  return (
    <table className="w-full table-fixed border-collapse text-sm max-sm:block">
      <caption className="sr-only">What changed</caption>
      <thead className="max-sm:hidden">
        <tr className="border-b text-left text-muted">
          <th scope="col" className="h-8 w-3/10 pr-3 font-medium">
            Field
          </th>
          <th scope="col" className="px-3 font-medium">
            Before
          </th>
          <th scope="col" className="pl-3 font-medium">
            After
          </th>
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {lines.map((line) => (
          <tr
            key={line.key}
            className="border-b align-top max-sm:flex max-sm:flex-col max-sm:gap-1 max-sm:py-2"
          >
            <th scope="row" className="py-1.5 pr-3 text-left font-mono font-normal wrap-anywhere max-sm:p-0">
              {line.key === "" ? "value" : line.key}
            </th>
            <Value sign="−" word="before" text={line.before} className="bg-failed-soft text-failed" />
            <Value sign="+" word="after" text={line.after} className="bg-live-soft text-live" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type ValueProps = { sign: string; word: string; text: string | null; className: string };

function Value({ sign, word, text, className }: ValueProps) {
  return (
    <td className={clsx("px-3 py-1.5 last:pr-0 max-sm:p-0", text === null && "max-sm:hidden")}>
      {text === null ? (
        <span className="text-muted">nothing</span>
      ) : (
        <span className={clsx("inline-flex max-w-full gap-1.5 rounded px-1.5 py-0.5 font-mono", className)}>
          <span aria-hidden>{sign}</span>
          <span className="sr-only sm:hidden">{word}: </span>
          <span className="min-w-0 whitespace-pre-wrap wrap-anywhere">{text}</span>
        </span>
      )}
    </td>
  );
}
