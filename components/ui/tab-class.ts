export const tabListClass = "flex gap-1 overflow-x-auto border-b";

/** For `data-active` tabs and for links with `aria-current`. */
export const tabClass =
  "relative flex h-9 items-center gap-1.5 whitespace-nowrap rounded-t-md px-2.5 font-medium text-muted -outline-offset-2 " +
  "transition-colors duration-100 hover:text-ink data-active:text-ink aria-[current=page]:text-ink " +
  "after:absolute after:inset-x-2.5 after:bottom-0 after:h-0.5 after:rounded-full " +
  "data-active:after:bg-accent aria-[current=page]:after:bg-accent";
