/** What opens above the page: menus, lists, popovers. */
export const popupClass =
  "rounded-lg bg-surface text-ink shadow-lift outline-none origin-(--transform-origin) " +
  "transition-[opacity,scale] duration-100 data-starting-style:scale-98 data-starting-style:opacity-0 " +
  "data-ending-style:opacity-0";

export const popupItemClass =
  "flex min-h-8 cursor-default select-none items-center gap-2.5 rounded-md px-2 py-1 text-base outline-none " +
  "data-highlighted:bg-hover data-disabled:text-faint [&_svg]:size-4 [&_svg]:shrink-0";
