/** What elements say that a page of others has beside the card. */
export const elements = {
  on: '{model} on {device}',
  oneOf: 'It must be told one of these, and not both: {names}.',
  nothing: '{name} lists nothing.',
  tooMany: '{name} lists {n}; at most {most} are shown.',
  twice: 'This is in the table already, as {name}.',
  noTerm: 'No answer has a term “{term}”. Terms are {terms}, and {n} more.'
};
