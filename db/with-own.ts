/** `target`, with other members in the places of some. */
export function withOwn<T extends object>(target: T, own: Record<string, unknown>): T {
  return new Proxy(target, {
    get: (_, name) => (typeof name === "string" && name in own ? own[name] : Reflect.get(target, name)),
  });
}
