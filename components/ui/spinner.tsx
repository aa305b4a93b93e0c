import { LoaderCircle } from "lucide-react";

/** Only inside a control that is busy; never for a page. Decorative: the control says that it is busy. */
export function Spinner() {
  return <LoaderCircle aria-hidden className="animate-spin motion-reduce:animate-none" />;
}
