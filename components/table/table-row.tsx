import type { ReactTable, Row, RowData } from "@tanstack/react-table";
import { clsx } from "clsx";
import Link from "next/link";
import type { ReactNode } from "react";
import type { ColumnLook, Features } from "./features.ts";

type TableRowProps<Data extends RowData> = {
  row: Row<Features, Data>;
  render: ReactTable<Features, Data>["FlexRender"];
  href?: string;
};

/** The title's link covers the row; buttons and links in other cells stand above it. */
export function TableRow<Data extends RowData>({ row, render: Render, href }: TableRowProps<Data>) {
  return (
    <tr
      className={clsx(
        "relative border-b max-sm:flex max-sm:flex-col max-sm:gap-1 max-sm:py-3",
        "[&_td_:is(a,button):not([data-row-link])]:relative [&_td_:is(a,button):not([data-row-link])]:z-1",
        href !== undefined && "transition-colors duration-75 hover:bg-hover/60",
      )}
    >
      {row.getAllCells().map((cell) => {
        const { header, meta } = cell.column.columnDef;
        const content = <Render cell={cell} />;
        return (
          <BodyCell key={cell.id} look={meta} heading={typeof header === "string" ? header : null}>
            {meta?.isTitle === true && href !== undefined ? (
              <RowLink href={href}>{content}</RowLink>
            ) : (
              content
            )}
          </BodyCell>
        );
      })}
    </tr>
  );
}

function RowLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link
      data-row-link
      href={href}
      className="font-medium text-ink after:absolute after:inset-0 after:content-['']"
    >
      {children}
    </Link>
  );
}

type BodyCellProps = { look: ColumnLook | undefined; heading: string | null; children: ReactNode };

/** On a phone the heading stands before its value, since the row of headings is gone. */
function BodyCell({ look, heading, children }: BodyCellProps) {
  const isTitle = look?.isTitle === true;
  return (
    <td
      className={clsx(
        "h-11 px-3 py-0.5 align-middle first:pl-0 last:pr-0",
        "max-sm:flex max-sm:h-auto max-sm:items-baseline max-sm:justify-between max-sm:gap-4 max-sm:p-0",
        isTitle ? "max-sm:order-first max-sm:text-base" : "max-sm:text-right",
        look?.align === "end" && "sm:text-right",
        look?.className,
      )}
    >
      {!isTitle && heading !== null && look?.hiddenHeading !== true && (
        <span className="shrink-0 text-muted sm:hidden">{heading}</span>
      )}
      {children}
    </td>
  );
}
