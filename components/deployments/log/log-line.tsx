import { clsx } from "clsx";
import { type MouseEvent, memo } from "react";
import { markedPieces } from "./marked-pieces.ts";

export type LogLineProps = {
  number: number;
  /** Undefined while it is being read. */
  text: string | undefined;
  find: string;
  isChosen: boolean;
  /** The match or error that one jumped to. */
  isCurrent: boolean;
  isWrapped: boolean;
  onChoose: (line: number, extend: boolean) => void;
};

export const LogLineView = memo(function LogLineView(props: LogLineProps) {
  const { number, text, find, isChosen, isCurrent, isWrapped, onChoose } = props;
  const choose = (event: MouseEvent) => {
    event.preventDefault();
    onChoose(number, event.shiftKey);
  };
  return (
    <div
      className={clsx(
        "flex min-h-5 font-mono text-[0.78125rem] leading-5",
        isChosen && "bg-accent-soft",
        isCurrent && "bg-attention-soft",
      )}
    >
      <a
        href={`#L${number}`}
        aria-label={`Line ${number}`}
        tabIndex={-1}
        onClick={choose}
        className={clsx(
          "sticky left-0 w-14 shrink-0 select-none pr-3 text-right text-faint hover:text-ink",
          isChosen ? "bg-accent-soft" : isCurrent ? "bg-attention-soft" : "bg-canvas",
        )}
      >
        {number}
      </a>
      <span
        className={clsx("pr-4", isWrapped ? "min-w-0 whitespace-pre-wrap wrap-anywhere" : "whitespace-pre")}
      >
        {text === undefined ? "…" : <Pieces text={text} find={find} />}
      </span>
    </div>
  );
});

const longestShown = 4_000;

function Pieces({ text, find }: { text: string; find: string }) {
  const shown = text.length > longestShown ? text.slice(0, longestShown) : text;
  return (
    <>
      {markedPieces(shown, find).map((piece) =>
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
      {shown !== text && (
        <span className="text-muted">
          {" "}
          … {(text.length - longestShown).toLocaleString("en")} more characters in the raw log
        </span>
      )}
    </>
  );
}
