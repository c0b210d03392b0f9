// What every part of the engine says of a question: errors with a reason, and texts that are checked.

/** Nobody reads more in a message; `errors` has them all. */
const mostSaid = 8;
/** Why something was refused. `errors` holds every reason, the first one is also on the error itself. */
export class EdgewiseError extends Error {
  constructor(errors) {
    const said = errors.slice(0, mostSaid).map((e) => (e.path ? `${e.path}: ${e.message}` : e.message));
    if (errors.length > mostSaid) said.push(`and ${errors.length - mostSaid} more`);
    super(said.join('\n'));
    this.name = 'EdgewiseError';
    this.errors = errors;
    this.code = errors[0].code;
    this.path = errors[0].path;
  }
}

export const refuse = (code, path, message) => {
  throw new EdgewiseError([{ code, path, message }]);
};
/** The engine's memory is finite: more than any preset needs is refused before it is copied. */
const mostText = 16 * 1024 * 1024;
export function text(value, path) {
  if (typeof value !== 'string') refuse('wrong_type', path, 'must be a text');
  if (value.length > mostText) refuse('too_large', path, `is longer than ${mostText} characters`);
  return value;
}

const lists = new Set(['known', 'set', 'classes', 'vendors', 'licences', 'axes']);
/** A question as JSON text. JSON has no NaN and no infinity, and would say null, which is no number either. */
export function asJson(question, path = '') {
  if (question === null || typeof question !== 'object') refuse('wrong_type', path, 'must be an object');
  const json = JSON.stringify(question, (key, value) => {
    if (typeof value === 'number' && !Number.isFinite(value)) refuse('not_finite', key, `is ${value}, must be a finite number`);
    if (['bigint', 'function', 'symbol'].includes(typeof value)) refuse('wrong_type', key, `is a ${typeof value}`);
    // Lists of texts: each is asked about by its place.
    if (lists.has(key) && Array.isArray(value)) return value;
    if (key !== '' && value !== null && typeof value === 'object') refuse('wrong_type', key, 'must not be an object or a list');
    return value;
  });
  // A toJSON of its own may say anything.
  return json ?? refuse('wrong_type', path, 'must be an object');
}
