import type { EdgewiseProblem } from './types';

/** What went wrong, as a list: the engine's own, or the message of anything else that was thrown. */
export function problems(error: unknown): EdgewiseProblem[] {
  const { errors } = Object(error) as { errors?: unknown };
  if (Array.isArray(errors) && errors.length) return errors as EdgewiseProblem[];
  return [{ code: 'failed', path: '', message: reason(error) }];
}
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
