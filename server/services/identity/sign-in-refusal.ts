import { type SignInProblem, signInProblems } from "#server/domain/sign-in-problems.ts";
import { ForbiddenError } from "#server/kernel/errors.ts";

/** Whoever the provider vouches for may not come in; `code` goes into the address, its words onto the page. */
export class SignInRefusal extends ForbiddenError {
  override name = "SignInRefusal";
  readonly code: SignInProblem;
  constructor(code: SignInProblem) {
    super(signInProblems[code]);
    this.code = code;
  }
}
