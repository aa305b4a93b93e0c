import { clsx } from "clsx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "small" | "medium" | "large";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong data-popup-open:bg-accent-strong",
  secondary: "bg-surface text-ink inset-ring inset-ring-line-strong hover:bg-hover data-popup-open:bg-hover",
  quiet: "text-muted hover:bg-hover hover:text-ink data-popup-open:bg-hover data-popup-open:text-ink",
  danger: "bg-danger-fill text-[white] hover:bg-danger-fill-strong",
};

const sizes: Record<ButtonSize, string> = {
  small: "h-7 gap-1.5 px-2.5 text-sm",
  medium: "h-8 gap-2 px-3 text-base",
  large: "h-10 gap-2 px-4 text-base",
};

const shape =
  "relative inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md font-medium " +
  "no-underline transition-colors duration-100 [&_svg]:size-4 [&_svg]:shrink-0 " +
  "data-disabled:cursor-not-allowed data-disabled:opacity-55";

/** For a button that names something of any length: it takes a second line rather than leave its place. */
export const wrappingClass = "h-auto! min-h-8 max-w-full whitespace-normal! py-1 text-left wrap-anywhere";

/** The look of a button, for whatever element acts as one. */
export function buttonClass(
  options: { variant?: ButtonVariant; size?: ButtonSize; className?: string } = {},
): string {
  return clsx(
    shape,
    variants[options.variant ?? "secondary"],
    sizes[options.size ?? "medium"],
    options.className,
  );
}
