/** Does a page's own act, by the element that the page marked for it. False where it has none. */
export function performOnPage(name: "deploy" | "search"): boolean {
  const marked = document.querySelectorAll<HTMLElement>(`[data-shortcut="${name}"]`);
  const element = [...marked].find((candidate) => candidate.checkVisibility());
  if (element === undefined) return false;
  element.focus();
  if (name === "deploy") element.click();
  return true;
}
