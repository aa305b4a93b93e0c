import { clsx } from "clsx";
import { type MouseEvent, memo } from "react";
import { exactTime } from "#components/ui/time-text.ts";
import type { ShownLine } from "./log-store.ts";
import { markedPieces } from "./marked-pieces.ts";

export type LogLineProps = {
  number: number;
  /** Undefined while it is being read. */
  line: ShownLine | undefined;
  find: string;
  isChosen: boolean;
  /** The match or error that one jumped to. */
  isCurrent: boolean;
  isWrapped: boolean;
  /** Whether the time is shown at which it was printed. */
  isTimed: boolean;
  onChoose: ((line: number, extend: boolean) => void) | null;
};

export const LogLineView = memo(function LogLineView(props: LogLineProps) {
  const { number, line, find, isChosen, isCurrent, isWrapped, isTimed, onChoose } = props;
  const choose = (event: MouseEvent) => {
    event.preventDefault();
    onChoose?.(number, event.shiftKey);
  };
  const numberClass = clsx(
    "sticky left-0 min-w-14 shrink-0 select-none pr-3 pl-1 text-right text-faint",
    isChosen ? "bg-accent-soft" : isCurrent ? "bg-attention-soft" : "bg-canvas",
  );
  return (
    <div
      className={clsx(
        "flex min-h-5 font-mono text-[0.78125rem] leading-5",
        isChosen && "bg-accent-soft",
        isCurrent && "bg-attention-soft",
      )}
    >
      {onChoose === null ? (
        <span className={numberClass}>{number}</span>
      ) : (
        <a
          href={`#L${number}`}
          aria-label={`Line ${number}`}
          tabIndex={-1}
          onClick={choose}
          className={clsx(numberClass, "hover:text-ink")}
        >
          {number}
        </a>
      )}
      {isTimed && (
        <time
          dateTime={line?.printedAt}
          title={line === undefined ? undefined : exactTime(new Date(line.printedAt))}
          className="w-26 shrink-0 select-none text-faint"
        >
          {line === undefined ? "" : clockOf(line.printedAt)}
        </time>
      )}
      <span
        className={clsx("pr-4", isWrapped ? "min-w-0 whitespace-pre-wrap wrap-anywhere" : "whitespace-pre")}
      >
        {line === undefined ? "…" : <Pieces line={line} find={find} />}
      </span>
    </div>
  );
});

/** Hours to milliseconds where the reader is: that is how close a line's time is known. */
function clockOf(moment: string): string {
  const date = new Date(moment);
  const clock = date.toLocaleTimeString("en-GB", { hour12: false });
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function Pieces({ line, find }: { line: ShownLine; find: string }) {
  return (
    <>
      {markedPieces(line.text, find).map((piece) =>
        piece.isMatch ? (
          <mark
            key={piece.start}
            className="rounded-xs bg-recovered-soft text-ink outline-1 outline-recovered"
          >
            {piece.text}
          </mark>
        ) : (
          <span key={piece.start} className={piece.className}>
            {piece.text}
          </span>
        ),
      )}
      {line.omitted > 0 && (
        <span className="text-muted">
          {" "}
          … {line.omitted.toLocaleString("en")} more characters in the raw log
        </span>
      )}
    </>
  );
}
