export const tabListClass = "relative flex gap-1 overflow-x-auto border-b max-sm:gap-0";

/** For `data-active` tabs and for links with `aria-current`. */
export const tabClass =
  "relative flex h-9 items-center gap-1.5 whitespace-nowrap rounded-t-md px-2.5 font-medium text-muted -outline-offset-2 " +
  "transition-colors duration-100 hover:text-ink data-active:text-ink aria-[current=page]:text-ink " +
  "first:pl-0 after:absolute after:inset-x-2.5 first:after:left-0 after:bottom-0 after:h-0.5 after:rounded-full " +
  "max-sm:px-2 max-sm:first:pl-0 max-sm:after:inset-x-2 max-sm:first:after:left-0 " +
  "data-active:after:bg-accent aria-[current=page]:after:bg-accent";
