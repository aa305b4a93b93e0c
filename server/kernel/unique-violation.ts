/** Whether PostgreSQL refused a row because of that unique index; the driver's error may be wrapped. */
export function isUniqueViolation(error: unknown, index: string): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return false;
  const { code, constraint_name: constraint } = cause as { code?: string; constraint_name?: string };
  return code === "23505" && constraint === index;
}
