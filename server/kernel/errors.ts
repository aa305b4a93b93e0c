/** Errors that a user can act on. Each transport maps them once; every other error is logged with an id. */

export class UserError extends Error {
  override name = "UserError";
}

/** Bad input. `field` names the form field or YAML key that it stands in, dotted; null for the whole. */
export class ValidationError extends UserError {
  override name = "ValidationError";
  readonly field: string | null;
  constructor(message: string, field: string | null = null) {
    super(message);
    this.field = field;
  }
}

export class NotFoundError extends UserError {
  override name = "NotFoundError";
}

/** Somebody else was faster, or the state does not allow it. */
export class ConflictError extends UserError {
  override name = "ConflictError";
}

export class UnauthenticatedError extends UserError {
  override name = "UnauthenticatedError";
}

export class ForbiddenError extends UserError {
  override name = "ForbiddenError";
}

/** A step of a deployment failed: `message` says what happened and what to do. */
export class StepError extends UserError {
  override name = "StepError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
